import { describe, expect, it } from "vitest"
import { asAnnounced, matches, told, withDoses, withVials, wrongWith } from "../../src/pages/consignments/acts/counting"
import { legsOf, placeNow } from "../../src/pages/consignments/one/page"
import { numberOf, valueAt, withoutEmpty, withValue } from "../../src/pages/consignments/values"
import type { ConsignmentPage } from "../../src/api"

const LOT = {
  batch: "SBX4490", announced_doses: 35_100, counted_doses: null, announced_vials: 5_850, counted_vials: null, damaged_doses: 0, temperature: null,
} // prettier-ignore

describe("values of a form", () => {
  it("are put and taken away without touching the form before", () => {
    const form = { goods: [{ product: "a", lots: [{ batch: "1" }] }] }
    const next = withValue(form, "goods[0].lots[1].batch", "2")
    expect(valueAt(next, "goods[0].lots[1].batch")).toBe("2")
    expect(form.goods[0]?.lots).toHaveLength(1)
    expect(withValue(next, "goods[0].lots[0]", undefined)).toEqual({ goods: [{ product: "a", lots: [{ batch: "2" }] }] })
    expect(valueAt(form, "goods[4].lots[0].batch")).toBeUndefined()
    expect(valueAt({}, "constructor")).toBeUndefined()
  })
  it("leave nothing empty behind", () => {
    expect(withoutEmpty({ a: " x ", b: "", c: [""], d: { e: "" }, f: 0, g: false })).toEqual({ a: "x", f: 0, g: false })
  })
  it("are numbers as people type them", () => {
    expect([numberOf("1 200"), numberOf("2,5"), numberOf("1\u202f000"), numberOf(""), numberOf("1.2.3"), numberOf("1e3")]).toEqual([
      1200, 2.5, 1000, undefined, "1.2.3", "1e3",
    ])
  })
})

describe("counting", () => {
  it("begins as announced, which matches", () => {
    const lots = asAnnounced([LOT])
    expect(matches(lots)).toBe(true)
    expect(told(lots)[0]).toMatchObject({ doses: 35_100, vials: 5_850, missing_doses: 0, excess_doses: 0, damaged_doses: 0 })
  })
  it("tells what is short, in doses and in the vials that they fill", () => {
    const lot = asAnnounced([LOT])[0]!
    const short = [withDoses(lot, "34 698")]
    expect(matches(short)).toBe(false)
    expect(told(short)[0]).toMatchObject({ doses: 34_698, vials: 5_783, missing_doses: 402, excess_doses: 0 })
    expect(withVials(lot, "5783").doses).toBe("34698")
    expect(told([withDoses(lot, "34700")])[0]).not.toHaveProperty("vials")
    // Where the announcement does not tell how many a vial holds, the two stand as they were counted.
    const loose = asAnnounced([{ ...LOT, announced_vials: 5_851 }])[0]!
    expect(told([withDoses(loose, "34698")])[0]).not.toHaveProperty("vials")
  })
  it("is no match where one was warm or damaged, and wrong where more were damaged than came", () => {
    const [lot] = asAnnounced([LOT])
    expect(matches([{ ...lot!, temperature: "ALARM" }])).toBe(false)
    expect(matches([{ ...lot!, damaged: "1" }])).toBe(false)
    expect([wrongWith({ ...lot!, damaged: "35101" }), wrongWith({ ...lot!, doses: "-1" }), wrongWith({ ...lot!, vials: "x" }), wrongWith(lot!)]).toEqual([
      "damaged", "number", "number", null,
    ])
  })
})

describe("where it is", () => {
  const leg = (from: string, to: string, etd: string, eta: string) => ({ from_place: from, to_place: to, etd_at: etd, eta_at: eta })
  const page = (state: string, moved: Record<string, string> = {}): ConsignmentPage =>
    ({
      row: { state, outcome: null },
      form: { legs: [leg("BEBRU", "AEDXB", "2026-11-23T20:00Z", "2026-11-24T04:00Z"), leg("AEDXB", "KENBO", "2026-11-24T08:00Z", "2026-11-24T12:00Z")] },
      view: { legs: [{ party: "ae", role: "transit", moved }, { party: "ke", role: "destination", moved: {} }], versions: [] },
      timeline: [],
    }) as unknown as ConsignmentPage
  const at = (text: string): number => Date.parse(text)

  it("is told before it leaves and once it came", () => {
    expect(legsOf(page("SENT"))).toHaveLength(2)
    expect(placeNow(page("SENT"), at("2026-11-24T00:00Z"))).toEqual({ at: 0, guessed: false })
    expect(placeNow(page("ARRIVED"), at("2026-11-24T00:00Z"))).toEqual({ at: 2, guessed: false })
    expect(placeNow(page("WITHDRAWN"), at("2026-11-24T00:00Z"))).toBeNull()
  })
  it("is guessed by the schedule, and known where a transit Member told it", () => {
    expect(placeNow(page("DEPARTED"), at("2026-11-24T00:00Z"))).toEqual({ at: 0.5, guessed: true })
    expect(placeNow(page("DEPARTED", { TRANSIT_IN: "2026-11-24T04:10Z" }), at("2026-11-24T10:00Z"))).toEqual({ at: 1, guessed: false })
    const out = placeNow(page("DEPARTED", { TRANSIT_IN: "2026-11-24T04:10Z", TRANSIT_OUT: "2026-11-24T08:00Z" }), at("2026-11-24T10:00Z"))
    expect(out).toEqual({ at: 1.5, guessed: true })
  })
})
