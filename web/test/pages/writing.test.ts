import { describe, expect, it } from "vitest"
import { speak } from "../../src/i18n/i18n.svelte"
import { asNew } from "../../src/pages/consignments/beginning"
import { scannedInto } from "../../src/pages/consignments/scanned"
import { measured, unitSign } from "../../src/pages/consignments/units"

const GTIN = "05412345000013"

describe("a scan", () => {
  it("takes the place of a lot that nobody has filled", () => {
    const blank = { goods: [{ product: "a", lots: [{ batch: "" }] }] }
    const once = scannedInto(blank, { gtin: GTIN, batch: "SBX1", expiry: "2028-03-31" })
    expect(once.goods).toEqual([{ product: "a", gtin: GTIN, lots: [{ batch: "SBX1", expiry: "2028-03-31" }] }])
    const twice = scannedInto(once, { gtin: GTIN, batch: "SBX2" })
    expect(twice.goods).toEqual([{ product: "a", gtin: GTIN, lots: [{ batch: "SBX1", expiry: "2028-03-31" }, { batch: "SBX2" }] }])
  })
  it("begins the goods of an empty form, and is refused where it is of several lines", () => {
    expect(scannedInto({}, { batch: "SBX1" }).goods).toEqual([{ lots: [{ batch: "SBX1" }] }])
    expect(() => scannedInto({ goods: [{ product: "a" }, { product: "b" }] }, { batch: "SBX1" })).toThrow(
      expect.objectContaining({ code: "bad_input" }),
    )
  })
})

describe("units", () => {
  it("have their signs in the reader's language", async () => {
    expect([unitSign("CEL"), unitSign("KGM"), unitSign("HUR"), unitSign("VI")]).toEqual(["°C", "kg", "hours", null])
    expect([measured(1924.5, "KGM"), measured(120, "HUR"), measured(6, "E27")]).toEqual(["1,924.5 kg", "120 hours", null])
    await speak("ru")
    expect([unitSign("KGM"), unitSign("HUR")]).toEqual(["кг", "часов"])
    await speak("en")
  })
})

it("what is copied has no number, reason or relation of the one before", () => {
  const before = { form: { note: "x" }, mode: "REPLY", national_reference: "N-1", overrides: [{}], relates_to: ["PN"] }
  expect(asNew(before)).toEqual({ form: { note: "x" }, mode: "REPLY" })
})
