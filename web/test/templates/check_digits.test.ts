/** Check digits follow the vectors that Python runs. */

import { expect, test } from "vitest"
import { CHECKS, containerHolds, containerIsEuropean, mod9710 } from "../../src/contents/check_digits"
import { vectors } from "./forms"

type Cases = Record<string, { value: string; holds: boolean; text: string; check: string; reference: string }[]>
const VECTORS = vectors<Cases>("contents/check_digits")

test.each(Object.keys(CHECKS))("%s", (name) => {
  const cases = VECTORS[name]!
  expect(new Set(cases.map((one) => one.holds))).toEqual(new Set([true, false]))
  expect(cases.map((one) => CHECKS[name]!(one.value))).toEqual(cases.map((one) => one.holds))
})

test("mod 97-10, and the references that end in it", () => {
  expect(Object.keys(VECTORS).sort()).toEqual([...Object.keys(CHECKS), "mod_97_10", "reference"].sort())
  for (const one of VECTORS.mod_97_10!) expect(mod9710(one.text)).toBe(one.check)
  for (const { reference } of VECTORS.reference!) expect(mod9710(reference.slice(0, -2))).toBe(reference.slice(-2))
})

test("a European unit is told from a container", () => {
  const right = [..."0123456789"].map((digit) => `CSQA305438${digit}`).filter(containerHolds)
  expect(right).toHaveLength(1)
  expect(containerIsEuropean(right[0]!)).toBe(true)
  expect(containerIsEuropean("CSQU3054383")).toBe(false)
})
