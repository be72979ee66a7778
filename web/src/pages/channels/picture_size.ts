/**
 * How large a picture would be once it is drawn, read from its first bytes: a file of some kilobytes may want gigabytes
 * of memory. Read strictly: what a browser might understand in another way is told as unknown, and never drawn.
 */

/** Four bytes each when drawn, so 200 MiB: the largest that telephones take. */
export const MOST_PIXELS = 50 << 20
export const MOST_SIDE = 20_000

export interface Size {
  readonly width: number
  readonly height: number
}

/** Say whether a picture of that size is drawn at all. */
export function fits({ width, height }: Size): boolean {
  return width <= MOST_SIDE && height <= MOST_SIDE && width * height <= MOST_PIXELS
}

/** Give the size that a JPEG, PNG or WebP says of itself, null where it says none. */
export function sizeOf(bytes: Uint8Array): Size | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const size = view.getUint8(0) === 0xff ? jpeg(view) : view.getUint8(0) === 0x89 ? png(view) : webp(view)
    return size !== null && size.width > 0 && size.height > 0 ? size : null
  } catch (failed) {
    if (failed instanceof RangeError) return null // it ends before it says
    throw failed
  }
}

function png(view: DataView): Size | null {
  return view.getUint32(8) === 13 && name(view, 12) === "IHDR" ? { width: view.getUint32(16), height: view.getUint32(20) } : null
}

/** Every start of a frame but the tables that share its numbers (DHT, JPG, DAC). */
const isFrame = (marker: number): boolean => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
const [SOI, TEM, RST0, SOS] = [0xd8, 0x01, 0xd0, 0xda] as const

function jpeg(view: DataView): Size | null {
  for (let at = 2; ; ) {
    if (view.getUint8(at) !== 0xff) return null
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) at += 1
    else if (isFrame(marker)) return { width: view.getUint16(at + 7), height: view.getUint16(at + 5) }
    else if (marker === TEM || (marker >= RST0 && marker <= SOI + 1) || marker === SOS) return null
    else at += 2 + view.getUint16(at + 2)
  }
}

function webp(view: DataView): Size | null {
  const chunk = name(view, 12)
  if (chunk === "VP8X") return { width: 1 + triple(view, 24), height: 1 + triple(view, 27) }
  if (chunk === "VP8L" && view.getUint8(20) === 0x2f) {
    const bits = view.getUint32(21, true)
    return { width: 1 + (bits & 0x3fff), height: 1 + ((bits >>> 14) & 0x3fff) }
  }
  if (chunk === "VP8 " && view.getUint8(23) === 0x9d && view.getUint16(24) === 0x012a) {
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
  }
  return null
}

const triple = (view: DataView, at: number): number => view.getUint16(at, true) | (view.getUint8(at + 2) << 16)

function name(view: DataView, at: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((nth) => view.getUint8(at + nth)))
}
