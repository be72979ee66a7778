/** What others wait for from this Member: the one answer for lists, a consignment's page and Today. */
import type { Act } from "../api"
import type { Desk } from "../desk/desk"
import { NOT_AGREED } from "../views/closing"
import { type Consignment, DAY_MS, etaMs, etdMs, legOf, stateAt } from "../views/consignment"
import { hasMoved } from "../views/story"
import { ENDED, judged } from "./possible"

/** A page has room for few. */
const MOST = 3
const ORDER: readonly Act[] = ["reply", "hold", "acknowledgement", "answer", "reconciliation", "movement", "call_off", "reopening"]
/** So long before it is due, somebody waits to hear of it. */
const NEAR_MS = DAY_MS

/** Give what this Member would do next, most wanted first. */
export function next(desk: Desk, one: Consignment): Act[] {
  const nowMs = desk.nowMs()
  const [state] = stateAt(one, nowMs)
  // The departure Member asked to reopen it: the coordinating unit can agree, or the destination do it at once.
  const reopens = state === "CLOSED" && one.origin !== desk.party && asksToReopen(desk, one)
  if (ENDED.has(state) && !reopens) return []
  return ORDER.filter((act) => {
    if (act === "reopening" ? !reopens : !mayWait(act, one, desk.party, nowMs)) return false
    const { refused, choices } = judged(desk, one, act)
    return refused === undefined && waits(act, one, desk.party, nowMs, choices ?? [])
  }).slice(0, MOST)
}

/** Say whether an act is of a kind that others may wait for as it stands; to judge it costs more. */
function mayWait(act: Act, one: Consignment, party: string, nowMs: number): boolean {
  const own = legOf(one, party)
  const [state] = stateAt(one, nowMs)
  const passed = own !== null && (hasMoved(own) || state === "ARRIVED")
  switch (act) {
    case "acknowledgement":
      return own !== null && own.acknowledged_ms === null && !passed
    case "answer":
      // Where no answer is asked, or one is given, another is possible but nobody waits.
      return one.mode === "REPLY" && own !== null && own.answered_ms === null && !passed
    case "hold":
      // To lift again what was lifted is possible, for lanes that did not hear it.
      return one.hold?.state === "REQUESTED" || state === "ON_HOLD"
    case "reconciliation":
      return state === "ARRIVED"
    default:
      return true
  }
}

/** Say whether others wait for one of the choices that would count now. */
export function waits(act: Act, one: Consignment, party: string, nowMs: number, choices: readonly string[]): boolean {
  // To ask for a hold is always possible; to decide on one is what others wait for.
  if (act === "hold") return choices.some((step) => step !== "REQUEST")
  if (act !== "movement") return true
  const [state] = stateAt(one, nowMs)
  // What has not left may have come all the same; nobody waits for that, nor for where it passed once it arrived.
  if (state === "SENT" || state === "ON_HOLD") return choices.includes("DEPARTED") && near(etdMs(one), nowMs)
  if (choices.join() !== "ARRIVED") return state !== "ARRIVED" || !one.transit.includes(party)
  const ways = one.legs.filter((leg) => leg.role === "transit")
  return near(etaMs(one), nowMs) || (ways.length > 0 && ways.every((leg) => leg.moved.TRANSIT_OUT !== undefined))
}

const near = (at: number | null, nowMs: number): boolean => at === null || at - nowMs <= NEAR_MS

function asksToReopen(desk: Desk, one: Consignment): boolean {
  return (desk.board.said.get(one.reference) ?? []).some(({ mark, place }) => mark === NOT_AGREED && place.at_ms >= (one.closed_ms ?? 0))
}
