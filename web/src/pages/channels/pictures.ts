/**
 * Pictures on the page's side. Only JPEG, PNG and WebP, told by their first bytes and never by their name or by what
 * somebody says they are: nothing else is ever given to the browser to draw.
 */
import type { PhotoInput } from "../../api"
import { fits, MOST_PIXELS, sizeOf } from "./picture_size"

export type PictureType = PhotoInput["type"] & ("image/jpeg" | "image/png" | "image/webp")

/** The longest side of what is sent, and how much of a camera's fineness stays. */
export const LONGEST = 2048
const QUALITY = 0.84
/** A drawing with few colours stays a PNG; one that is heavier than this is a photo. */
const HEAVY_PNG = 1_500_000
export const MOST_PHOTOS = 12
export const MOST_BYTES = 64 << 20

/** Why a file is no photo that can be sent: a key of the texts. */
export class NoPicture extends Error {
  constructor(readonly why: "type" | "damaged" | "large") {
    super(why)
  }
}

/** Tell by the first bytes what a picture is; null for everything else, SVG and HTML above all. */
export function typeOf(bytes: Uint8Array): PictureType | null {
  const begins = (at: number, ...these: number[]): boolean => these.every((one, index) => bytes[at + index] === one)
  if (begins(0, 0xff, 0xd8, 0xff)) return "image/jpeg"
  if (begins(0, 0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a)) return "image/png"
  if (begins(0, 0x52, 0x49, 0x46, 0x46) && begins(8, 0x57, 0x45, 0x42, 0x50)) return "image/webp"
  return null
}

/** Give a picture that others sent as something to draw, or null where it is none, or too large once it is drawn. */
export function drawable(bytes: Uint8Array, most = MOST_PIXELS): Blob | null {
  const type = typeOf(bytes)
  if (type === null) return null
  const size = sizeOf(bytes)
  return size !== null && fits(size) && size.width * size.height <= most ? new Blob([bytes as Uint8Array<ArrayBuffer>], { type }) : null
}

export interface Prepared {
  /** Drawn anew and no larger than needed: no word of where, when and with what it was taken is left. */
  readonly clean: PhotoInput
  /** The file as it came, with all that it says. */
  readonly original: PhotoInput
}

/** Make a chosen file ready to be sent; throws `NoPicture`. */
export async function prepare(file: File): Promise<Prepared> {
  if (file.size > MOST_BYTES) throw new NoPicture("large")
  const bytes = new Uint8Array(await file.arrayBuffer())
  const type = typeOf(bytes)
  if (type === null) throw new NoPicture("type")
  const size = sizeOf(bytes)
  if (size === null) throw new NoPicture("damaged")
  if (!fits(size)) throw new NoPicture("large")
  const bitmap = await createImageBitmap(new Blob([bytes], { type }), { imageOrientation: "from-image" }).catch(() => {
    throw new NoPicture("damaged")
  })
  try {
    const { width, height } = bitmap
    const name = named(file.name, type)
    const share = Math.min(1, LONGEST / Math.max(width, height))
    const [wide, high] = [Math.max(1, Math.round(width * share)), Math.max(1, Math.round(height * share))]
    const drawn = await encode(bitmap, wide, high, type)
    const made = new Uint8Array(await drawn.arrayBuffer())
    const told = typeOf(made)
    if (told === null) throw new NoPicture("damaged")
    return {
      clean: { name: named(name, told), type: told, bytes: made, width: wide, height: high, keep_metadata: false },
      original: { name, type, bytes, width, height, keep_metadata: true },
    }
  } finally {
    bitmap.close()
  }
}

async function encode(bitmap: ImageBitmap, width: number, height: number, from: PictureType): Promise<Blob> {
  if (from !== "image/jpeg") {
    const exact = await draw(bitmap, width, height, "image/png")
    if (exact.size <= HEAVY_PNG) return exact
  }
  return draw(bitmap, width, height, "image/jpeg")
}

async function draw(bitmap: ImageBitmap, width: number, height: number, type: "image/jpeg" | "image/png"): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height)
  const pen = canvas.getContext("2d")
  if (pen === null) throw new NoPicture("damaged")
  if (type === "image/jpeg") {
    // What is transparent would turn black.
    pen.fillStyle = "#fff"
    pen.fillRect(0, 0, width, height)
  }
  pen.imageSmoothingQuality = "high"
  pen.drawImage(bitmap, 0, 0, width, height)
  return canvas.convertToBlob({ type, quality: QUALITY })
}

const ENDINGS: Readonly<Record<string, string>> = { "image/jpeg": "jpg", "image/png": "png", "image/webp": "webp" }

/** Give a file a name that fits what it is, without signs that turn the direction of writing. */
export function named(name: string, type: string): string {
  const ending = ENDINGS[type] ?? "jpg"
  const plain = name.replace(/[\u0000-\u001f\u007f/\\\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, "").trim()
  const stem = plain.replace(/\.[A-Za-z0-9]{1,5}$/, "")
  return `${[...(stem === "" ? "photo" : stem)].slice(0, 120).join("")}.${ending}`
}
