/** What this party has to do in the operations that it takes part in. */
import type { OperationView } from "../api"

/** Goods leave from there, or go on; a destination sends on what came from its consignment's page. */
const ANNOUNCING = new Set(["departure", "transit"])

let announces = $state(true)

/** Take what is known of the operations; the shell does, whenever it changed. */
export function takeOperations(all: readonly OperationView[]): void {
  announces = all.some(announcesIn)
}

/** Whether goods may leave from here in an operation. */
export function announcesIn(one: OperationView): boolean {
  return one.phase !== "closed" && !one.out && one.ours.some((role) => ANNOUNCING.has(role))
}

/** Whether goods may leave from here in any operation: a mere destination, a coordinating unit, an observer or a right holder announces none. */
export function mayAnnounce(): boolean {
  return announces
}
