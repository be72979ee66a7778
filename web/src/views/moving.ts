/** Where the goods are (transitions 14 to 17), and what transit Members know better of their own legs (20). */
import { instantMs, instantText } from "../contents/fields"
import type { LegUpdate, UpdatedLeg } from "../contents/leg_update"
import type { Movement } from "../contents/movement"
import { type Leg, legEtaMs, legEtdMs, legTouches, partyOf } from "../contents/shipment"
import { HOUR_MS, type Said } from "./consignment"
import type { Mark, Story } from "./story"

/** A later arrival than this asks for a new answer. */
export const MATERIAL_SHIFT_MS: ReadonlyMap<string, number> = new Map([["air", 6 * HOUR_MS]])
export const OTHER_SHIFT_MS = 24 * HOUR_MS

/** Take one step of the journey. */
export function move(story: Story, one: Said, event: Movement): Mark {
  if (story.fullest?.kind === "series") return "out_of_turn" // its call-offs travel
  switch (event.step) {
    case "DEPARTED":
      return depart(story, one, event)
    case "TRANSIT_IN":
    case "TRANSIT_OUT":
      return pass(story, one, event)
    case "ARRIVED":
      return arrive(story, one, event)
    case "RELEASED":
    case "DETAINED":
      return judge(story, one, event)
  }
}

function depart(story: Story, one: Said, event: Movement): Mark {
  if (!story.isOrigin(one)) return "not_the_sender"
  if (story.state === "DEPARTED") return "said_before"
  // A hold that another asked for can end where this reader does not hear it.
  const unheardLift = story.state === "ON_HOLD" && !story.seesAll && story.holding.size === 0
  if (story.state !== "SENT" && !unheardLift) return "out_of_turn"
  const documented = event.transport_document ?? story.way.find((leg) => leg.awb || leg.transport_document)
  if (story.seesAll && !documented) return "no_transport_document"
  story.turn("DEPARTED", one.place.at_ms)
  story.departedAt = event.happened_at
  const first = story.way[0]
  if (event.eta_at !== null && first !== undefined && partyOf(first.from_place) === one.party) {
    expect(story, 0, event.eta_at)
  }
  return null
}

function pass(story: Story, one: Said, event: Movement): Mark {
  const leg = story.legs.get(one.party)
  if (leg === undefined || leg.role !== "transit") return "not_your_leg"
  if (event.step in leg.moved) return "said_before"
  const turn = story.state === "DEPARTED" || story.state === "ARRIVED"
  if (!turn || "TRANSIT_OUT" in leg.moved) return "out_of_turn"
  moved(story, one, event)
  const leaving = story.way.findIndex((stretch) => leaves(stretch, one.party))
  if (event.eta_at !== null && leaving >= 0) expect(story, leaving, event.eta_at)
  return null
}

function arrive(story: Story, one: Said, event: Movement): Mark {
  if (!story.isDestination(one)) return "not_your_leg"
  if (story.state === "ARRIVED") return "said_before"
  if (!["SENT", "DEPARTED", "REPLACED"].includes(story.state)) return "out_of_turn"
  story.turn("ARRIVED", one.place.at_ms)
  story.closedMs = null
  moved(story, one, event)
  return null
}

function judge(story: Story, one: Said, event: Movement): Mark {
  if (!story.isDestination(one)) return "not_your_leg"
  if (story.state !== "ARRIVED") return "out_of_turn"
  if (story.leg(one.party).state === event.step) return "said_before"
  moved(story, one, event)
  return null
}

function moved(story: Story, one: Said, event: Movement): void {
  story.resting.delete(one.party)
  const steps = { ...story.leg(one.party).moved, [event.step]: event.happened_at }
  story.put(one.party, { state: event.step, moved: steps })
}

/** 20, by a transit Member: newer facts of legs that begin or end with it. */
export function updateLegs(story: Story, one: Said, event: LegUpdate): Mark {
  if (story.legs.get(one.party)?.role !== "transit") return "not_your_leg"
  if (!["SENT", "ON_HOLD", "DEPARTED"].includes(story.state)) return "out_of_turn"
  const way = [...story.way]
  for (const newer of event.legs) {
    const place = way.findIndex((leg) => leg.from_place === newer.from_place && leg.to_place === newer.to_place)
    const known = way[place]
    if (known === undefined || !legTouches(known, one.party)) return "not_your_leg"
    way[place] = updated(known, newer)
  }
  if (way.some((leg) => (legEtdMs(leg) ?? 0) >= (legEtaMs(leg) || 1))) return "out_of_turn"
  takeWay(story, way)
  return null
}

function updated(known: Leg, newer: UpdatedLeg): Leg {
  return { ...known, ...Object.fromEntries(Object.entries(newer).filter(([, value]) => value !== null)) }
}

/** Set a leg's arrival; the legs behind it move by as much. */
function expect(story: Story, number: number, etaAt: string): void {
  const leg = story.way[number]
  const old = leg === undefined ? null : legEtaMs(leg)
  if (leg === undefined || old === null) return
  const shift = instantMs(etaAt) - old
  const later = story.way.slice(number + 1).map((one) => ({
    ...one,
    etd_at: shifted(one.etd_at, shift),
    eta_at: shifted(one.eta_at, shift),
  }))
  takeWay(story, [...story.way.slice(0, number), { ...leg, eta_at: etaAt }, ...later])
}

/** Take newer facts of the way; a material shift of the arrival takes the destination's answer back. */
function takeWay(story: Story, way: readonly Leg[]): void {
  const last = way.at(-1)
  const old = story.way.at(-1)
  const part = story.fullest
  story.way = way
  const before = old === undefined ? null : legEtaMs(old)
  const after = last === undefined ? null : legEtaMs(last)
  const limit = MATERIAL_SHIFT_MS.get(last?.mode ?? "") ?? OTHER_SHIFT_MS
  if (part !== null && before !== null && after !== null && Math.abs(after - before) > limit) {
    story.reset(part.destination)
  }
}

function leaves(leg: Leg, party: string): boolean {
  return partyOf(leg.from_place) === party && partyOf(leg.to_place) !== party
}

function shifted(text: string | null, shiftMs: number): string | null {
  // An estimate thousands of years away is no instant: what follows it stays as announced.
  return text === null ? null : (instantText(instantMs(text) + shiftMs) ?? text)
}
