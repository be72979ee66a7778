import { readFileSync } from "node:fs"
import { expect, it } from "vitest"
import { StoreRefused } from "../../src/client/errors"
import { readSealedFile } from "../../src/client/sealed_file"
import { fromBase64, utf8 } from "../../src/wire/bytes"

interface Vectors {
  readonly content: unknown
  readonly files: Readonly<Record<string, { file: string; key_file: string }>>
  readonly cases: readonly { name: string; expect: string; of: string; passphrase: string }[]
}

const read = readFileSync(new URL("../../../vectors/sealed_file.json", import.meta.url), "utf-8")
const { content, files, cases } = JSON.parse(read) as Vectors

it.each(cases)("$name", async ({ of, passphrase, expect: expected }) => {
  const pair = files[of] as { file: string; key_file: string }
  const told: number[] = []
  const progress = (done: number): number => told.push(done)
  const outcome = await readSealedFile(fromBase64(pair.file), utf8(pair.key_file), passphrase, progress).then(
    (document) => {
      expect(document).toEqual(content)
      expect(told.at(-1)).toBe(1)
      return "ok"
    },
    (failed: unknown) => (failed as StoreRefused).code,
  )
  expect(outcome).toBe(expected)
})

it("reads every case", () => {
  expect(cases.length).toBe(9)
})
