/** What others wait for from this Member, as buttons; the rest stands in the menu. */
import type { Act, ConsignmentPage } from "../../../api"

export interface Todo {
  readonly first: readonly Act[]
  readonly more: readonly Act[]
}
const ORDER: readonly Act[] = [
  "reply", "hold", "acknowledgement", "answer", "reconciliation", "movement", "call_off", "query", "leg_update", "amend", "onward",
  "rerouting", "reopening", "withdrawal",
] // prettier-ignore

/** Sort what counts into the next steps and everything else. */
export function todo(page: ConsignmentPage): Todo {
  const can = page.can.filter((one) => one.refused === undefined && !idle(page, one))
  const first = page.row.next.filter((act) => can.some((one) => one.act === act))
  return { first, more: ORDER.filter((act) => !first.includes(act) && can.some((one) => one.act === act)) }
}

/** A hold that this Member lifted may be lifted again, for lanes that did not hear it: from here all hear it. */
function idle(page: ConsignmentPage, { act, choices }: ConsignmentPage["can"][number]): boolean {
  const hold = page.view.hold as { state: string } | null | undefined
  return act === "hold" && choices?.join() === "LIFT" && page.row.state !== "ON_HOLD" && hold?.state === "LIFTED"
}
