/**
 * Tell a consignment's story anew from all that was said about it: who may move what, and what does not count.
 *
 * Only its own party moves a leg; only the origin sends, amends, departs and takes back. What may not be is kept with a
 * mark and moves nothing. The same event in several lanes has one id and counts once, where it is heard first.
 */
import type { Json } from "../contents/checking"
import { dumpContent, type Event, isPart } from "../contents/registry"
import { lotsOf, shipmentOf } from "../contents/shipment"
import { announce } from "./announcing"
import { acknowledge, answer, query, receipt, reply, status } from "./answering"
import { NOT_AGREED, reconcile, reopen, reroute, withdraw } from "./closing"
import type { Consignment, LotCount, Said } from "./consignment"
import { shut } from "./gate"
import { hold } from "./holding"
import { move, updateLegs } from "./moving"
import { type Mark, Story } from "./story"

// What the copy for a transit Member may leave out.
const LEFT_OUT: ReadonlySet<string> = new Set(["remark", "place", "eta_at", "transport_document"])
// What a token stands for.
const WHOLE = { ACKNOWLEDGED: "acknowledgement", ANSWERED: "answer", CLOSED: "reconciliation" } as const

/**
 * Replay what was said, sorted by place: gives the consignment (null before any valid part), and the same list with
 * marks.
 */
export function settle(
  reference: string,
  said: readonly Said[],
  coordinators: ReadonlySet<string> = new Set(),
): readonly [Consignment | null, readonly Said[]] {
  const story = new Story(reference, coordinators)
  const full = fullest(said)
  const marked: Said[] = []
  for (const one of said) {
    marked.push(hear(story, one, full))
    story.heard.add(`${one.place.log}/${one.place.seq}`)
    if (one.content.TYPE === "reopening") noteRequest(story, marked)
  }
  return [told(story, marked), marked]
}

/** Give each event as its fullest copy tells it: its reader needs no token of it, and no copy that tells less. */
function fullest(said: readonly Said[]): ReadonlyMap<string, Event> {
  const full = new Map<string, Event>()
  for (const { party, content } of said) {
    if (isPart(content) || content.TYPE === "status") continue
    const key = `${party} ${content.id}`
    const known = full.get(key)
    if (known === undefined || tellsLess(known, content)) full.set(key, content)
  }
  return full
}

function hear(story: Story, one: Said, full: ReadonlyMap<string, Event>): Said {
  const { content } = one
  if (isPart(content)) return { ...one, mark: announce(story, one, content), copy: false }
  const unfit = unfitted(story, one, content)
  const key = `${one.party} ${content.id}`
  if (unfit === null) {
    const copy = copied(story, one, content, full.get(key), story.told.get(key))
    if (copy !== null) return copy
  }
  const mark = unfit ?? shut(story, one, content) ?? follow(story, one, content)
  if (mark === null || mark === NOT_AGREED) story.told.set(key, content)
  return { ...one, mark, copy: false }
}

/** Give what moves nothing because it was, or will be, said elsewhere; null for what is told here. */
function copied(
  story: Story,
  one: Said,
  content: Event,
  whole: Event | undefined,
  known: Event | undefined,
): Said | null {
  if (whole !== undefined && tellsLess(content, whole)) return { ...one, mark: null, copy: true }
  if (content.TYPE === "status" && whole !== undefined) {
    const outcome = "outcome" in whole ? whole.outcome : null
    const right = whole.TYPE === WHOLE[content.state] && outcome === content.outcome
    return { ...one, mark: right ? null : "parts_differ", copy: true }
  }
  if (known !== undefined) {
    const same = sameEvent(known, content)
    return { ...one, mark: same ? null : "parts_differ", copy: same }
  }
  if (forOneLane(story, one)) return { ...one, mark: null, copy: true }
  const lane = story.lanes.get(one.place.log) ?? new Set()
  if (story.seesAll && ![...lane].some((party) => story.legs.has(party))) {
    return { ...one, mark: "not_your_leg", copy: false }
  }
  return null
}

function follow(story: Story, one: Said, event: Event): Mark {
  switch (event.TYPE) {
    case "receipt":
      return receipt(story, one, event)
    case "acknowledgement":
      return acknowledge(story, one, event)
    case "answer":
      return answer(story, one, event)
    case "query":
      return query(story, one, event)
    case "reply":
      return reply(story, one, event)
    case "status":
      return status(story, one, event)
    case "hold":
      return hold(story, one, event)
    case "movement":
      return move(story, one, event)
    case "leg_update":
      return updateLegs(story, one, event)
    case "withdrawal":
      return withdraw(story, one, event)
    case "rerouting":
      return reroute(story, one, event)
    case "reconciliation":
      return reconcile(story, one, event)
    case "reopening":
      return reopen(story, one, event)
  }
}

/** Say why an event is not about a known part of this log, or null. */
function unfitted(story: Story, one: Said, event: Event): Mark {
  const known = story.lanes.has(one.place.log) && event.follows.log === one.place.log
  return known && story.heard.has(`${one.place.log}/${event.follows.seq}`) ? null : "follows_nothing_known"
}

/**
 * Say whether this takes it back for one transit Member only, which is on the way no more.
 *
 * What is taken back for all is taken back in the goods lane too, and counts there.
 */
function forOneLane(story: Story, one: Said): boolean {
  if (one.content.TYPE !== "withdrawal" || story.goods === null || !story.isOrigin(one)) return false
  return !story.lanes.get(one.place.log)?.has(story.goods.destination)
}

function sameEvent(one: Event, other: Event): boolean {
  if (one.TYPE !== other.TYPE) return false
  const [facts, others] = [factsOf(one), factsOf(other)]
  const equal = facts.size === others.size && within(facts, others)
  return equal || tellsLess(one, other) || tellsLess(other, one)
}

/** Say whether a copy leaves out what transit may not read, and says nothing else. */
export function tellsLess(one: Event, other: Event): boolean {
  // Nearly every event stands in one lane only: it is compared with itself.
  if (one === other || one.TYPE !== other.TYPE) return false
  const [facts, more] = [factsOf(one), factsOf(other)]
  const leftOut = [...more.keys()].filter((name) => !facts.has(name))
  return leftOut.length > 0 && leftOut.every((name) => LEFT_OUT.has(name)) && within(facts, more)
}

function within(facts: ReadonlyMap<string, string>, more: ReadonlyMap<string, string>): boolean {
  return [...facts].every(([name, value]) => more.get(name) === value)
}

/** Give what an event says, wherever it stands; events hold nothing whose names could come in another order. */
function factsOf(event: Event): ReadonlyMap<string, string> {
  const { follows: _, ...facts } = dumpContent(event) as Json & { follows?: unknown }
  return new Map(Object.entries(facts).map(([name, value]) => [name, JSON.stringify(value)]))
}

/** Keep the origin's request to reopen until a coordinator says the same, which then counts for both. */
function noteRequest(story: Story, marked: Said[]): void {
  const last = marked.at(-1)
  if (last === undefined) return
  if (last.mark === NOT_AGREED) {
    story.reopening = { number: marked.length - 1, party: last.party }
  } else if (last.mark === null && !last.copy && story.reopening !== null) {
    const { number } = story.reopening
    marked[number] = { ...(marked[number] ?? last), mark: null }
    story.reopening = null
  }
}

function told(story: Story, said: readonly Said[]): Consignment | null {
  const part = story.fullest
  if (part === null) return null
  const legs = [...story.legs.values()]
  return {
    reference: story.reference,
    kind: part.kind,
    mode: part.mode,
    tlp: part.tlp,
    state: story.state,
    outcome: story.outcome,
    origin: part.origin,
    destination: part.destination,
    transit: legs.filter((leg) => leg.role === "transit").map((leg) => leg.party),
    sent_ms: story.sentMs,
    since_ms: story.sinceMs,
    version: part.version,
    goods: story.goods,
    routes: story.routes,
    way_legs: story.way,
    legs,
    lots: lotsCounted(story),
    hold: story.hold,
    versions: story.versions,
    reconciliation: story.reconciliation,
    replaced_by: story.replacedBy,
    relates_to: part.relates_to,
    departed_at: story.departedAt,
    closed_ms: story.closedMs,
    marks: said.filter((one) => one.mark !== null),
  }
}

function lotsCounted(story: Story): readonly LotCount[] {
  const lots = story.goods === null ? [] : lotsOf(shipmentOf(story.goods.form))
  const announced = new Map(lots.map(([, lot]) => [lot.batch, lot]))
  const counted = new Map((story.reconciliation?.lots ?? []).map((lot) => [lot.batch, lot]))
  return [...new Set([...announced.keys(), ...counted.keys()])].map((batch) => {
    const known = announced.get(batch)
    const found = counted.get(batch)
    return {
      batch,
      announced_doses: known?.doses ?? null,
      counted_doses: found?.doses ?? null,
      announced_vials: known?.vials ?? null,
      counted_vials: found?.vials ?? null,
      damaged_doses: found?.damaged_doses ?? 0,
      temperature: found?.temperature ?? null,
    }
  })
}
