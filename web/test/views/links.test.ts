import { describe, expect, it } from "vitest"
import { makeReference } from "../../src/contents/fields"
import * as boards from "../../src/views/board"
import { countedOnce, links, traces } from "../../src/views/links"
import { entry, stories } from "./entries"

type Json = Record<string, unknown>
const reference = (number: number) => makeReference("STOP-III", "be", 2026, number)
const [FIRST, SECOND, THIRD] = [reference(1), reference(2), reference(3)]
const ONWARD = makeReference("STOP-III", "ae", 2026, 1)
const PART = partOf()

/** Take the part of a direct flight from the vectors, to change it. */
function partOf(): Json {
  const all = stories("board").flatMap((story) => story.entries)
  const found = all.find(({ type, body }) => {
    const part = body as { part?: string; kind?: string; version?: number; form?: { legs?: unknown[] } }
    const whole = type === "prenotification" && part.part === "goods" && part.kind === "departure"
    return whole && part.version === 1 && part.form?.legs?.length === 1
  })
  if (found === undefined) throw new Error("no vector holds a direct flight")
  return found.body as Json
}

function flight(awb: string): Json {
  const times = { etd_at: "2026-11-24T12:00Z", eta_at: "2026-11-24T20:00Z" }
  return { mode: "air", from_place: "BEBRU", to_place: "KENBO", ...times, flight: "EK184", awb }
}

function sea(container: string, etd_at: string, more: Json = {}): Json {
  const year = String(Number(etd_at.slice(0, 4)) + 1)
  const ship = { vessel: "MSC Kenya", voyage: "7W", transport_document: `BL-${container}-${etd_at}`, ...more }
  const times = { etd_at, eta_at: `${year}${etd_at.slice(4)}` }
  return { mode: "sea", from_place: "BEANR", to_place: "KEMBA", ...times, container, ...ship }
}

function form(leg: Json, batch: string, gtin = "05412345000013"): Json {
  const whole = PART.form as { goods: Json[] }
  const lots = [{ batch, expiry: "2027-09-30", vials: 100, doses: 600 }]
  return { ...whole, legs: [leg], goods: [{ ...whole.goods[0], gtin, lots }] }
}

function said(reference: string, whole: Json, more: Json = {}): Json {
  return { ...PART, reference, form: whole, ...more }
}

function boardOf(...parts: Json[]): boards.Board {
  const entries = parts.map((body, number) =>
    entry({
      log: `${number}`.padStart(2, "0").repeat(32),
      seq: 1,
      at_ms: 1_795_000_000_000 + number,
      party: String(body.origin),
      type: "prenotification",
      body,
    }),
  )
  return boards.fold(boards.newBoard(), entries)
}

const NEW_YEAR = "2026-12-31T10:00Z"
const CASES: [string, Json, Json, string[]][] = [
  ["air waybill", form(flight("176-12345675"), "A"), form(flight("17612345675"), "B"), ["transport_document"]],
  [
    "bill of lading",
    form(sea("CSQU3054383", NEW_YEAR, { transport_document: "MEDU-112 W7" }), "A"),
    form(sea("HLXU1234560", NEW_YEAR, { transport_document: "medu112w7" }), "B"),
    ["transport_document"],
  ],
  [
    "container and week, over the new year",
    form(sea("CSQU3054383", NEW_YEAR), "A"),
    form(sea("CSQU3054383", "2027-01-03T23:59Z"), "B"),
    ["container"],
  ],
  ["another week", form(sea("CSQU3054383", NEW_YEAR), "A"), form(sea("CSQU3054383", "2027-01-04T00:00Z"), "B"), []],
  ["lots", form(sea("CSQU3054383", NEW_YEAR), "A"), form(sea("HLXU1234560", NEW_YEAR), "A"), ["lot"]],
  ["nothing", form(sea("CSQU3054383", NEW_YEAR), "A"), form(sea("HLXU1234560", NEW_YEAR), "B"), []],
]

describe("links", () => {
  it.each(CASES)("the same goods are known again: %s", (_, one, other, why) => {
    const board = boardOf(said(FIRST, one), said(SECOND, other))
    expect(board.consignments.size).toBe(2)
    expect(links(board)).toEqual(why.map((name) => ({ a: SECOND, b: FIRST, why: name })))
    expect(countedOnce(board)).toEqual(new Set([FIRST, SECOND]))
  })

  it("names what senders said first, and counts an onward notification once", () => {
    const onward = { ...flight("176-12345675"), from_place: "AEDXB" }
    const goods = form(onward, "A")
    const by = { origin: "ae", kind: "onward" }
    const first = said(FIRST, form(flight("176-99999994"), "A"))
    const related = said(SECOND, form(flight("235-00000004"), "B"), { relates_to: [THIRD] })
    const board = boardOf(first, said(ONWARD, goods, { ...by, relates_to: [FIRST] }), related)
    expect(links(board)).toEqual([
      { a: ONWARD, b: FIRST, why: "onward" },
      { a: SECOND, b: THIRD, why: "related" },
      { a: ONWARD, b: FIRST, why: "lot" },
    ])
    expect(countedOnce(board)).toEqual(new Set([FIRST, SECOND]))
    expect(countedOnce(boardOf(said(ONWARD, goods, { ...by, relates_to: [SECOND] })))).toEqual(new Set([ONWARD]))
  })

  it("traces what is not announced yet as it traces what is", () => {
    const [one] = boards.ordered(boardOf(said(FIRST, form(flight("176-12345675"), "A"))))
    if (one === undefined) throw new Error("nothing was announced")
    expect([...traces(one)]).toEqual([
      ["transport_document", ["17612345675"]],
      ["lot", ["05412345000013", "A", 600, "ke"]],
    ])
  })
})
