/** Others wait for a report once it can be due, and not days before. */
import { describe, expect, it } from "vitest"
import { fold, newBoard } from "../../src/views/board"
import { type Consignment, etaMs, etdMs, stateAt } from "../../src/views/consignment"
import { waits } from "../../src/worker/turn"
import { entry, stories } from "../views/entries"

const HOUR_MS = 3_600_000
const all = stories("board").flatMap((story) => [...fold(newBoard(story.coordinators), story.entries.map(entry)).consignments.values()])
const gone = (one: Consignment): boolean => one.legs.some((leg) => leg.role === "transit") && one.legs.every((leg) => leg.role !== "transit" || leg.moved.TRANSIT_OUT !== undefined)
/** Those in a state so many hours after an instant of theirs. */
const within = (state: string, of: (one: Consignment) => number | null, hours: number): [Consignment, number][] =>
  all.flatMap((one) => {
    const at = (of(one) ?? Number.NaN) + hours * HOUR_MS
    return stateAt(one, at)[0] === state ? [[one, at]] : []
  })

describe("others wait", () => {
  it("for the departure from a day before it on", () => {
    const [early, late] = [within("SENT", etdMs, -25), within("SENT", etdMs, -23)]
    expect([early.length > 0, late.length > 0]).toEqual([true, true])
    expect(early.filter(([one, at]) => waits("movement", one, "ke", at, ["DEPARTED"]))).toEqual([])
    expect(late.filter(([one, at]) => !waits("movement", one, "ke", at, ["DEPARTED"]))).toEqual([])
  })
  it("for the arrival from a day before it on, or once it has left the last transit", () => {
    const [early, late] = [within("DEPARTED", etaMs, -25), within("DEPARTED", etaMs, -23)]
    expect([early.length > 0, late.length > 0]).toEqual([true, true])
    for (const [one, at] of early) expect(waits("movement", one, "ke", at, ["ARRIVED"])).toBe(gone(one))
    expect(late.filter(([one, at]) => !waits("movement", one, "ke", at, ["ARRIVED"]))).toEqual([])
    expect(new Set(early.map(([one]) => gone(one)))).toEqual(new Set([true, false]))
  })
  it("for no word on where it passed once it arrived", () => {
    const arrived = all.filter((one) => one.state === "ARRIVED" && one.transit.length > 0)
    expect(arrived.length).toBeGreaterThan(0)
    for (const one of arrived) {
      expect(waits("movement", one, one.transit[0]!, one.since_ms, ["TRANSIT_IN"])).toBe(false)
      expect(waits("movement", one, one.destination, one.since_ms, ["RELEASED"])).toBe(true)
    }
  })
  it("for nothing of what has not left, nor for a hold that nobody asked for", () => {
    for (const [one, at] of within("SENT", etaMs, -1)) expect(waits("movement", one, "ke", at, ["ARRIVED"])).toBe(false)
    expect(waits("hold", all[0]!, "be", 0, ["REQUEST"])).toBe(false)
    expect(waits("hold", all[0]!, "be", 0, ["CONFIRM", "REFUSE"])).toBe(true)
  })
})
