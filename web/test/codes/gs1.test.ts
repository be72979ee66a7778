/** Codes that scanners type: the same file that Python reads with biip. */

import { expect, test } from "vitest"
import { readScan } from "../../src/codes/gs1"
import { Refused } from "../../src/wire/refused"
import { vectors } from "../templates/forms"

const CASES = vectors<{ text: string; scan?: Record<string, string>; refused?: true }[]>("contents/gs1")
const NOW = new Date("2026-11-22T00:00:00Z")

test.each(CASES)("$text", ({ text, scan }) => {
  if (scan) expect(readScan(text, NOW)).toEqual(scan)
  else expect(() => readScan(text, NOW)).toThrow(expect.objectContaining({ code: "bad_input" }) as Refused)
})

test("there are cases of both kinds", () => {
  expect([CASES.length, CASES.filter((one) => one.refused).length]).toEqual([91, 39])
})

test.each([
  [2026, "76", "2076"],
  [2026, "77", "1977"],
  [2051, "01", "2101"],
])("in %i, year %s is %s", (year, two, written) => {
  expect(readScan(`(17)${two}0115`, new Date(Date.UTC(year, 6))).expiry).toBe(`${written}-01-15`)
})

test("a refusal shows what was typed, not the separator", () => {
  expect(() => readScan("21S1\x1d\x1d91X")).toThrow("“21S1<GS><GS>91X” is no GS1 code")
})
