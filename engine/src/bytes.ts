/** Bytes in and out: strict base64, strict decoding, comparison. */
import type { Decoder } from "ts-mls/codec/tlsDecoder.js"
import { require } from "./errors.js"

const CHUNK = 0x8000

export function toBase64(bytes: Uint8Array): string {
  let text = ""
  for (let i = 0; i < bytes.length; i += CHUNK) text += String.fromCharCode(...bytes.subarray(i, i + CHUNK))
  return btoa(text)
}

/** Decode standard padded base64; one spelling per value. */
export function fromBase64(text: string): Uint8Array {
  require(text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text), "bad_request", "a value is not base64")
  const raw = atob(text)
  require(btoa(raw) === text, "bad_request", "a value is not canonical base64")
  const bytes = new Uint8Array(raw.length)
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i)
  return bytes
}

export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

/** Decode all of the bytes, and only if encoding the value again gives the same bytes: one encoding per value. */
export function decodeWhole<T>(
  what: string,
  decode: Decoder<T>,
  encode: (value: T) => Uint8Array,
  bytes: Uint8Array,
): T {
  const decoded = decode(bytes, 0)
  require(decoded !== undefined, "bad_encoding", `the ${what} cannot be decoded`)
  const [value, length] = decoded
  require(length === bytes.length, "bad_encoding", `bytes follow the end of the ${what}`)
  require(equal(encode(value), bytes), "bad_encoding", `the ${what} is not encoded canonically`)
  return value
}
