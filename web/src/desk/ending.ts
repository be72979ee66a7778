/** Keep the reminder plans in step with what was said: an answer ends them, a question moves them. */
import type { Event } from "../contents/registry"
import type { Consignment, LegState } from "../views/consignment"
import { replyDueMs } from "../views/flags"
import type { Desk } from "./desk"
import type { Awaited } from "./open_reminders"
import { HOUR_MS, offices, type Plan, rings } from "./reminders"

/** What an event does to the reminders of one addressee. */
export interface Reminding {
  readonly begins: readonly Plan[]
  readonly ends: readonly number[]
}

export const NO_REMINDING: Reminding = { begins: [], ends: [] }

/** Give what to do, by addressee. */
export function reminding(desk: Desk, one: Consignment, event: Event): ReadonlyMap<string, Reminding> {
  const own = (awaited: Awaited | null = null): ReadonlyMap<string, Reminding> =>
    new Map([[desk.party, ended(desk, one, desk.party, awaited)]])
  const sender = one.origin === desk.party
  switch (event.TYPE) {
    case "withdrawal":
    case "rerouting": {
      const parties = sender ? [...desk.reading.parts(one.reference).keys()] : []
      return new Map(parties.map((party) => [party, ended(desk, one, party)]))
    }
    case "reply": {
      const leg = one.legs.find((leg) => leg.queries.some((query) => query.id === event.query))!
      return new Map([[leg.party, anew(desk, one, leg)]])
    }
    case "acknowledgement":
      return own("acknowledgement")
    case "query": // its clock stands still; the reply starts it again
      return own("answer")
    case "answer":
    case "reconciliation":
    case "movement":
      return sender ? new Map() : own()
    default:
      return new Map()
  }
}

function ended(desk: Desk, one: Consignment, party: string, awaited: Awaited | null = null): Reminding {
  const lane = desk.reading.parts(one.reference).get(party)!.log
  return { begins: [], ends: desk.reading.waiting(one.reference, party, lane, awaited) }
}

/** Wait for the answer again, as much later as the clock stood still. */
function anew(desk: Desk, one: Consignment, leg: LegState): Reminding {
  const { ends } = ended(desk, one, leg.party, "answer")
  const now = desk.nowMs()
  const due = replyDueMs(leg, now)
  if (due === null || leg.answered_ms !== null) return { begins: [], ends }
  const called = offices(leg.party, desk.room.desks.get(leg.party) ?? null, desk.operation.terms)
  return { begins: [[leg.party, rings(now, Math.max(due, now + HOUR_MS), called)]], ends }
}
