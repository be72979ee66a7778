/** Bytes and their texts: hex, base64 and UTF-8, each in one form only. */

/** Bytes on a buffer of their own kind, which is what WebCrypto asks for. */
export type Bytes = Uint8Array<ArrayBuffer>

const HEX = /^(?:[0-9a-f]{2})*$/
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/
const LONE_SURROGATE = /\p{Surrogate}/u
const HEX_OF = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"))
const CHUNK = 0x8000
const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** Give lower-case hex. */
export function toHex(bytes: Uint8Array): string {
  let text = ""
  for (const byte of bytes) text += HEX_OF[byte]
  return text
}

/** Read lower-case hex; throws `RangeError`. */
export function fromHex(text: string): Bytes {
  if (!HEX.test(text)) throw new RangeError("not lower-case hex")
  const bytes = new Uint8Array(text.length / 2)
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(text.slice(2 * at, 2 * at + 2), 16)
  return bytes
}

/** Give base64 with its padding. */
export function toBase64(bytes: Uint8Array): string {
  const parts: string[] = []
  for (let at = 0; at < bytes.length; at += CHUNK) parts.push(String.fromCharCode(...bytes.subarray(at, at + CHUNK)))
  return btoa(parts.join(""))
}

/** Read canonical, padded base64; throws `RangeError`. */
export function fromBase64(text: string): Bytes {
  if (!BASE64.test(text)) throw new RangeError("not base64")
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
  // Only the last group can say one thing in several ways: its unused bits have to be zero.
  const tail = text.endsWith("=") ? text.slice(-4) : ""
  if (tail && toBase64(bytes.subarray(bytes.length - (tail.endsWith("==") ? 1 : 2))) !== tail) {
    throw new RangeError("not canonical base64")
  }
  return bytes
}

/** Give URL-safe base64 without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  return toBase64(bytes).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}

/** Read canonical, URL-safe base64 without padding; throws `RangeError`. */
export function fromBase64Url(text: string): Bytes {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new RangeError("not URL-safe base64")
  return fromBase64(text.replaceAll("-", "+").replaceAll("_", "/") + "=".repeat((4 - (text.length % 4)) % 4))
}

/** Say whether a text is one that UTF-8 can carry: no lone surrogate. */
export function isWellFormed(text: string): boolean {
  return !LONE_SURROGATE.test(text)
}

/** Encode a text; throws `RangeError` for a lone surrogate, where the platform would write another text. */
export function utf8(text: string): Bytes {
  if (!isWellFormed(text)) throw new RangeError("the text holds a lone surrogate")
  return encoder.encode(text)
}

/** Read UTF-8; a byte order mark stays in the text; throws `TypeError` for bytes that are not UTF-8. */
export function fromUtf8(bytes: Uint8Array): string {
  return decoder.decode(bytes)
}

/** Read ASCII; throws `TypeError` for any byte above 127. */
export function fromAscii(bytes: Uint8Array): string {
  if (bytes.some((byte) => byte > 0x7f)) throw new TypeError("not ASCII")
  return decoder.decode(bytes)
}

export function concat(...parts: readonly Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

/** Compare public bytes; takes as long as they agree. */
export function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, at) => byte === b[at])
}

export function randomBytes(size: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(size))
}
