/**
 * One consignment as its events tell it; settling.ts replays them, this file says what comes of it.
 *
 *     SENT ─▶ DEPARTED ─▶ ARRIVED ─▶ CLOSED(outcome)          header; aside: ON_HOLD, WITHDRAWN, REPLACED, EXPIRED
 *     PENDING ─▶ OPENED ─▶ ACKNOWLEDGED ─▶ an answer           leg of each addressee Member, then
 *        … ─▶ TRANSIT_IN ─▶ TRANSIT_OUT                        of a transit Member
 *        … ─▶ ARRIVED ─▶ RELEASED | DETAINED ─▶ RECONCILED     of the destination
 *
 * A transit Member sees its own leg, and of the destination's only a status: ACKNOWLEDGED, ANSWERED, ARRIVED,
 * RECONCILED.
 */
import type { Json } from "../contents/checking"
import type { Urgency } from "../wire/entries"
import { instantMs } from "../contents/fields"
import type { Deadlines, GoodsPart, Prenotification, RoutePart } from "../contents/prenotification"
import type { Reconciliation } from "../contents/reconciliation"
import type { Event } from "../contents/registry"
import { type Leg, legEtaMs, legEtdMs, partyOf, type Shipment, shipmentOf as shipmentOfForm } from "../contents/shipment"
import type { Change } from "../templates/changes"

export const HOUR_MS = 3_600_000
export const DAY_MS = 24 * HOUR_MS
export const EXPIRES_AFTER_MS = 72 * HOUR_MS
export const UNCONFIRMED_AFTER_MS = 14 * DAY_MS

/** Where an entry stands among several logs: by the server's time, then log, then number. */
export interface Place {
  readonly at_ms: number
  readonly log: string
  readonly seq: number
}

export function byPlace(one: Place, other: Place): number {
  return one.at_ms - other.at_ms || (one.log < other.log ? -1 : one.log > other.log ? 1 : one.seq - other.seq)
}

/** One content about a consignment, by whom; `mark` says why it did not count. */
export interface Said {
  readonly place: Place
  readonly party: string
  readonly content: Prenotification | Event
  readonly mark: string | null
  /** The same event was heard before, in another lane. */
  readonly copy: boolean
  readonly urgency: Urgency
}

/** A query of an addressee, and the origin's reply. */
export interface Asked {
  readonly id: string
  readonly text: string
  readonly at_ms: number
  readonly reply: string | null
  readonly replied_ms: number | null
}

/** How far one addressee Member is; `…_ms` is the server's time. */
export interface LegState {
  readonly party: string
  readonly role: "transit" | "destination"
  readonly state: string
  /** NO_OBJECTION, NO_OBJECTION_WITH_CONDITIONS, OBJECTED, or ANSWERED for a reader of the status only. */
  readonly answer: string | null
  readonly answer_text: string | null
  readonly opened_ms: number | null
  readonly acknowledged_ms: number | null
  readonly answered_ms: number | null
  readonly queries: readonly Asked[]
  /** Step → when it happened, as reported. */
  readonly moved: Readonly<Record<string, string>>
  readonly deadlines: Deadlines | null
  /** Where the newest part for this addressee stands; empty and 0 where this reader sees none. */
  readonly log: string
  readonly seq: number
}

/** Give the leg of an addressee that has said nothing yet. */
export function newLeg(party: string, role: LegState["role"]): LegState {
  return {
    party,
    role,
    state: "PENDING",
    answer: null,
    answer_text: null,
    opened_ms: null,
    acknowledged_ms: null,
    answered_ms: null,
    queries: [],
    moved: {},
    deadlines: null,
    log: "",
    seq: 0,
  }
}

/** One version of the fullest part that this reader sees, and what it changed against the one before. */
export interface VersionOf {
  readonly version: number
  readonly at_ms: number
  readonly part: Prenotification
  readonly changes: readonly Change[]
}

/** One lot as announced and as counted; null where it was not. */
export interface LotCount {
  readonly batch: string
  readonly announced_doses: number | null
  readonly counted_doses: number | null
  readonly announced_vials: number | null
  readonly counted_vials: number | null
  readonly damaged_doses: number
  readonly temperature: string | null
}

/** The newest hold: who asked (null where this reader does not see it), and how far it is. */
export interface HoldOf {
  readonly party: string | null
  readonly state: "REQUESTED" | "CONFIRMED" | "REFUSED" | "AGREED" | "LIFTED"
  readonly text: string | null
}

/** Everything known about one reference. */
export interface Consignment {
  readonly reference: string
  readonly kind: string
  readonly mode: string
  readonly tlp: string
  readonly state: string
  readonly outcome: string | null
  readonly origin: string
  readonly destination: string
  readonly transit: readonly string[]
  readonly sent_ms: number
  /** Since when the header state stands. */
  readonly since_ms: number
  readonly version: number
  readonly goods: GoodsPart | null
  /** The newest route part of each transit Member, as far as this reader sees them. */
  readonly routes: ReadonlyMap<string, RoutePart>
  /** Of the fullest part, with what was reported since. */
  readonly way_legs: readonly Leg[]
  readonly legs: readonly LegState[]
  readonly lots: readonly LotCount[]
  readonly hold: HoldOf | null
  readonly versions: readonly VersionOf[]
  readonly reconciliation: Reconciliation | null
  readonly replaced_by: string | null
  readonly relates_to: readonly string[]
  readonly departed_at: string | null
  readonly closed_ms: number | null
  readonly marks: readonly Said[]
}

const shipments = new WeakMap<Prenotification, Shipment>()

/** Give the fullest part that this reader sees. */
export function part(one: Consignment): Prenotification {
  const found = one.goods ?? one.routes.values().next().value
  if (found === undefined) throw new TypeError(`${one.reference} has no part`)
  return found
}

/** Give the fullest part's form, typed. */
export function shipmentOf(one: Consignment): Shipment {
  const fullest = part(one)
  const known = shipments.get(fullest) ?? shipmentOfForm(fullest.form)
  shipments.set(fullest, known)
  return known
}

/** Give the places that this reader knows, in order. */
export function way(one: Consignment): readonly string[] {
  const [first] = one.way_legs
  return first === undefined ? [] : [first.from_place, ...one.way_legs.map((leg) => leg.to_place)]
}

/** When it should leave its origin; null for a series, and where this reader does not see that leg. */
export function etdMs(one: Consignment): number | null {
  return leavesMs(one.way_legs, one.origin)
}

/** When it should be at its destination; null for a series, and where this reader does not see that leg. */
export function etaMs(one: Consignment): number | null {
  return arrivesMs(one.way_legs, one.destination)
}

/** When the header state ends by itself, if nobody says anything. */
export function lapsesMs(one: Consignment): number | null {
  return stateLapsesMs(one.state, one.since_ms, departureDueMs(part(one), one.way_legs), etaMs(one))
}

/** Give an addressee's leg. */
export function legOf(one: Consignment, party: string): LegState | null {
  return one.legs.find((leg) => leg.party === party) ?? null
}

/** Give the estimated departure from the origin, where the way shows it. */
export function leavesMs(legs: readonly Leg[], origin: string): number | null {
  const first = legs[0]
  return first !== undefined && partyOf(first.from_place) === origin ? legEtdMs(first) : null
}

/** Give the estimated arrival at the destination, where the way shows it. */
export function arrivesMs(legs: readonly Leg[], destination: string): number | null {
  const last = legs.at(-1)
  return last !== undefined && partyOf(last.to_place) === destination ? legEtaMs(last) : null
}

/** Give the instant by which the goods should have left; of a series, the end of its last day. */
export function departureDueMs(one: Prenotification, legs: readonly Leg[]): number | null {
  if (one.kind !== "series") return leavesMs(legs, one.origin)
  const until = (one.form.series as Json | undefined)?.until
  return typeof until === "string" ? instantMs(`${until}T00:00Z`) + DAY_MS : null
}

/**
 * Give the instant at which a header state ends by itself: EXPIRED, or CLOSED as UNCONFIRMED.
 *
 * The clocks start anew when the state does: what an origin takes up again has its whole time again.
 */
export function stateLapsesMs(
  state: string,
  sinceMs: number,
  leaves: number | null,
  arrives: number | null,
): number | null {
  if (state === "SENT" && leaves !== null) return Math.max(leaves, sinceMs) + EXPIRES_AFTER_MS
  if (state === "DEPARTED" && arrives !== null) return Math.max(arrives, sinceMs) + UNCONFIRMED_AFTER_MS
  return state === "ARRIVED" ? sinceMs + UNCONFIRMED_AFTER_MS : null
}

/** Give header state and outcome at an instant: silence ends in EXPIRED, or in CLOSED as UNCONFIRMED. */
export function stateAt(one: Consignment, nowMs: number): readonly [state: string, outcome: string | null] {
  const lapse = lapsesMs(one)
  if (lapse === null || nowMs <= lapse) return [one.state, one.outcome]
  return one.state === "SENT" ? ["EXPIRED", null] : ["CLOSED", "UNCONFIRMED"]
}

/**
 * Give a leg's state for people: DELIVERED where the addressee's devices have fetched its part. `delivered` gives the
 * furthest entry of a log that a device of a party has fetched; 0 where none has.
 */
export function legShown(leg: LegState, delivered: (log: string, party: string) => number): string {
  const fetched = leg.seq > 0 && delivered(leg.log, leg.party) >= leg.seq
  return leg.state === "PENDING" && fetched ? "DELIVERED" : leg.state
}
