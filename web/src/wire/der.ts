/** Writes DER, and reads it strictly: one encoding per value (X.690), with only the types that certificates hold. */

import { type Bytes, concat, fromHex, utf8 } from "./bytes"

export const Tag = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  OID: 0x06,
  UTF8: 0x0c,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const

/** Says that bytes are not DER, or not of the shape that was asked for. */
export class DerRefused extends Error {}

/** Write one value: its tag, its length in the shortest form, its content. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Bytes {
  const content = concat(...parts)
  const size = content.length
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return concat(new Uint8Array([tag, ...length]), content)
}

export function sequence(...parts: readonly Uint8Array[]): Bytes {
  return der(Tag.SEQUENCE, ...parts)
}

/** Write a non-negative integer. */
export function integer(value: bigint): Bytes {
  const digits = value.toString(16)
  const even = digits.length % 2 ? `0${digits}` : digits
  // A first bit of one would be the sign.
  return der(Tag.INTEGER, fromHex(Number.parseInt(even[0] as string, 16) > 7 ? `00${even}` : even))
}

export function bitString(content: Uint8Array, unused = 0): Bytes {
  return der(Tag.BIT_STRING, new Uint8Array([unused]), content)
}

/** Write a UTC moment as X.509 does: two digits of the year before 2050, four from then on. */
export function time(atMs: number): Bytes {
  const text = `${new Date(atMs).toISOString().slice(0, 19).replaceAll(/[-:T]/g, "")}Z`
  return text < "2050" ? der(Tag.UTC_TIME, utf8(text.slice(2))) : der(Tag.GENERALIZED_TIME, utf8(text))
}

/** One value that was read: its tag, its content, and all its bytes. */
export interface Value {
  readonly tag: number
  readonly content: Uint8Array
  readonly bytes: Uint8Array
}

/** Read the values that stand one behind the other in `data`, to its end; throws `DerRefused`. */
export function values(data: Uint8Array): Value[] {
  const found: Value[] = []
  for (let at = 0; at < data.length; ) {
    const tag = data[at] as number
    // A tag number above 30 goes on in further bytes; certificates hold none.
    if ((tag & 0x1f) === 0x1f) throw new DerRefused("a tag is not one of X.509's")
    const [start, size] = length(data, at + 1)
    if (start + size > data.length) throw new DerRefused("a value is longer than what holds it")
    found.push({ tag, content: data.subarray(start, start + size), bytes: data.subarray(at, start + size) })
    at = start + size
  }
  return found
}

/** Read the values inside of one that has to be of this tag. */
export function inside(value: Value | undefined, tag: number): Value[] {
  return values(content(value, tag))
}

/** Give the content of a value that has to be of this tag. */
export function content(value: Value | undefined, tag: number): Uint8Array {
  if (value?.tag !== tag) throw new DerRefused("a value is missing or is of another type")
  return value.content
}

/** Read an integer in its shortest form, of either sign. */
export function readInteger(value: Value | undefined): bigint {
  const bytes = content(value, Tag.INTEGER)
  const [first, second = 0] = bytes
  const padded = bytes.length > 1 && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))
  if (first === undefined || padded) throw new DerRefused("an integer is not in its shortest form")
  return BigInt.asIntN(8 * bytes.length, bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n))
}

/** Give the bits of a bit string that is whole bytes. */
export function readBits(value: Value | undefined): Uint8Array {
  const bits = content(value, Tag.BIT_STRING)
  if (bits[0] !== 0) throw new DerRefused("a bit string is not whole bytes")
  return bits.subarray(1)
}

/** Read a moment of either form in UTC milliseconds; which of the two it should have had is not judged here. */
export function readTime(value: Value | undefined): number {
  const long = value?.tag === Tag.GENERALIZED_TIME
  const digits = String.fromCharCode(...content(value, long ? Tag.GENERALIZED_TIME : Tag.UTC_TIME))
  if (!(long ? /^[0-9]{14}Z$/ : /^[0-9]{12}Z$/).test(digits)) throw new DerRefused("a time is not UTC to the second")
  const whole = long ? digits : (digits < "50" ? "20" : "19") + digits
  const text = whole.replace(/^(....)(..)(..)(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6.000Z")
  const atMs = Date.parse(text)
  if (Number.isNaN(atMs) || new Date(atMs).toISOString() !== text) throw new DerRefused("a time is no date")
  return atMs
}

function length(data: Uint8Array, at: number): [start: number, size: number] {
  const first = data[at]
  if (first === undefined) throw new DerRefused("a length is missing")
  if (first < 0x80) return [at + 1, first]
  const count = first & 0x7f
  const digits = data.subarray(at + 1, at + 1 + count)
  const size = digits.reduce((sum, byte) => sum * 256 + byte, 0)
  if (count < 1 || count > 4 || digits.length !== count || digits[0] === 0 || size < 0x80) {
    throw new DerRefused("a length is not in its shortest form")
  }
  return [at + 1 + count, size]
}
