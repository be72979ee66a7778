/** The table of deadlines, for every way of moving and every calendar, at fixed instants. */

import { describe, expect, test } from "vitest"
import { calendarOf } from "../../src/desk/calendars"
import { type Calendar, deadlines, late, PLAIN_CALENDAR, wayTo, workingDaysAfter } from "../../src/desk/deadlines"
import { instant } from "../../src/templates/days"

// A Thursday.
const SENT_MS = instant("2026-11-26T10:00:00Z")
const GULF: Calendar = { weekend: new Set([4, 5]), holidays: new Set(), offset_minutes: 240 }

/** Give a way of one leg into Kenya. */
function way(mode: string, etd_at: string | null, eta_at: string | null) {
  return wayTo("ke", [{ mode, from_place: "BEBRU", to_place: "KENBO", etd_at, eta_at }])
}
const far = (mode: string) => way(mode, "2026-12-20T00:00Z", "2026-12-28T00:00Z")

describe("each way of moving has its clocks", () => {
  test.each([
    ["air", "2026-11-27T10:00:00Z", "2026-11-28T10:00:00Z"],
    ["sea", "2026-11-30T10:00:00Z", "2026-12-03T10:00:00Z"],
    ["road", "2026-11-26T22:00:00Z", "2026-11-27T10:00:00Z"],
    ["rail", "2026-11-27T10:00:00Z", "2026-11-28T10:00:00Z"],
    ["post", "2026-11-26T22:00:00Z", "2026-11-27T10:00:00Z"],
    ["inland_water", "2026-11-30T10:00:00Z", "2026-12-03T10:00:00Z"],
    ["multimodal", "2026-11-26T22:00:00Z", "2026-11-27T10:00:00Z"],
  ])("%s", (mode, acknowledge_at, reply_at) => {
    const asked = deadlines(far(mode), "REPLY", SENT_MS, PLAIN_CALENDAR)
    expect(asked).toEqual({ acknowledge_at, reply_at, reconcile_days: 3 })
    expect(deadlines(far(mode), "INFORM", SENT_MS, PLAIN_CALENDAR).reply_at).toBeNull()
  })
})

describe("departure, loading and border limit the clocks", () => {
  test.each([
    ["air", "2026-11-26T20:00Z", "2026-11-27T04:00Z", "2026-11-26T20:00:00Z", "2026-11-26T20:00:00Z"],
    ["air", "2026-11-28T00:00Z", "2026-11-28T08:00Z", "2026-11-27T10:00:00Z", "2026-11-27T20:00:00Z"],
    ["sea", "2026-12-01T00:00Z", "2026-12-20T00:00Z", "2026-11-30T10:00:00Z", "2026-12-01T00:00:00Z"],
    ["road", "2026-11-26T12:00Z", "2026-11-26T20:00Z", "2026-11-26T12:00:00Z", "2026-11-26T18:00:00Z"],
    ["air", "2026-11-26T10:10Z", "2026-11-26T20:00Z", "2026-11-26T11:00:00Z", "2026-11-26T11:00:00Z"],
    ["air", "2026-11-26T09:00Z", "2026-11-26T20:00Z", "2026-11-27T10:00:00Z", "2026-11-28T10:00:00Z"],
  ])("%s, %s to %s", (mode, etd, eta, acknowledge, reply) => {
    const asked = deadlines(way(mode, etd, eta), "REPLY", SENT_MS, PLAIN_CALENDAR)
    expect([asked.acknowledge_at, asked.reply_at]).toEqual([acknowledge, reply])
  })
})

test("the addressee's calendar counts, not the sender's", () => {
  const by = (calendar: Calendar, mode = "INFORM", at = SENT_MS) => deadlines(far("sea"), mode, at, calendar)
  expect(by(GULF).acknowledge_at).toBe("2026-11-30T10:00:00Z")
  const told = calendarOf({ weekend: [4, 5], holidays: ["2026-11-30", "2026-12-01"], utc_offset_minutes: 240 })
  expect(by(told).acknowledge_at).toBe("2026-12-02T10:00:00Z")
  expect(by(told, "REPLY").reply_at).toBe("2026-12-07T10:00:00Z")
  // Late in the evening in UTC it is Friday in the Gulf: it comes with Sunday's first minute there.
  expect(by(GULF, "INFORM", instant("2026-11-26T22:00:00Z")).acknowledge_at).toBe("2026-11-30T20:00:00Z")
  expect(calendarOf(null)).toBe(PLAIN_CALENDAR)
})

test("urgent notices count clock hours only, and an operation sets its own clocks", () => {
  const urgent = deadlines(far("sea"), "REPLY", SENT_MS, GULF, { urgent: true })
  expect([urgent.acknowledge_at, urgent.reply_at]).toEqual(["2026-11-28T10:00:00Z", "2026-12-01T10:00:00Z"])
  const own = deadlines(far("air"), "REPLY", SENT_MS, PLAIN_CALENDAR, { hours: { acknowledge: 2, reply: null } })
  expect([own.acknowledge_at, own.reply_at]).toEqual(["2026-11-26T12:00:00Z", "2026-11-28T10:00:00Z"])
})

test("a series without times has clocks without limits", () => {
  const asked = deadlines(way("air", null, null), "INFORM", SENT_MS, PLAIN_CALENDAR)
  expect(asked.acknowledge_at).toBe("2026-11-27T10:00:00Z")
  expect(late(way("air", null, null), SENT_MS)).toBeNull()
})

test("each addressee's clock is that of the leg that leads to it", () => {
  const legs = [
    { mode: "air", from_place: "BEBRU", to_place: "AEDXB", etd_at: "2026-11-30T00:00Z", eta_at: "2026-11-30T08:00Z" },
    { mode: "road", from_place: "AEDXB", to_place: "AEAUH", etd_at: "2026-11-30T10:00Z", eta_at: "2026-11-30T12:00Z" },
    { mode: "sea", from_place: "AEAUH", to_place: "KEMBA", etd_at: "2026-12-20T00:00Z", eta_at: "2026-12-26T00:00Z" },
  ]
  expect([wayTo("ae", legs).by, wayTo("ke", legs).by, wayTo("fr", legs).by]).toEqual(["air", "sea", "sea"])
  expect(wayTo("ke", legs).departure_ms).toBe(instant("2026-11-30T00:00Z"))
})

describe("a notice is late after its floor", () => {
  test.each([
    ["air", "2026-11-26T08:00Z", "2026-11-26T20:00Z", "2026-11-26T16:00"],
    ["air", "2026-11-26T08:00Z", "2026-11-26T10:00Z", "2026-11-26T08:00"],
    ["sea", "2026-11-28T08:00Z", "2026-12-20T10:00Z", "2026-11-27T08:00"],
    ["road", "2026-11-26T08:00Z", "2026-11-26T20:00Z", "2026-11-26T19:00"],
    ["rail", "2026-11-26T08:00Z", "2026-11-26T20:00Z", "2026-11-26T18:00"],
    ["post", "2026-11-26T08:00Z", "2026-11-29T20:00Z", "2026-11-26T08:00"],
  ])("%s, %s to %s", (mode, etd, eta, last) => {
    expect(late(way(mode, etd, eta), instant(`${last}Z`))).toBeNull()
    expect(late(way(mode, etd, eta), instant(`${last}Z`) + 1)).toContain(last)
  })

  test("in the year one as in any other", () => {
    expect(late(way("sea", "0001-01-01T00:00Z", "0001-01-09T00:00Z"), SENT_MS)).toContain("1970-01-01T00:00:00Z")
  })
})

test("a week without work does not hang", () => {
  const never: Calendar = { ...PLAIN_CALENDAR, weekend: new Set([0, 1, 2, 3, 4, 5, 6]) }
  expect(workingDaysAfter(SENT_MS, 2, never)).toBeGreaterThan(SENT_MS)
})
