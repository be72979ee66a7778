/** Parts of a pre-notification: the first ones begin a story (transition 4), newer ones amend it (20). */
import { referenceParty } from "../contents/fields"
import type { GoodsPart, Prenotification, RoutePart } from "../contents/prenotification"
import { type Leg, legsOf } from "../contents/shipment"
import { type Change, same } from "../templates/changes"
import { load } from "../templates/template"
import { newLeg, type Said } from "./consignment"
import { shut } from "./gate"
import type { Mark, Story } from "./story"

/** Take one part in; give the mark of one that does not count. */
export function announce(story: Story, one: Said, part: Prenotification): Mark {
  if (one.party !== part.origin || part.origin !== referenceParty(story.reference)) return "not_the_sender"
  const before = part.part === "goods" ? story.goods : (story.routes.get(part.addressee) ?? null)
  if (before !== null && part.version <= before.version) return "version_not_newer"
  if (!agrees(story, part)) return "parts_differ"
  if (story.state === "WITHDRAWN" && !story.seesAll) {
    // Taken back from this transit Member only, when the way left it: now it leads there again.
    story.turn(story.departedAt ? "DEPARTED" : "SENT", one.place.at_ms)
    story.closedMs = null
  }
  if (story.fullest !== null) {
    const mark = shut(story, one, part)
    if (mark !== null) return mark
    if (!["SENT", "ON_HOLD", "DEPARTED"].includes(story.state)) return "out_of_turn"
  }
  takeIn(story, one, part, before)
  return null
}

function takeIn(story: Story, one: Said, part: Prenotification, before: Prenotification | null): void {
  const atMs = one.place.at_ms
  const first = story.fullest === null
  const revived = story.lapsed(atMs)
  if (first) story.sentMs = atMs
  if (first || revived) story.sinceMs = atMs
  const found = before === null ? [] : changesOf(before, part)
  const version = { version: part.version, at_ms: atMs, part, changes: found }
  if (part.part === "goods") {
    if (story.goods === null) story.versions = []
    story.goods = part
    story.versions.push(version)
    story.way = wayOf(story, before, part)
  } else {
    story.routes.set(part.addressee, part)
    if (story.goods === null) {
      story.versions.push(version)
      story.way = wayOf(story, before, part)
    }
  }
  const lane = story.lanes.get(one.place.log) ?? new Set()
  story.lanes.set(one.place.log, lane.add(part.addressee))
  lineUp(story, part.destination, atMs)
  if (!story.legs.has(part.addressee)) return
  story.put(part.addressee, { deadlines: part.deadlines, log: one.place.log, seq: one.place.seq })
  if (before !== null && (before.mode !== part.mode || found.some((change) => change.material))) {
    story.reset(part.addressee)
    // What a transit Member's way does, the destination's does too.
    if (story.goods === null) story.reset(part.destination)
  }
}

/** Give the way as a part tells it; of a leg that it leaves as it was, what was heard since stands. */
function wayOf(story: Story, before: Prenotification | null, part: Prenotification): readonly Leg[] {
  const legs = legsOf(part.form)
  if (before === null) return legs
  const told = legsOf(before.form)
  if (told.length !== story.way.length) return legs
  const heard = new Map(told.map((leg, number) => [JSON.stringify(leg), story.way[number]]))
  return legs.map((leg) => heard.get(JSON.stringify(leg)) ?? leg)
}

/** Set the legs as the newest parts name them; who is on the way no more has none. */
function lineUp(story: Story, destination: string, atMs: number): void {
  const transit = story.goods?.transit ?? [...story.routes.keys()]
  const legs = new Map(transit.map((party) => [party, story.legs.get(party) ?? newLeg(party, "transit")]))
  legs.set(destination, story.legs.get(destination) ?? newLeg(destination, "destination"))
  story.legs = legs
  letGo(story, atMs)
}

/** End the holds of those who left the way: they can neither lift them nor agree any more. */
function letGo(story: Story, atMs: number): void {
  const asking = story.hold?.state === "REQUESTED" ? story.hold.party : null
  if (asking !== null && !story.legs.has(asking)) story.hold = null
  for (const party of [...story.holding.keys()]) {
    if (story.legs.has(party)) continue
    story.holding.delete(party)
    if (story.holding.size === 0) {
      story.turn("SENT", atMs)
      story.hold = { party, state: "LIFTED", text: null }
    }
  }
}

function changesOf(before: Prenotification, after: Prenotification): readonly Change[] {
  return load(after.template).changes(before.form, after.form, after.part)
}

/** Say whether a part tells the same as the others: origin, destination, kind; of its version also all the rest. */
function agrees(story: Story, part: Prenotification): boolean {
  const known: Prenotification[] = [...(story.goods === null ? [] : [story.goods]), ...story.routes.values()]
  if (known.some((one) => one.destination !== part.destination || one.kind !== part.kind)) return false
  return known
    .filter((one) => one.version === part.version && one.part !== part.part)
    .every((one) => {
      if (part.part === "route") return one.part === "goods" && isView(part, one)
      return one.part === "route" && isView(one, part)
    })
}

/** Say whether a route part is what its transit Member may know of the goods part. */
function isView(route: RoutePart, goods: GoodsPart): boolean {
  const around = route.template === goods.template && route.mode === goods.mode && route.tlp === goods.tlp
  if (!around || !goods.transit.includes(route.addressee)) return false
  return same(route.form, load(goods.template).project(goods.form, route.addressee))
}
