import { readFileSync } from "node:fs"
import { expect } from "vitest"
import { utf8 } from "../../src/wire/bytes"
import { sha256 } from "../../src/wire/hash"
import { Refused } from "../../src/wire/refused"

/** A case of a vector file: it names its outcome, "ok" or the stable code of the refusal. */
export interface Case {
  readonly name: string
  readonly expect: string
}

/** Give one vector file of the repository, as the shape that its test names. */
export function load<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../../../vectors/${name}.json`, import.meta.url), "utf8")) as T
}

/** Give the private key that the vectors give to a name. */
export function seedOf(name: string): Uint8Array {
  return sha256(utf8(`pratique vectors: ${name}`))
}

/** Give cases as rows for `test.each`; names have to differ, and there has to be one at least. */
export function rows<T extends { readonly name: string }>(cases: readonly T[]): [string, T][] {
  expect(cases.length).toBeGreaterThan(0)
  expect(new Set(cases.map((one) => one.name)).size).toBe(cases.length)
  return cases.map((one) => [one.name, one])
}

/** Give "ok", or the code by which something from outside is refused; any other failure is a failure. */
export async function verdict(judged: () => unknown): Promise<string> {
  try {
    await judged()
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused
    return refused.code
  }
  return "ok"
}
