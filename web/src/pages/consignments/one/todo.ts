/** What a person of this Member would do next, as buttons; the rest stands in the menu. */
import type { Act, ConsignmentPage } from "../../../api"
import { reopeningAsked } from "./page"

export interface Todo {
  readonly first: readonly Act[]
  readonly more: readonly Act[]
}
const MOST = 3
const ORDER: readonly Act[] = [
  "reply", "hold", "acknowledgement", "answer", "reconciliation", "movement", "call_off", "query", "leg_update", "amend", "onward",
  "rerouting", "reopening", "withdrawal",
] // prettier-ignore

/** Sort what counts into the next steps and everything else. */
export function todo(page: ConsignmentPage): Todo {
  const can = page.can.filter((one) => one.refused === undefined && !idle(page, one))
  const acts = ORDER.filter((act) => can.some((one) => one.act === act))
  const gone = page.row.state === "WITHDRAWN" || page.row.state === "REPLACED"
  const first = gone ? [] : acts.filter((act) => {
    const choices = can.find((one) => one.act === act)?.choices ?? []
    switch (act) {
      case "reply":
      case "acknowledgement":
      case "call_off":
        return true
      case "movement":
        // What has not left yet may have arrived; nobody waits for that, nor for where it passed once it has.
        return page.row.state === "SENT" ? choices.some((step) => step !== "ARRIVED") : page.row.state !== "ARRIVED" || page.row.our_role !== "transit"
      case "answer":
        // Where no answer is asked, or one is given, another is possible but nobody waits.
        return page.row.mode === "REPLY" && unanswered(page)
      case "hold":
        // To ask for a hold is always possible; to decide on one is what others wait for.
        return choices.some((step) => step !== "REQUEST")
      case "reconciliation":
        return page.row.state === "ARRIVED"
      case "reopening":
        // The departure Member asked; the coordinating unit can agree, or the destination do it at once.
        return page.row.our_role !== "origin" && reopeningAsked(page) !== undefined
      default:
        return false
    }
  }).slice(0, MOST)
  return { first, more: acts.filter((act) => !first.includes(act)) }
}

/** A hold that this Member lifted may be lifted again, for lanes that did not hear it: from here all hear it. */
function idle(page: ConsignmentPage, { act, choices }: ConsignmentPage["can"][number]): boolean {
  const hold = page.view.hold as { state: string } | null | undefined
  return act === "hold" && choices?.join() === "LIFT" && page.row.state !== "ON_HOLD" && hold?.state === "LIFTED"
}

function unanswered(page: ConsignmentPage): boolean {
  const legs = (page.view.legs ?? []) as { party: string; answered_ms: number | null; role: string }[]
  const own = page.row.our_role === "destination" ? legs.find((one) => one.role === "destination") : undefined
  return own === undefined ? page.row.next.includes("answer") : own.answered_ms === null
}
