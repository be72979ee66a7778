import { expect, test } from "vitest"
import { Authorities } from "../../src/wire/authorities"
import { Rejoin } from "../../src/wire/bodies"
import { fromBase64, toHex } from "../../src/wire/bytes"
import { generateSeed } from "../../src/wire/keys"
import { sign, Statement } from "../../src/wire/statements"
import { type Case, load, rows, verdict } from "./vectors"

const FILE = load<{
  root: string
  lists: string[]
  parties: string[][]
  keys: { after: number; signer: string; at_ms: number; keys: string[] }[]
  devices: (Case & { after: number; device: string; at_ms: number })[]
  refused: (Case & { after: number; list: string })[]
}>("party_lists")

/** Fold the first lists of the history. */
async function fold(count: number): Promise<Authorities> {
  let authorities = await Authorities.found(fromBase64(FILE.root))
  for (const text of FILE.lists.slice(0, count)) {
    authorities = await authorities.advance(Statement.parse(fromBase64(text)))
  }
  return authorities
}

test("the history folds", async () => {
  expect(FILE.parties).toHaveLength(FILE.lists.length)
  for (const [at, parties] of FILE.parties.entries()) {
    const authorities = await fold(at + 1)
    expect([authorities.number, [...authorities.parties.keys()]]).toEqual([at + 1, parties])
    expect(authorities.head).toBe(Statement.parse(fromBase64(FILE.lists[at] ?? "")).digest)
  }
  expect((await fold(3)).party("ke")?.name).toBe("KE")
  expect((await fold(3)).party("us")).toBeNull()
})

const KEYS = FILE.keys.map((one) => ({ ...one, name: `${one.signer} after ${one.after} at ${one.at_ms}` }))
test.each(rows(KEYS))("keys of %s", async (_, one) => {
  expect((await fold(one.after)).authorityKeys(one.signer, one.at_ms).map(toHex)).toEqual(one.keys)
})

test.each(rows(FILE.devices))("device: %s", async (_, one) => {
  const authorities = await fold(one.after)
  expect(await verdict(() => authorities.verifyDevice(fromBase64(one.device), one.at_ms))).toBe(one.expect)
})

test.each(rows(FILE.refused))("refused: %s", async (_, one) => {
  const before = await fold(one.after)
  expect(await verdict(() => before.advance(Statement.parse(fromBase64(one.list))))).toBe(one.expect)
})

test("a statement of another label is no party list", async () => {
  const body = { channel: "00".repeat(32), nonce: "00".repeat(16) }
  const rejoin = await sign(Rejoin, body, { signer: "root", seed: generateSeed() })
  const authorities = await fold(0)
  expect(await verdict(() => authorities.advance(rejoin))).toBe("wrong_statement")
})
