import { describe, expect, test } from "vitest"
import { BODIES, Charter, Revocation, Roster } from "../../src/wire/bodies"
import { fromBase64, fromHex, fromUtf8, utf8 } from "../../src/wire/bytes"
import type { Seen } from "../../src/wire/entries"
import { sha256Hex } from "../../src/wire/hash"
import { generateSeed, publicKeyOf } from "../../src/wire/keys"
import { type BodyModel, MAX_STATEMENT_BYTES, sign, Statement, StatementRefused } from "../../src/wire/statements"
import { encode } from "../../src/wire/tls"
import { type Case, load, rows, seedOf, verdict } from "./vectors"

interface StatementCase extends Case {
  read_as: string
  key: string
  statement: string
  signer: string
  follows: string
  seen: Seen
  body: object
  digest: string
}
const CASES = load<{ cases: StatementCase[] }>("statements").cases
const GOOD = CASES.filter((one) => one.expect === "ok")

/** Read a statement as a reader has to: frame, signature, body. */
async function read(data: Uint8Array, key: Uint8Array, label: string): Promise<object> {
  const statement = Statement.parse(data)
  await statement.verify(key)
  const model = BODIES.get(label)
  if (model === undefined) throw new Error(`no model is called ${label}`)
  return statement.read(model)
}

test.each(rows(CASES))("%s", async (_, one) => {
  const [data, key] = [fromBase64(one.statement), fromHex(one.key)]
  expect(await verdict(() => read(data, key, one.read_as))).toBe(one.expect)
  if (one.expect !== "ok") return
  const statement = Statement.parse(data)
  expect(await read(data, key, one.read_as)).toEqual(one.body)
  expect([statement.signer, statement.follows, statement.seen]).toEqual([one.signer, one.follows, one.seen])
  expect([statement.digest, sha256Hex(data)]).toEqual([one.digest, one.digest])
  // Signatures are deterministic, and what was read is written as the same bytes.
  const { signer, follows, seen } = one
  const model = BODIES.get(one.read_as) as BodyModel<object>
  expect(await sign(model, one.body, { signer, seed: seedOf(signer), follows, seen })).toEqual(statement)
})

test("every label has a good vector", () => {
  expect([...BODIES.keys()].sort()).toEqual([...new Set(GOOD.map((one) => one.read_as))].sort())
})

test("no label verifies as another", async () => {
  for (const one of GOOD) {
    const { label, signer, follows, seen, body, signature } = Statement.parse(fromBase64(one.statement))
    for (const other of BODIES.keys()) {
      if (other === label) continue
      const fields = [other, signer, fromHex(follows), seen.seq, fromHex(seen.chain), body, signature]
      expect(await verdict(() => read(encode(...fields), fromHex(one.key), other))).toBe("bad_signature")
    }
  }
})

const ROSTER = { channel: "ab".repeat(32), number: 1, changes: [{ office: "ke/ncp", seated: true }] }
const SIGNER = "pratique://be.stop.example/ncp/a.peeters/01ab"

describe("signing", () => {
  test("what is signed here is read here, and no changed byte is", async () => {
    const seed = generateSeed()
    const [key, by] = [await publicKeyOf(seed), { signer: SIGNER, seed, follows: "cd".repeat(32) }]
    const statement = await sign(Roster, ROSTER, { ...by, seen: { seq: 7, chain: "ef".repeat(32) } })
    expect(await read(statement.raw, key, Roster.LABEL)).toEqual(ROSTER)
    for (let at = 0; at < statement.raw.length; at++) {
      const changed = statement.raw.slice()
      changed[at] = (changed[at] as number) ^ 1
      await expect(read(changed, key, Roster.LABEL), `byte ${at}`).rejects.toThrow(StatementRefused)
      await expect(read(statement.raw.subarray(0, at), key, Roster.LABEL)).rejects.toThrow(StatementRefused)
    }
  })

  test("a body that nobody would read is not signed", async () => {
    const charter: Charter = {
      operation: "00".repeat(32),
      purpose: "channel",
      owners: ["be/ncp"],
      parties: ["be", "ke"],
      history: "full",
      retention_s: 0,
      nonce: "00".repeat(16),
    }
    await expect(sign(Charter, charter, { signer: SIGNER, seed: generateSeed() })).rejects.toThrow(StatementRefused)
  })
})

test("a statement has a largest size", () => {
  expect(() => Statement.parse(new Uint8Array(MAX_STATEMENT_BYTES + 1))).toThrow("too large")
})

test.each([
  ["an unknown field", { ...ROSTER, secret: 1 }, "an unknown field"],
  ["a missing field", { channel: ROSTER.channel, number: 1 }, "field changes"],
  ["a field of another type", { ...ROSTER, number: "secret" }, "field number"],
  ["a field inside", { ...ROSTER, changes: [{ office: "secret!", seated: true }] }, "field changes.0.office"],
  ["a list instead", ["secret"], "field (body)"],
])("a refusal names the field at fault and quotes nothing: %s", (_, body, where) => {
  try {
    Roster.read(utf8(JSON.stringify(body)))
    expect.unreachable("the body was taken")
  } catch (refused) {
    expect((refused as StatementRefused).detail).toBe(`pratique roster v1: ${where}`)
  }
})

test.each(["1.0", "1e0", "true", "null", '"1"', "0", "9007199254740992"])("%s is not the number 1", (number) => {
  const body = fromUtf8(Roster.write(ROSTER)).replace('"number":1', `"number":${number}`)
  expect(() => Roster.read(utf8(body))).toThrow(StatementRefused)
})

test("a lane without parties has no owner", () => {
  const lane = { operation: "00".repeat(32), purpose: "lane", owners: ["be/ncp"], parties: [], history: "full" }
  const body = { ...lane, retention_s: 0, nonce: "00".repeat(16) }
  expect(() => Charter.read(utf8(JSON.stringify(body)))).toThrow("field (body)")
})

test("a text of 200 characters fits whatever they are made of", () => {
  const body = { device: "😀".repeat(200), reason: "lost" as const, at_ms: 0 }
  expect(Revocation.read(Revocation.write(body))).toEqual(body)
  expect(() => Revocation.write({ ...body, device: "😀".repeat(201) })).toThrow(StatementRefused)
})
