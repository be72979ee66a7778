/** Report what happened to a consignment: judged by the board first, then posted to every lane where it belongs. */
import { PratiqueError } from "../client/errors"
import { type Event, isEvent } from "../contents/registry"
import type { Prenotification } from "../contents/prenotification"
import { legsOf } from "../contents/shipment"
import { type Consignment, way } from "../views/consignment"
import type { Urgency } from "../wire/entries"
import { insistOnCount } from "./counting"
import type { Desk } from "./desk"
import { NO_REMINDING, reminding } from "./ending"
import { find } from "./finding"
import { type EventType, makeEvent, newId } from "./kinds"
import { parcel } from "./outward"
import { HINT, rehearse } from "./rehearsing"
import type { LaneSent, Reported } from "./results"
import { type Audience, audience, roleOf, urgencyOf } from "./routing"

export type Saying = Readonly<Record<string, unknown>>

/** One event for one lane; `addressee` is whose part it follows. */
export interface Copy {
  readonly addressee: string
  readonly channel: string
  readonly content: Event
}

/** Post one event. */
export async function report(
  desk: Desk,
  reference: string,
  type: EventType,
  said: Saying,
  urgency: Urgency | null = null,
): Promise<Reported> {
  const one = find(desk.board, reference)
  const name = typeof said.id === "string" && said.id !== "" ? said.id : newId()
  const done = saidBefore(desk, one, type, name)
  if (done !== null) return done
  const made = copies(desk, one, type, said, name)
  insistOnCount(one, made[0]!.content)
  for (const copy of made) rehearse(desk, one, copy.channel, copy.content)
  const full = made.find((copy) => copy.content.TYPE === type)!.content
  const after = reminding(desk, one, full)
  const parcels = made.map((copy) => {
    const todo = after.get(copy.addressee) ?? NO_REMINDING
    return parcel(copy.channel, copy.content, urgency ?? urgencyOf(full), todo.begins, todo.ends)
  })
  const posted = await desk.outward.send(parcels)
  const lanes = made.map((copy, at) => laneOf(desk, one, copy.channel, posted[at]!.seq))
  return { reference: one.reference, type, lanes, id: name }
}

/** Give what was reported under this id before, so that the same report twice is one. */
function saidBefore(desk: Desk, one: Consignment, type: EventType, id: string): Reported | null {
  const found = (desk.board.said.get(one.reference) ?? []).filter(
    (said) => said.party === desk.party && isEvent(said.content) && said.content.id === id,
  )
  if (found.length === 0) return null
  const lanes = found.map(({ place }) => laneOf(desk, one, place.log, place.seq))
  return { reference: one.reference, type, lanes, id }
}

function laneOf(desk: Desk, one: Consignment, channel: string, seq: number): LaneSent {
  const goods = desk.reading.parts(one.reference).get(one.destination)
  const parties = desk.reading.parties.get(channel)!
  return { part: goods?.log === channel ? "goods" : "route", parties, channel, seq }
}

const LIVE: ReadonlySet<string> = new Set(["SENT", "ON_HOLD", "DEPARTED", "ARRIVED"])

/** Post a receipt, once, where this Member is an addressee and its policy lets it. */
export async function opened(desk: Desk, reference: string): Promise<void> {
  const one = find(desk.board, reference)
  const own = one.legs.find((leg) => leg.party === desk.party)
  if (own?.state !== "PENDING" || !desk.drafts.policy.receipts || !LIVE.has(one.state)) return
  await report(desk, one.reference, "receipt", { state: "OPENED" })
}

/**
 * Write the event for every lane where it goes, the goods lane first; an `id` in `said` is passed over.
 *
 * Throws `ContentRefused`; `PratiqueError` not_yours, no_such_query
 */
export function copies(desk: Desk, one: Consignment, type: EventType, said: Saying, id: string): Copy[] {
  const parts = desk.reading.parts(one.reference)
  const addressees = [...parts.keys()]
  const transit = addressees.filter((party) => party !== one.destination)
  const agrees = type === "reopening" && desk.reading.coordinators.has(desk.party)
  const role = agrees ? "origin" : roleOf(desk.party, one.origin, transit, one.destination)
  const given = Object.fromEntries(
    Object.entries(said).filter(([name, value]) => value !== null && value !== undefined && name !== "id"),
  )
  const written = (party: string, kind: EventType, fields: Saying): Copy => {
    const { log, seq } = parts.get(party)!
    const content = makeEvent(kind, { id, about: one.reference, follows: { log, seq }, ...fields })
    return { addressee: party, channel: log, content }
  }
  const full = written(role === "transit" ? desk.party : addressees[0]!, type, given).content
  const found = audience(full, role)
  const made = addressed(desk, one, found, given, addressees).map((party) => {
    if (party === one.destination || found.token === null) {
      const whole = party === one.destination || party === desk.party || found.asked
      return written(party, type, whole ? given : forTransit(one, parts.get(party)!.part, full, given))
    }
    const outcome = full.TYPE === "reconciliation" ? { outcome: full.outcome } : {}
    return written(party, "status", { state: found.token, ...outcome })
  })
  if (made.length === 0) {
    throw new PratiqueError("not_yours", "no lane of this consignment is yours to report this in", HINT)
  }
  return made
}

/** Leave out what lies off a transit Member's own legs; a remark is for those who read the goods. */
function forTransit(one: Consignment, part: Prenotification, event: Event, said: Saying): Saying {
  const hidden = new Set(["remark"])
  if (event.TYPE === "movement") {
    const known = way(one)
    const at = event.place ?? (event.step === "DEPARTED" ? known[0] : known.at(-1))
    if (!legsOf(part.form).some((leg) => at === leg.from_place || at === leg.to_place)) {
      for (const name of ["place", "eta_at", "transport_document"]) hidden.add(name)
    }
  }
  return Object.fromEntries(Object.entries(said).filter(([name]) => !hidden.has(name)))
}

/** Give whose lanes get a copy, the destination's first. */
function addressed(
  desk: Desk,
  one: Consignment,
  found: Audience,
  said: Saying,
  addressees: readonly string[],
): string[] {
  if (found.own_route) return [desk.party]
  if (found.asked) {
    const whose = one.legs.filter((leg) => leg.queries.some((query) => query.id === said.query))
    if (whose.length === 0) throw new PratiqueError("no_such_query", "no such question was asked", HINT)
    return whose.map((leg) => leg.party)
  }
  const goods = found.goods && addressees.includes(one.destination) ? [one.destination] : []
  const transit = addressees.filter((party) => party !== one.destination)
  return [...goods, ...(found.routes || found.token !== null ? transit : [])]
}
