import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import type { StoreRefused } from "../../src/client/errors"
import { readRecovery } from "../../src/client/recovery"
import { toBase64, utf8 } from "../../src/wire/bytes"

interface Vectors {
  readonly content: Readonly<Record<string, unknown>>
  readonly cases: readonly { name: string; expect: string; file: string; passphrase: string }[]
}

const read = readFileSync(new URL("../../../vectors/recovery.json", import.meta.url), "utf-8")
const { content, cases } = JSON.parse(read) as Vectors

it.each(cases)("$name", async ({ file, passphrase, expect: expected }) => {
  const outcome = await readRecovery(utf8(file), passphrase).then(
    ({ server, root, uri, seed }) => {
      const back = { recovery: 1, server, root: toBase64(root), device: String(uri), seed: toBase64(seed) }
      expect(back).toEqual(content)
      return "ok"
    },
    (failed: unknown) => (failed as StoreRefused).code,
  )
  expect(outcome).toBe(expected)
})

it("reads every case", () => {
  expect(cases.length).toBe(8)
})
