import { describe, expect, test } from "vitest"
import { fromHex, toHex } from "../../src/wire/bytes"
import {
  decodeSeen,
  directoryId,
  encodeEntry,
  encodeSeen,
  type Entry,
  entryDigest,
  inboxId,
  Kind,
  kindFromWord,
  kindWord,
  nextChain,
  Urgency,
  urgencyFromWord,
  urgencyWord,
} from "../../src/wire/entries"
import { encode, Malformed, Reader, Writer } from "../../src/wire/tls"
import { type Case, load, rows, verdict } from "./vectors"

type Field = { u64: string } | { text: string } | { bytes: string }
interface Row {
  seq: number
  kind: string
  device: string
  epoch: number
  post_id: string
  urgency: string
  at_ms: number
  data: string
  digest: string
  chain: string
  encoded?: string
}
interface File {
  fields: (Case & { fields: Field[]; encoded: string })[]
  lengths: (Case & { size: number; length: string; opaque: string })[]
  seen: (Case & { seq: number; chain: string; encoded: string })[]
  chain: { log: string; entries: Row[] }
  logs: { name: string; log: string; device?: string; deployment?: string }[]
}
const FILE = load<File>("encodings")

function field(one: Field): bigint | string | Uint8Array {
  if ("u64" in one) return BigInt(one.u64)
  return "text" in one ? one.text : fromHex(one.bytes)
}

function entry(row: Row): Entry {
  return {
    log: FILE.chain.log,
    seq: row.seq,
    kind: kindFromWord(row.kind),
    device: row.device,
    epoch: row.epoch,
    post_id: row.post_id.replaceAll("-", ""),
    urgency: urgencyFromWord(row.urgency),
    at_ms: row.at_ms,
    data: fromHex(row.data),
  }
}

test.each(rows(FILE.fields))("fields: %s", (_, one) => {
  expect(toHex(encode(...one.fields.map(field)))).toBe(one.encoded)
})

test.each(rows(FILE.lengths))("lengths: %s", async (_, one) => {
  if (one.expect === "ok") {
    const written = new Writer().opaque(new Uint8Array(one.size)).getvalue()
    expect(toHex(written)).toBe(one.length + "00".repeat(one.size))
    expect(new Reader(written).opaque()).toHaveLength(one.size)
    return
  }
  const read = (): void => {
    const reader = new Reader(fromHex(one.opaque))
    reader.opaque()
    reader.done()
  }
  expect(await verdict(read)).toBe(one.expect)
})

test.each(rows(FILE.seen))("seen: %s", async (_, one) => {
  expect(await verdict(() => decodeSeen(fromHex(one.encoded)))).toBe(one.expect)
  if (one.expect !== "ok") return
  expect(decodeSeen(fromHex(one.encoded))).toEqual({ seq: one.seq, chain: one.chain })
  expect(toHex(encodeSeen({ seq: one.seq, chain: one.chain }))).toBe(one.encoded)
})

test("entries and their chain", () => {
  expect(FILE.chain.entries.filter((row) => row.encoded !== undefined)).toHaveLength(4)
  let chain = FILE.chain.log
  for (const row of FILE.chain.entries) {
    if (row.encoded !== undefined) expect(toHex(encodeEntry(entry(row)))).toBe(row.encoded)
    expect(entryDigest(entry(row))).toBe(row.digest)
    chain = nextChain(chain, row.seq, row.digest)
    expect(chain).toBe(row.chain)
  }
})

test.each(rows(FILE.logs))("log of the %s", (_, one) => {
  expect(one.device === undefined ? directoryId(one.deployment ?? "") : inboxId(one.device)).toBe(one.log)
})

test("words are read back and nothing else is", () => {
  for (const kind of Object.values(Kind)) expect(kindFromWord(kindWord(kind))).toBe(kind)
  for (const urgency of Object.values(Urgency)) expect(urgencyFromWord(urgencyWord(urgency))).toBe(urgency)
  for (const word of ["", "COMMIT", "Routine", "proposal", "commit ", "1"]) {
    expect(() => kindFromWord(word)).toThrow(RangeError)
    expect(() => urgencyFromWord(word)).toThrow(RangeError)
  }
})

describe("the reader and the writer", () => {
  test("integers are big-endian and bounded", () => {
    const data = new Writer().u8(1).u16(2).u32(3).u64(4).getvalue()
    expect(toHex(data)).toBe("01000200000003" + "0000000000000004")
    const reader = new Reader(data)
    expect([reader.u8(), reader.u16(), reader.u32(), reader.u64()]).toEqual([1, 2, 3, 4])
    for (const value of [-1n, 1n << 64n]) expect(() => new Writer().u64(value)).toThrow(Malformed)
    for (const value of [-1, 256, 0.5, Number.NaN]) expect(() => new Writer().u8(value)).toThrow(Malformed)
  })

  test("an integer beyond 2^53 - 1 is read as a bigint and refused as a number", () => {
    const data = encode((1n << 64n) - 1n)
    expect(new Reader(data).u64Big()).toBe((1n << 64n) - 1n)
    expect(() => new Reader(data).u64()).toThrow("beyond 2^53")
    expect(new Reader(encode(Number.MAX_SAFE_INTEGER)).u64()).toBe(Number.MAX_SAFE_INTEGER)
  })

  test("text has to be UTF-8", () => {
    for (const hex of ["01ff", "03eda080", "02c0af"]) expect(() => new Reader(fromHex(hex)).text()).toThrow("not UTF-8")
    expect(() => encode("\ud800")).toThrow("surrogate")
    expect(new Reader(encode("\ufeffé")).text()).toBe("\ufeffé")
  })

  test("a vector ends where its length says", () => {
    const reader = new Reader(fromHex("02000107"))
    const inside = reader.vector()
    expect([inside.u16(), inside.left, reader.left]).toEqual([1, 0, 1])
    expect(() => inside.u8()).toThrow(Malformed)
    expect(() => reader.done()).toThrow("1 bytes follow the end")
  })
})
