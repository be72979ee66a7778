/** What somebody types stays in the page: browsers write the state of form fields to the disk unless they are told not to. */
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, it } from "vitest"

const SRC = join(import.meta.dirname, "../../src")
/** These hold no words, and cannot be restored into anything that tells. */
const MUTE = /type="(radio|checkbox|file)"/

const fields = readdirSync(SRC, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".svelte"))
  .flatMap((name) => {
    const source = readFileSync(join(SRC, name), "utf8")
    return [...source.matchAll(/<(textarea|select|input)\s(?:[^<>{}]|\{[^{}]*(?:\{[^{}]*\}[^{}]*)*\})*>/g)].map(([tag]) => [name, tag] as const)
  })
  .filter(([, tag]) => !MUTE.test(tag))

describe("fields of pages", () => {
  it("are found", () => expect(fields.length).toBeGreaterThanOrEqual(9))
  it.each(fields)("%s: say whether browsers may keep them: %s", (_name, tag) => {
    expect(tag).toMatch(/\bautocomplete="|\{autocomplete\}/)
  })
})
