/** Scans fill lots, and make room for those of an earlier shipment. */

import { expect, test } from "vitest"
import { readScan } from "../../src/codes/gs1"
import { withScans } from "../../src/templates/scanning"
import { FORMS } from "./forms"

interface Filled {
  goods: { gtin?: string; lots?: { batch: string }[] }[]
  packages: { sscc?: string[] }
}
const FORM = FORMS.full!.form
const scans = ["(01)05412345000013(17)270531(10)SBX4500", "(00)340123450000000018"].map((text) => readScan(text))
const fill = (texts: string[], form = FORM) => withScans(form, texts.map((text) => readScan(text)), { fresh: false })

test("lots and packages are added", () => {
  const before = structuredClone(FORM)
  const made = withScans(FORM, scans, { fresh: false }) as unknown as Filled
  expect(made.goods[0]!.lots!.map((lot) => lot.batch)).toEqual(["SBX4471", "SBX4472", "SBX4490", "SBX4500"])
  expect(made.packages.sscc).toContain("340123450000000018")
  expect(FORM).toEqual(before)
})

test("fresh ones make room", () => {
  const made = withScans(FORM, scans, { fresh: true }) as unknown as Filled
  expect(made.goods[0]!.lots).toEqual([{ batch: "SBX4500", expiry: "2027-05-31" }])
})

test("a lot that is there keeps what was not scanned, a line without a GTIN takes it", () => {
  const form = { goods: [{ product: "x", lots: [{ batch: "A", vials: 3 }] }] }
  const made = fill(["(01)05412345000013(17)270531(10)A"], form)
  expect(made.goods).toEqual([
    { product: "x", gtin: "05412345000013", lots: [{ batch: "A", vials: 3, expiry: "2027-05-31" }] },
  ])
})

test("a code of no line, or of several, is refused", () => {
  expect(() => fill(["(01)04006381333931(10)A"])).toThrow("GTIN 04006381333931 is of none of the goods lines")
  expect(() => fill(["(10)A"], { goods: [{}, {}] })).toThrow("batch A is of none of the goods lines, or of several")
})
