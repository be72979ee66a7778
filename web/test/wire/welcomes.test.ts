import { expect, test } from "vitest"
import { fromBase64, fromHex, toBase64, toHex } from "../../src/wire/bytes"
import type { Seen } from "../../src/wire/entries"
import { generateSeed, publicKeyOf } from "../../src/wire/keys"
import { binding, Welcome } from "../../src/wire/welcomes"
import { type Case, load, rows, verdict } from "./vectors"

const FILE = load<{
  key: string
  good: Record<"encoded" | "channel" | "welcome" | "charter" | "roster_head" | "committer" | "binding", string> & {
    seen: Seen
  }
  refused: (Case & { encoded: string })[]
}>("welcomes")
const { good } = FILE

test("the good welcome", async () => {
  const welcome = Welcome.decode(fromBase64(good.encoded))
  await welcome.verify(fromHex(FILE.key))
  expect(toBase64(welcome.encode())).toBe(good.encoded)
  expect([welcome.channel, toHex(welcome.welcome)]).toEqual([good.channel, good.welcome])
  expect([toBase64(welcome.charter), welcome.committer]).toEqual([good.charter, good.committer])
  expect([welcome.seen, welcome.roster_head]).toEqual([good.seen, good.roster_head])
  expect(toHex(binding(welcome.seen, welcome.roster_head))).toBe(good.binding)
})

test.each(rows(FILE.refused))("refused: %s", async (_, one) => {
  const judged = (): Promise<void> => Welcome.decode(fromBase64(one.encoded)).verify(fromHex(FILE.key))
  expect(await verdict(judged)).toBe(one.expect)
})

test("a welcome signed here verifies under its own key alone", async () => {
  const seed = generateSeed()
  const signed = await Welcome.decode(fromBase64(good.encoded)).sign(seed)
  const read = Welcome.decode(signed.encode())
  await read.verify(await publicKeyOf(seed))
  expect(await verdict(() => read.verify(fromHex(FILE.key)))).toBe("bad_signature")
})
