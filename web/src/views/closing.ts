/** How a consignment ends and begins again: withdrawn, on another way, counted, reopened (18, 19, 21, 25, 26). */
import { referenceParty } from "../contents/fields"
import type { Reconciliation } from "../contents/reconciliation"
import type { Reopening } from "../contents/reopening"
import type { Rerouting } from "../contents/rerouting"
import type { Withdrawal } from "../contents/withdrawal"
import { DAY_MS, type Said } from "./consignment"
import type { Mark, Story } from "./story"

export const REOPEN_WITHIN_MS = 30 * DAY_MS
export const NOT_AGREED = "not_agreed_by_ocu"

/** 19: the origin takes it back. */
export function withdraw(story: Story, one: Said, _event: Withdrawal): Mark {
  if (!story.isOrigin(one)) return "not_the_sender"
  if (!["SENT", "ON_HOLD", "DEPARTED"].includes(story.state)) return "out_of_turn"
  story.turn("WITHDRAWN", one.place.at_ms)
  story.closedMs = one.place.at_ms
  return null
}

/** 21: it goes on under a reference of whoever changed the way: the origin, or a transit Member. */
export function reroute(story: Story, one: Said, event: Rerouting): Mark {
  if (!story.isOrigin(one) && story.legs.get(one.party)?.role !== "transit") return "not_your_leg"
  if (referenceParty(event.replaced_by) !== one.party || event.replaced_by === event.about) return "not_the_sender"
  if (story.state !== "DEPARTED") return "out_of_turn"
  story.turn("REPLACED", one.place.at_ms)
  story.replacedBy = event.replaced_by
  story.closedMs = one.place.at_ms
  return null
}

/** 18 and 25: the destination has counted, or says that nothing arrived. */
export function reconcile(story: Story, one: Said, event: Reconciliation): Mark {
  return story.isDestination(one) ? close(story, one, event.outcome, event) : "not_your_leg"
}

/** Close with the destination's outcome, or with the token of it. */
export function close(story: Story, one: Said, outcome: string, counted: Reconciliation | null): Mark {
  const part = story.fullest
  const moving = (story.state === "SENT" || story.state === "DEPARTED") && part !== null && part.kind !== "series"
  const unconfirmed = story.state === "DEPARTED" && story.lapsed(one.place.at_ms)
  if (!(outcome === "NOT_ARRIVED" ? moving : story.state === "ARRIVED" || unconfirmed)) return "out_of_turn"
  story.closing = { state: story.state, legState: story.leg(one.party).state }
  story.turn("CLOSED", one.place.at_ms)
  story.outcome = outcome
  story.reconciliation = counted
  story.closedMs = one.place.at_ms
  story.put(one.party, { state: "RECONCILED" })
  return null
}

/** 26 and the way back of 22: open again, to the state before, within its days. */
export function reopen(story: Story, one: Said, _event: Reopening): Mark {
  const atMs = one.place.at_ms
  if (story.state !== "CLOSED" && !story.lapsed(atMs)) return "out_of_turn"
  if (story.state === "SENT") {
    story.sinceMs = atMs // expired: the gate let only the origin in, in time
    return null
  }
  const closedMs = story.closedMs ?? story.lapsesMs()
  if (atMs > (closedMs ?? 0) + REOPEN_WITHIN_MS) return "too_late"
  const asked = story.reopening
  const agrees = asked !== null && story.coordinators.has(one.party) && one.party !== asked.party
  if (story.isDestination(one) || agrees) {
    openAgain(story, atMs)
    return null
  }
  return story.isOrigin(one) ? NOT_AGREED : "not_your_leg"
}

function openAgain(story: Story, atMs: number): void {
  story.sinceMs = atMs
  story.closedMs = null
  if (story.closing === null) return
  story.state = story.closing.state
  const part = story.fullest
  if (part !== null) story.put(part.destination, { state: story.closing.legState })
  story.closing = null
  story.outcome = null
  story.reconciliation = null
}
