/** Take out of a photo what says where, when and with what it was taken; the picture itself stays bit for bit. */
import type { PhotoInput } from "../api"
import { PratiqueError } from "../client/errors"
import type { Photo } from "../contents/sealed_file"
import type { Here } from "./here"

/** Seal a photo beside a channel; give what the message says of it. */
export async function putPhoto(here: Here, channel: string, photo: PhotoInput): Promise<Photo> {
  const type = KINDS.find((one) => one === photo.type)
  if (type === undefined) {
    throw new PratiqueError("photo_type", `${photo.name} is no JPEG, PNG or WebP picture`, "save it as JPEG first")
  }
  const bytes = photo.keep_metadata ? photo.bytes : withoutMetadata(photo.bytes, type)
  const file = await here.device.putFile(channel, bytes, photo.name, type)
  return { ...file, type, width: photo.width, height: photo.height, metadata: photo.keep_metadata }
}

const KINDS = ["image/jpeg", "image/png", "image/webp"] as const
type Kind = (typeof KINDS)[number]

/** Give the same picture without metadata; throws bad_photo where it is not what it says. */
export function withoutMetadata(bytes: Uint8Array, type: Kind): Uint8Array {
  const strip = { "image/jpeg": jpeg, "image/png": png, "image/webp": webp }[type]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    return joined(strip(bytes, view))
  } catch (failed) {
    if (!(failed instanceof RangeError)) throw failed
    throw new PratiqueError("bad_photo", "the picture is cut off or damaged", "take it again")
  }
}

const [SOI, EOI, SOS, APP0, APP2, APP14, COM] = [0xd8, 0xd9, 0xda, 0xe0, 0xe2, 0xee, 0xfe]

/** JPEG: application segments but JFIF, colour profile and Adobe's go, and comments; a turned picture stays turned. */
function jpeg(bytes: Uint8Array, view: DataView): Uint8Array[] {
  if (view.getUint16(0) !== 0xff00 + SOI!) throw new RangeError("no JPEG")
  const kept = [bytes.subarray(0, 2)]
  let at = 2
  for (;;) {
    if (view.getUint8(at) !== 0xff) throw new RangeError("no marker")
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) {
      at += 1
      continue
    }
    if (marker === EOI) return [...kept, bytes.subarray(at, at + 2)]
    const end = at + 2 + view.getUint16(at + 2)
    if (end > bytes.length) throw new RangeError("cut off")
    const told = marker === APP0! + 1 ? orientation(view, at + 4, end) : null
    if (told !== null) kept.push(told)
    const profile = marker === APP2 && text(bytes, at + 4, 11) === "ICC_PROFILE"
    const drawing = marker < APP0! || marker === APP0 || profile || marker === APP14
    if (drawing && marker !== COM) kept.push(bytes.subarray(at, end))
    if (marker === SOS) return [...kept, scans(bytes, end)]
    at = end
  }
}

/** Give the compressed picture up to its end; what stands behind it (a preview, a film) goes. */
function scans(bytes: Uint8Array, from: number): Uint8Array {
  for (let at = from; at + 1 < bytes.length; at += 1) {
    if (bytes[at] === 0xff && bytes[at + 1] === EOI) return bytes.subarray(from, at + 2)
  }
  throw new RangeError("cut off")
}

/** Write the turn of a picture as the only metadata, where it is turned. */
function orientation(view: DataView, from: number, end: number): Uint8Array | null {
  const exif = from + 6
  if (end - exif < 14 || view.getUint32(from) !== 0x45786966) return null
  const little = view.getUint16(exif) === 0x4949
  const first = exif + view.getUint32(exif + 4, little)
  if (first + 2 > end) return null
  const count = view.getUint16(first, little)
  for (let nth = 0; nth < count; nth += 1) {
    const field = first + 2 + nth * 12
    if (field + 12 > end) return null
    if (view.getUint16(field, little) !== 0x0112) continue
    const turn = view.getUint16(field + 8, little)
    return turn > 1 && turn <= 8 ? turned(turn) : null
  }
  return null
}

function turned(turn: number): Uint8Array {
  const head = [0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0, 0x4d, 0x4d, 0, 42, 0, 0, 0, 8]
  return new Uint8Array([...head, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, turn, 0, 0, 0, 0, 0, 0])
}

/** What of a PNG is needed to show it as it was. */
const PNG_CHUNKS = new Set(["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "pHYs"])

function png(bytes: Uint8Array, view: DataView): Uint8Array[] {
  if (view.getUint32(0) !== 0x89504e47) throw new RangeError("no PNG")
  const kept = [bytes.subarray(0, 8)]
  for (let at = 8; ; ) {
    const end = at + 12 + view.getUint32(at)
    if (end > bytes.length) throw new RangeError("cut off")
    const name = text(bytes, at + 4, 4)
    if (PNG_CHUNKS.has(name)) kept.push(bytes.subarray(at, end))
    if (name === "IEND") return kept
    at = end
  }
}

const [EXIF_FLAG, XMP_FLAG] = [0x08, 0x04]

function webp(bytes: Uint8Array, view: DataView): Uint8Array[] {
  if (text(bytes, 0, 4) !== "RIFF" || text(bytes, 8, 4) !== "WEBP") throw new RangeError("no WebP")
  const kept: Uint8Array[] = []
  const whole = Math.min(bytes.length, 8 + view.getUint32(4, true))
  for (let at = 12; at + 8 <= whole; ) {
    const size = view.getUint32(at + 4, true)
    const end = at + 8 + size + (size % 2)
    if (end > bytes.length) throw new RangeError("cut off")
    const name = text(bytes, at, 4)
    if (name !== "EXIF" && name !== "XMP ") {
      const chunk = bytes.slice(at, end)
      if (name === "VP8X") chunk[8] = chunk[8]! & ~(EXIF_FLAG! | XMP_FLAG!)
      kept.push(chunk)
    }
    at = end
  }
  const head = bytes.slice(0, 12)
  const size = kept.reduce((sum, one) => sum + one.length, 4)
  new DataView(head.buffer).setUint32(4, size, true)
  return [head, ...kept]
}

function text(bytes: Uint8Array, from: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(from, from + length))
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0))
  let at = 0
  for (const one of parts) {
    all.set(one, at)
    at += one.length
  }
  return all
}
