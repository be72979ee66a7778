import { readFileSync } from "node:fs"
import { describe, expect, it } from "vitest"
import { ContentRefused } from "../../src/contents/content"
import { makeReference, referenceParty } from "../../src/contents/fields"
import { CONTENT_TYPES, readContent, writeContent } from "../../src/contents/registry"
import { fromUtf8, utf8 } from "../../src/wire/bytes"

interface Case {
  readonly name: string
  readonly type: string
  readonly body: string
  readonly expect: "ok" | "refused"
  readonly fields?: readonly string[]
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../vectors/contents/${name}.json`, import.meta.url), "utf8"))
const CASES = read("contents") as Case[]

function refusal(type: string, body: string): ContentRefused {
  try {
    readContent(type, utf8(body))
  } catch (refused) {
    if (refused instanceof ContentRefused) return refused
    throw refused
  }
  throw new Error("was read")
}

describe("contents", () => {
  it.each(CASES.filter((one) => one.expect === "ok"))("$type: $name", ({ type, body }) => {
    const content = readContent(type, utf8(body))
    expect(content?.TYPE).toBe(type)
    if (content !== null) expect(readContent(type, writeContent(content))).toEqual(content)
  })

  it.each(CASES.filter((one) => one.expect === "refused"))("$type refused: $name", ({ type, body, fields }) => {
    expect(refusal(type, body).problems.map((one) => one.path)).toEqual(fields)
  })

  it("reads each type once and refuses it once", () => {
    for (const outcome of ["ok", "refused"]) {
      const seen = new Set(CASES.filter((one) => one.expect === outcome).map((one) => one.type))
      expect([...seen].sort()).toEqual([...CONTENT_TYPES].sort())
    }
    console.log(`contents: ${CASES.length} cases of ${CONTENT_TYPES.length} types`)
  })

  it("knows no other type", () => {
    expect(readContent("horoscope", utf8("{}"))).toBeNull()
  })
})

describe("what is written and said", () => {
  interface Said {
    readonly case?: string
    readonly type?: string
    readonly body?: string
    readonly written?: string
    readonly code?: string
    readonly problems?: string[][]
  }
  const told = read("told") as Said[]
  it.each(told.map((one, number) => [one.case ?? `${number}`, one] as const))("%s", (_, one) => {
    const { type = "", body = "" } = CASES.find((known) => known.name === one.case) ?? one
    if (one.written !== undefined) {
      const content = readContent(type, utf8(body))
      expect(content && fromUtf8(writeContent(content))).toBe(one.written)
      return
    }
    const refused = refusal(type, body)
    expect(refused.code).toBe(one.code)
    expect(refused.problems.map(({ path, text, code }) => [path, text, code])).toEqual(one.problems)
  })

  it("has something of each", () => {
    console.log(`told: ${told.length} cases, ${told.filter((one) => one.written !== undefined).length} of them written`)
    expect(told.length).toBeGreaterThanOrEqual(CASES.length)
  })
})

describe("references", () => {
  interface Made {
    readonly group: string
    readonly country: string
    readonly year: number
    readonly number: number
    readonly reference: string
  }
  const digits = read("check_digits") as { reference: Made[] }
  it.each(digits.reference)("$reference", (one) => {
    const made = makeReference(one.group, one.country, one.year, one.number)
    expect([made, referenceParty(made)]).toEqual([one.reference, one.country.toLowerCase()])
  })
})
