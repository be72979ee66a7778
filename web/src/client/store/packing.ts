/**
 * Write one row of the store as bytes and read it back: JSON for what is small, bytes as they are.
 *
 * Shape  u32 length of the JSON ‖ JSON {t, k, f, b: [[name, length]…]} ‖ the byte fields in that order
 */

import { StoreRefused } from "../errors"

/** A row's fields: JSON values, or bytes at the top level. */
export type Fields = Readonly<Record<string, unknown>>

export interface Packed {
  readonly table: string
  readonly key: string
  readonly fields: Fields
}

const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { fatal: true })

export function pack(row: Packed): Uint8Array<ArrayBuffer> {
  const plain: Record<string, unknown> = {}
  const names: [string, number][] = []
  const blobs: Uint8Array[] = []
  for (const [name, value] of Object.entries(row.fields)) {
    if (value instanceof Uint8Array) {
      names.push([name, value.length])
      blobs.push(value)
    } else plain[name] = value
  }
  const head = encoder.encode(JSON.stringify({ t: row.table, k: row.key, f: plain, b: names }))
  const written = new Uint8Array(4 + head.length + blobs.reduce((sum, blob) => sum + blob.length, 0))
  new DataView(written.buffer).setUint32(0, head.length)
  written.set(head, 4)
  let at = 4 + head.length
  for (const blob of blobs) {
    written.set(blob, at)
    at += blob.length
  }
  return written
}

/** Read `pack`'s bytes; raises `StoreRefused`. The byte fields share the memory of `data`. */
export function unpack(data: Uint8Array<ArrayBuffer>): Packed {
  try {
    const length = new DataView(data.buffer, data.byteOffset, data.byteLength).getUint32(0)
    const head = JSON.parse(decoder.decode(data.subarray(4, 4 + length))) as {
      t: string
      k: string
      f: Record<string, unknown>
      b: [string, number][]
    }
    let at = 4 + length
    for (const [name, size] of head.b) {
      head.f[name] = data.subarray(at, at + size)
      at += size
    }
    if (at !== data.length) throw new RangeError("length")
    return { table: head.t, key: head.k, fields: head.f }
  } catch {
    throw new StoreRefused("store_damaged", "a row of the store cannot be read")
  }
}
