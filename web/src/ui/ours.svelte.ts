/** What this party has to do in the operations that it takes part in. */
import type { OperationView } from "../api"

const ON_THE_WAY = new Set(["departure", "transit", "destination"])

let announces = $state(true)

/** Take what is known of the operations; the shell does, whenever it changed. */
export function takeOperations(all: readonly OperationView[]): void {
  announces = all.some((one) => one.phase !== "closed" && !one.out && one.ours.some((role) => ON_THE_WAY.has(role)))
}

/** Whether goods may leave from here: a coordinating unit, an observer or a right holder announces none. */
export function mayAnnounce(): boolean {
  return announces
}
