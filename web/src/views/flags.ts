/** What is late at an instant: flags, never states, and never stored. */
import { instantMs } from "../contents/fields"
import type { Board } from "./board"
import { type Consignment, DAY_MS, etaMs, etdMs, HOUR_MS, legOf, type LegState, stateAt } from "./consignment"
import { hasMoved } from "./story"

export const PAUSE_AT_MOST_MS = 24 * HOUR_MS
export const OVERDUE_AFTER_MS: ReadonlyMap<string, number> = new Map([["air", 24 * HOUR_MS]])
export const OTHER_OVERDUE_MS = 72 * HOUR_MS

/** One thing that is late, since when, and whose word is awaited. */
export interface Late {
  readonly reference: string
  readonly flag: string
  readonly party: string
  readonly since_ms: number
}
type Found = readonly [flag: string, party: string, sinceMs: number]

/** Give what is late about a consignment, the longest first; what has ended is never late. */
export function flags(one: Consignment, nowMs: number): readonly Late[] {
  const [state] = stateAt(one, nowMs)
  if (!["SENT", "ON_HOLD", "DEPARTED", "ARRIVED"].includes(state)) return []
  return [...found(one, state, nowMs)]
    .filter(([, , since]) => since < nowMs)
    .map(([flag, party, since_ms]) => ({ reference: one.reference, flag, party, since_ms }))
    .sort(longestFirst)
}

/** Give what is late on a whole board, the longest first. */
export function overdue(board: Board, nowMs: number): readonly Late[] {
  return [...board.consignments.values()].flatMap((one) => flags(one, nowMs)).sort(longestFirst)
}

function longestFirst(one: Late, other: Late): number {
  return (
    one.since_ms - other.since_ms ||
    inOrder(one.reference, other.reference) ||
    inOrder(one.flag, other.flag) ||
    inOrder(one.party, other.party)
  )
}

function inOrder(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0
}

function* found(one: Consignment, state: string, nowMs: number): Generator<Found> {
  for (const leg of one.legs) yield* silent(one, leg, state, nowMs)
  const [leaves, arrives] = [etdMs(one), etaMs(one)]
  if (leaves !== null && state === "SENT") yield ["NOT_DEPARTED", one.origin, Math.max(leaves, one.since_ms)]
  if (arrives !== null && state === "DEPARTED") {
    const grace = OVERDUE_AFTER_MS.get(one.way_legs.at(-1)?.mode ?? "") ?? OTHER_OVERDUE_MS
    yield ["OVERDUE_ARRIVAL", one.destination, arrives + grace]
  }
  // Whoever does not see the goods does not see their count either.
  const arrived = legOf(one, one.destination)?.moved.ARRIVED
  if (one.goods !== null && state === "ARRIVED" && arrived !== undefined) {
    const days = one.goods.deadlines.reconcile_days
    yield ["OVERDUE_RECONCILE", one.destination, instantMs(arrived) + days * DAY_MS]
  }
}

/** Say what an addressee has not said; nobody is asked for it once the goods have passed. */
function* silent(one: Consignment, leg: LegState, state: string, nowMs: number): Generator<Found> {
  if (leg.deadlines === null || leg.answered_ms !== null) return
  const passed = hasMoved(leg) || state === "ARRIVED"
  if (leg.acknowledged_ms === null && !passed) {
    yield ["OVERDUE_ACK", leg.party, instantMs(leg.deadlines.acknowledge_at)]
  }
  if (one.mode === "REPLY" && leg.deadlines.reply_at !== null) {
    yield [passed ? "LAPSED" : "OVERDUE_REPLY", leg.party, replyDueMs(leg, nowMs) ?? 0]
  }
}

/** Give until when the first query of an addressee stops its clock; null where it stops none. */
export function pausedUntilMs(leg: LegState): number | null {
  const [first] = leg.queries
  const due = leg.deadlines?.reply_at ?? null
  if (first === undefined || due === null || first.at_ms >= instantMs(due)) return null
  return first.at_ms + PAUSE_AT_MOST_MS
}

/** Give when an addressee's answer is due: the first query stops the clock once, for a day at most. */
export function replyDueMs(leg: LegState, nowMs: number): number | null {
  const reply = leg.deadlines?.reply_at ?? null
  if (reply === null) return null
  const due = instantMs(reply)
  const first = leg.queries[0]
  if (first === undefined || first.at_ms >= due) return due
  const until = first.replied_ms ?? nowMs
  return due + Math.max(0, Math.min(until - first.at_ms, PAUSE_AT_MOST_MS))
}
