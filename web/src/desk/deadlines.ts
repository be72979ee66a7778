/**
 * When each addressee is asked to acknowledge and to answer, and since when a notice counts as late.
 *
 *     by air     acknowledge within 24 h and before departure    answer within 48 h and 4 h before departure
 *     by sea     2 working days                                  5 working days, before loading
 *     by road    12 h, before departure                          24 h, and 2 h before the border
 *     by rail    24 h                                            48 h
 *     by post    12 h                                            24 h
 *
 * Working days are the addressee's own. Urgent notices count in clock hours only. Pure: no clock, no I/O.
 */

import { dayOfInstant, dayText, instant as readInstant } from "../templates/days"

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
// Nobody can act in less; a limit that has passed already (the aircraft has left) limits nothing.
const LEAST_MS = HOUR_MS
const DAY_LIMIT = 400
const RECONCILE_DAYS = 3

/** The working week of one party's desk, in its own time; weekend 0 is Monday, holidays read 2026-12-25. */
export interface Calendar {
  readonly weekend: ReadonlySet<number>
  readonly holidays: ReadonlySet<string>
  readonly offset_minutes: number
}
export const PLAIN_CALENDAR: Calendar = { weekend: new Set([5, 6]), holidays: new Set(), offset_minutes: 0 }

/** Until when an addressee should do what. */
export interface Deadlines {
  readonly acknowledge_at: string
  readonly reply_at: string | null
  readonly reconcile_days: number
}
/** What an operation sets instead of a mode's own clocks, in clock hours. */
export interface Hours {
  readonly acknowledge: number | null
  readonly reply: number | null
}

type Limit = "departure" | "loading" | "border"
type Mode = "air" | "sea" | "road" | "rail" | "post"
/** How long one step may take: hours, or working days; and how long before which instant it must be over. */
interface Clock {
  readonly hours: number
  readonly days?: number
  readonly before?: Limit
  readonly ahead_h?: number
}

const ACKNOWLEDGE: Readonly<Record<Mode, Clock>> = {
  air: { hours: 24, before: "departure" },
  sea: { hours: 48, days: 2 },
  road: { hours: 12, before: "departure" },
  rail: { hours: 24 },
  post: { hours: 12 },
}
const REPLY: Readonly<Record<Mode, Clock>> = {
  air: { hours: 48, before: "departure", ahead_h: 4 },
  sea: { hours: 120, days: 5, before: "loading" },
  road: { hours: 24, before: "border", ahead_h: 2 },
  rail: { hours: 48 },
  post: { hours: 24 },
}

/** What the clocks need to know of a route, for one addressee; null where a series names no times. */
export interface Way {
  readonly by: string
  readonly departure_ms: number | null
  readonly leg_departs_ms: number | null
  readonly border_ms: number | null
}
interface Stretch {
  readonly mode: string
  readonly from_place: string
  readonly to_place: string
  readonly etd_at?: string | null | undefined
  readonly eta_at?: string | null | undefined
}

/** Take the leg on which the consignment comes to a party; the last one where none does. */
export function wayTo(party: string, legs: readonly Stretch[]): Way {
  const into = legs.find((leg) => country(leg.to_place) === party && country(leg.from_place) !== party) ?? legs.at(-1)
  if (!into) throw new RangeError("a way has at least one leg")
  const [first] = legs
  return { by: into.mode, departure_ms: ms(first?.etd_at), leg_departs_ms: ms(into.etd_at), border_ms: ms(into.eta_at) }
}

/** Give one addressee's deadlines; `mode` is INFORM or REPLY. */
export function deadlines(
  way: Way, mode: string, sentMs: number, calendar: Calendar,
  { urgent = false, hours = null }: { urgent?: boolean; hours?: Hours | null } = {},
): Deadlines {
  const acknowledge = end(way, ACKNOWLEDGE, sentMs, calendar, urgent, hours?.acknowledge ?? null)
  const reply = mode === "REPLY" ? end(way, REPLY, sentMs, calendar, urgent, hours?.reply ?? null) : null
  return {
    acknowledge_at: instantText(acknowledge),
    reply_at: reply === null ? null : instantText(Math.max(reply, acknowledge)),
    reconcile_days: RECONCILE_DAYS,
  }
}

/** Say why a notice sent now is late for an addressee; null where it is in time. */
export function late(way: Way, sentMs: number): string | null {
  const [limit, rule] = floor(way)
  // An hour before the calendar begins has no text.
  return limit === null || sentMs <= limit ? null : `${rule}: by ${instantText(Math.max(limit, 0))}`
}

/**
 * Give the same local time on the n-th working day after the day of an instant. What comes on a day without work
 * counts as coming when the next working day begins.
 */
export function workingDaysAfter(startMs: number, days: number, calendar: Calendar): number {
  const ahead = calendar.offset_minutes * 60_000
  let at = startMs + ahead
  for (let tried = 0; tried < DAY_LIMIT && !works(calendar, at); tried += 1) at = (dayOfInstant(at) + 1) * DAY_MS
  let left = days
  for (let tried = 0; tried < DAY_LIMIT && left > 0; tried += 1) {
    at += DAY_MS
    if (works(calendar, at)) left -= 1
  }
  return at - ahead
}

/** Write an instant field, to the second. */
export function instantText(atMs: number): string {
  return `${new Date(Math.floor(atMs / 1000) * 1000).toISOString().slice(0, -5)}Z`
}

function works(calendar: Calendar, localMs: number): boolean {
  const day = dayOfInstant(localMs)
  // The first of January 1970 was a Thursday.
  return !calendar.weekend.has((((day + 3) % 7) + 7) % 7) && !calendar.holidays.has(dayText(day))
}

function end(
  way: Way, table: Readonly<Record<Mode, Clock>>, sentMs: number, calendar: Calendar, urgent: boolean,
  hours: number | null,
): number {
  if (hours !== null) return sentMs + hours * HOUR_MS
  const clock = table[like(way)]
  const whole = clock.days && !urgent ? workingDaysAfter(sentMs, clock.days, calendar) : sentMs + clock.hours * HOUR_MS
  const limits = { departure: way.departure_ms, loading: way.leg_departs_ms, border: way.border_ms }
  const limit = clock.before ? limits[clock.before] : null
  if (limit === null || limit <= sentMs) return whole
  return Math.max(Math.min(whole, limit - (clock.ahead_h ?? 0) * HOUR_MS), sentMs + LEAST_MS)
}

function floor(way: Way): [number | null, string] {
  const { leg_departs_ms: departs, border_ms: border } = way
  if (departs === null || border === null) return [null, ""]
  switch (like(way)) {
    case "sea":
      return [departs - 24 * HOUR_MS, "less than 24 hours before loading"]
    case "road":
      return [border - HOUR_MS, "less than 1 hour before the border"]
    case "rail":
      return [border - 2 * HOUR_MS, "less than 2 hours before the border"]
    case "post":
      return [departs, "after departure"]
    case "air":
      // A short flight cannot be announced 4 hours before it lands: its departure counts.
      return [Math.max(departs, border - 4 * HOUR_MS), "less than 4 hours before arrival and after departure"]
  }
}

/** Give the line of the table that counts: a way of moving that has none counts as the nearest one. */
function like({ by }: Way): Mode {
  if (by === "inland_water") return "sea"
  if (by === "multimodal") return "road"
  if (Object.hasOwn(ACKNOWLEDGE, by)) return by as Mode
  throw new RangeError("no such way of moving")
}

function country(place: string): string {
  return place.slice(0, 2).toLowerCase()
}

function ms(text: string | null | undefined): number | null {
  return text === null || text === undefined ? null : readInstant(text)
}
