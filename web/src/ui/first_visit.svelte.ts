/** What is known of who opens the door before the worker has answered: its script is most of a first visit. */
import type { Session } from "../api"

const NOBODY: Session = { state: "none", owner: true }
let known = $state.raw<Session | undefined>()

export const firstVisit = {
  /** Nobody, where there surely is no store; undefined where the worker has to say what there is. */
  get session(): Session | undefined {
    return known
  },
}

/** Say that this browser was never here. */
export function neverWasHere(): void {
  known = NOBODY
}
