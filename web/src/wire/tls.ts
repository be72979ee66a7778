/**
 * Writes and reads the TLS presentation of RFC 9420 §2.1: big-endian integers and length-prefixed bytes.
 *
 * Each value has exactly one encoding: what was read strictly can be signed, hashed and compared as the bytes it was.
 */

import { type Bytes, concat, fromUtf8, utf8 } from "./bytes"
import { Refused } from "./refused"

export const MAX_OPAQUE_BYTES = 2 ** 30 - 1

/** Says that bytes are not one strict encoding of what was expected. */
export class Malformed extends Refused {
  constructor(detail: string) {
    super("malformed_encoding", detail)
  }
}

/** Appends fields one by one. */
export class Writer {
  #parts: Uint8Array[] = []

  u8(value: number): this {
    return this.#uint(value, 1)
  }

  u16(value: number): this {
    return this.#uint(value, 2)
  }

  u32(value: number): this {
    return this.#uint(value, 4)
  }

  u64(value: number | bigint): this {
    return this.#uint(value, 8)
  }

  raw(data: Uint8Array): this {
    this.#parts.push(data)
    return this
  }

  /** Append bytes behind their length, in the shortest of its three forms (RFC 9420 §2.1.2). */
  opaque(data: Uint8Array): this {
    const length = data.length
    if (length < 2 ** 6) this.u8(length)
    else if (length < 2 ** 14) this.u16(length + 2 ** 14)
    else if (length <= MAX_OPAQUE_BYTES) this.u32(length + 2 ** 31)
    else throw new Malformed(`${length} bytes are too many for one field`)
    return this.raw(data)
  }

  text(value: string): this {
    let data: Bytes
    try {
      data = utf8(value)
    } catch {
      throw new Malformed("the text holds a lone surrogate, which UTF-8 cannot carry")
    }
    return this.opaque(data)
  }

  getvalue(): Bytes {
    const whole = concat(...this.#parts)
    this.#parts = [whole]
    return whole.slice()
  }

  #uint(value: number | bigint, size: number): this {
    if (typeof value === "number" && !Number.isSafeInteger(value)) throw new Malformed("a number is not an integer")
    const whole = BigInt(value)
    if (whole < 0n || whole >= 1n << BigInt(8 * size)) throw new Malformed(`an integer does not fit into ${size} bytes`)
    const data = new Uint8Array(8)
    new DataView(data.buffer).setBigUint64(0, whole)
    return this.raw(data.subarray(8 - size))
  }
}

/** Takes fields from the front of `data`; every method throws `Malformed` rather than guess. */
export class Reader {
  readonly #data: Bytes
  #at = 0

  constructor(data: Uint8Array) {
    this.#data = data as Bytes
  }

  /** The number of bytes read so far. */
  get at(): number {
    return this.#at
  }

  get left(): number {
    return this.#data.length - this.#at
  }

  /** Give the bytes read since an earlier `at`: the exact encoding of what was parsed in between. */
  since(start: number): Bytes {
    return this.#data.subarray(start, this.#at)
  }

  u8(): number {
    return this.uint(1)
  }

  u16(): number {
    return this.uint(2)
  }

  u32(): number {
    return this.uint(4)
  }

  /** Read an integer; beyond 2^53 - 1, where numbers are not exact, it is refused. */
  u64(): number {
    return this.uint(8)
  }

  /** Read an integer of any size. */
  u64Big(): bigint {
    return this.raw(8).reduce((value, byte) => (value << 8n) | BigInt(byte), 0n)
  }

  raw(size: number): Bytes {
    const start = this.#at
    if (size < 0 || size > this.left) {
      throw this.malformed(`${size} bytes were announced and ${this.left} are left`)
    }
    this.#at += size
    return this.#data.subarray(start, this.#at)
  }

  opaque(): Bytes {
    return this.raw(this.#length())
  }

  text(): string {
    const data = this.opaque()
    try {
      return fromUtf8(data)
    } catch {
      throw this.malformed("a text is not UTF-8")
    }
  }

  /** Give a reader of its own for the inside of a length-prefixed vector. */
  vector(): this {
    return new (this.constructor as new (data: Uint8Array) => this)(this.opaque())
  }

  /** Refuse bytes that were not read. */
  done(): void {
    if (this.left) throw this.malformed(`${this.left} bytes follow the end`)
  }

  /** Give the error to throw; a subclass may give its own room's class. */
  malformed(detail: string): Refused {
    return new Malformed(`${detail} (at byte ${this.#at})`)
  }

  protected uint(size: number): number {
    const value = this.raw(size).reduce((sum, byte) => sum * 256 + byte, 0)
    if (value > Number.MAX_SAFE_INTEGER) throw this.malformed("an integer is beyond 2^53 - 1")
    return value
  }

  #length(): number {
    const first = this.u8()
    const form = first >> 6
    if (form === 0) return first
    if (form === 3) throw this.malformed("a length has the reserved prefix 11")
    const size = 2 ** form - 1
    const length = (first & 0x3f) * 256 ** size + this.uint(size)
    if (length < (form === 1 ? 2 ** 6 : 2 ** 14)) throw this.malformed("a length is not in its shortest form")
    return length
  }
}

/** Join fields as the protocol does: a number as u64, a text as UTF-8 and bytes as they are behind their length. */
export function encode(...fields: readonly (number | bigint | string | Uint8Array)[]): Bytes {
  const writer = new Writer()
  for (const field of fields) {
    if (typeof field === "string") writer.text(field)
    else if (typeof field === "object") writer.opaque(field)
    else writer.u64(field)
  }
  return writer.getvalue()
}
