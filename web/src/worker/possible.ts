/**
 * What this Member may do with a consignment now: the board judges a trial of each act, as it does before sending.
 * There is no second book of rules.
 */
import type { Act, ConsignmentPage } from "../api"
import { HOLD_STEPS } from "../contents/hold"
import { STEPS } from "../contents/movement"
import { legTouches } from "../contents/shipment"
import { instantText, makeReference } from "../contents/fields"
import type { Desk } from "../desk/desk"
import { type EventType, newId } from "../desk/kinds"
import { reasonOf, rehearse } from "../desk/rehearsing"
import { copies, type Saying } from "../desk/reporting"
import { type Consignment, type LegState, stateAt } from "../views/consignment"
import { failureOf } from "./messages"

type Possible = ConsignmentPage["can"][number]
const SOME = "-"

/** Give every act: with the choices that would count, or why none would. */
export function possible(desk: Desk, one: Consignment): Possible[] {
  return ACTS.map((act) => judged(desk, one, act))
}

/** Judge an act once for each state of a consignment. */
export function judged(desk: Desk, one: Consignment, act: Act): Possible {
  const nowMs = desk.nowMs()
  const [state] = stateAt(one, nowMs)
  let kept = KEPT.get(one)
  if (kept === undefined || kept.state !== state || nowMs - kept.at_ms > FRESH_MS) {
    kept = { state, at_ms: nowMs, acts: new Map() }
    KEPT.set(one, kept)
  }
  const known = kept.acts.get(act) ?? judge(desk, one, act)
  kept.acts.set(act, known)
  return known
}

const KEPT = new WeakMap<Consignment, { state: string; at_ms: number; acts: Map<Act, Possible> }>()
const FRESH_MS = 15 * 60_000
export const ENDED: ReadonlySet<string> = new Set(["CLOSED", "WITHDRAWN", "REPLACED", "EXPIRED"])
const ACTS: readonly Act[] = [
  "acknowledgement", "answer", "reply", "movement", "reconciliation", "hold", "query", "call_off", "onward",
  "leg_update", "amend", "rerouting", "withdrawal", "reopening",
] // prettier-ignore

function judge(desk: Desk, one: Consignment, act: Act): Possible {
  switch (act) {
    case "movement":
      return choose(desk, one, act, STEPS, (step) => movement(desk, step))
    case "hold":
      return choose(desk, one, act, HOLD_STEPS, (step) => ({ step, text: SOME }))
    case "reply":
      return choose(desk, one, act, openQueries(one), (query) => ({ query, text: SOME }))
    case "call_off":
      return only(act, one.kind === "series" && one.origin === desk.party && !ENDED.has(one.state), "no_series")
    case "onward":
      return only(act, one.destination === desk.party && one.goods !== null && came(one), "not_arrived")
    case "amend":
      return refusal(act, () => {
        const goods = one.goods
        const standing = desk.reading.parts(one.reference).get(one.destination)
        if (one.origin !== desk.party || goods === null || standing === undefined) return "not_the_sender"
        rehearse(desk, one, standing.log, { ...goods, version: one.version + 1 })
        return null
      })
    default:
      return refusal(act, () => trial(desk, one, act, TRIALS[act]!(desk, one)))
  }
}

const TRIALS: Readonly<Partial<Record<Act, (desk: Desk, one: Consignment) => Saying>>> = {
  acknowledgement: () => ({}),
  answer: () => ({ answer: "NO_OBJECTION" }),
  query: () => ({ text: SOME }),
  withdrawal: () => ({ reason: SOME }),
  reopening: () => ({ reason: SOME }),
  // Both say nothing of lots; which of them counts depends on whether it has come.
  reconciliation: (desk, one) => ({ outcome: came(one) ? "REFUSED" : "NOT_ARRIVED", counted_at: now(desk) }),
  rerouting: (desk, one) => ({
    reason: SOME,
    replaced_by: makeReference(desk.operation.terms.code, desk.party, Number(one.reference.split("-").at(-3)), 999_999),
  }),
  leg_update: (desk, one) => {
    const leg = one.way_legs.find((leg) => legTouches(leg, desk.party)) ?? one.way_legs[0]!
    return { legs: [{ from_place: leg.from_place, to_place: leg.to_place, carrier: SOME }] }
  },
}

function movement(desk: Desk, step: string): Saying {
  return {
    step,
    happened_at: now(desk),
    ...(step === "DETAINED" ? { reason: SOME } : {}),
    ...(step === "DEPARTED" ? { transport_document: SOME } : {}),
  }
}

function now(desk: Desk): string {
  return instantText(Math.floor(desk.nowMs() / 1000) * 1000)!
}

/** Say it on trial; gives nothing, and throws what reporting would. */
function trial(desk: Desk, one: Consignment, type: EventType | Act, said: Saying): null {
  for (const copy of copies(desk, one, type as EventType, said, newId())) {
    rehearse(desk, one, copy.channel, copy.content)
  }
  return null
}

function refusal(act: Act, judged: () => string | null): Possible {
  try {
    const mark = judged()
    return mark === null ? { act } : { act, refused: reasonOf(mark) }
  } catch (refused) {
    return { act, refused: reasonOf(failureOf(refused).code) }
  }
}

function only(act: Act, holds: boolean, mark: string): Possible {
  return holds ? { act } : { act, refused: reasonOf(mark) }
}

function choose(
  desk: Desk,
  one: Consignment,
  act: Act,
  choices: readonly string[],
  said: (choice: string) => Saying,
): Possible {
  const judged = choices.map((choice) => ({ choice, ...refusal(act, () => trial(desk, one, act, said(choice))) }))
  const counting = judged.filter((one) => one.refused === undefined).map((one) => one.choice)
  if (counting.length > 0) return { act, choices: counting }
  return { act, refused: judged[0]?.refused ?? reasonOf("no_such_query") }
}

/** Give the queries that wait for the origin's reply. */
export function openQueries(one: Consignment): string[] {
  return one.legs.flatMap((leg) => leg.queries.filter((query) => query.reply === null).map((query) => query.id))
}

function came(one: Consignment): boolean {
  return one.state === "ARRIVED" || one.state === "CLOSED"
}

export function ownLeg(desk: Desk, one: Consignment): LegState | null {
  return one.legs.find((leg) => leg.party === desk.party) ?? null
}
