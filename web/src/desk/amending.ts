/** Change what was announced: a new version to the same lanes; what weighs starts the clocks anew. */
import { PratiqueError } from "../client/errors"
import type { Announcement, GoodsPart } from "../contents/prenotification"
import type { Event } from "../contents/registry"
import { routeParties } from "../contents/shipment"
import type { Change } from "../templates/changes"
import type { Consignment } from "../views/consignment"
import type { Urgency } from "../wire/entries"
import { check, filled, insist, insistOnRelease, templateFor } from "./checking"
import type { Desk } from "./desk"
import { dispatch, sentAs } from "./dispatching"
import { find } from "./finding"
import { makeEvent, newId } from "./kinds"
import { draftOf } from "./numbering"
import { compose, type Parts } from "./parts"
import type { Where } from "./reading"
import { rehearse } from "./rehearsing"
import type { Sent } from "./results"
import { kept, standing } from "./urgency"
import type { Version } from "./versions"

const OFF_THE_WAY = "the consignment does not come this way any more"

/** Send the next version. */
export async function amend(
  desk: Desk,
  reference: string,
  announcement: Announcement,
  chosen: Urgency | null,
  without: readonly string[] = [],
): Promise<Sent> {
  const one = find(desk.board, reference)
  const version = nextVersion(desk, one.reference, announcement, chosen, without)
  if (version === null) return sentAs(desk, one.reference, null, true)
  insistOnRelease(desk)
  return (await dispatch(desk, [version]))[0]!
}

/** Give the next version, or what an earlier run left of this one; null where nothing is different. */
export function nextVersion(
  desk: Desk,
  reference: string,
  announcement: Announcement,
  chosen: Urgency | null,
  without: readonly string[] = [],
): Version | null {
  const one = find(desk.board, reference)
  const before = one.goods
  if (one.origin !== desk.party || before === null) {
    throw new PratiqueError("not_the_sender", `${one.reference} is ${one.origin.toUpperCase()}'s own to change`)
  }
  const urgency = kept(desk, one.reference, announcement, chosen)
  const checked = check(desk, announcement, { urgency, again: true, duplicates: false })
  insist(checked, [...without, ...wentWithout(one)])
  const end = checked.parties.at(-1)!
  if (end !== one.destination) {
    const detail = `the way now ends in ${end.toUpperCase()}, not in ${one.destination.toUpperCase()}`
    throw new PratiqueError("destination_changed", detail, "re-route it: that tells both and keeps the history")
  }
  const template = templateFor(desk, announcement.template)
  const changes = template.changes(before.form, filled(desk, announcement))
  const same =
    changes.length === 0 && sameAround(before, announcement) && urgency === standing(desk, one.reference)
  const there = desk.reading.parts(one.reference)
  const number = same ? one.version : one.version + 1
  const done = new Set([...there].filter(([, { part }]) => part.version === number).map(([party]) => party))
  if (same && [...checked.deadlines.keys()].every((party) => done.has(party))) return null
  const fresh = compose(desk, announcement, checked.parties, checked.deadlines, one.reference, number)
  const renewed = renewedBy(desk, fresh, there, changes)
  const deadlines = new Map(
    [...checked.deadlines].map(([party, at]) => {
      return [party, renewed.has(party) ? at : there.get(party)!.part.deadlines] as const
    }),
  )
  const parts = compose(desk, announcement, checked.parties, deadlines, one.reference, number)
  if (!same) rehearse(desk, one, there.get(one.destination)!.log, parts.goods)
  return {
    draft: draftOf(desk, one.reference),
    announcement,
    parts,
    urgency,
    renewed,
    there: done,
    changes,
    without: checked.unreachable,
    farewells: farewells(one, parts, there),
  }
}

/** Give whom the version before went without: whoever sent it knew. */
function wentWithout(one: Consignment): string[] {
  const told = new Set([one.origin, one.destination, ...one.transit])
  return routeParties(one.way_legs).filter((party) => !told.has(party))
}

/** Give the addressees whose own part changed materially, or who are new on the way: their clock starts again. */
function renewedBy(desk: Desk, fresh: Parts, there: Where, changes: readonly Change[]): Set<string> {
  const template = templateFor(desk, fresh.goods.template)
  const renewed = new Set(changes.some((change) => change.material) ? [fresh.goods.destination] : [])
  for (const [party, part] of fresh.routes) {
    const before = there.get(party)
    const changed = before === undefined ? [] : template.changes(before.part.form, part.form, "route")
    if (before === undefined || changed.some((one) => one.material)) renewed.add(party)
  }
  if ([...there.values()].some(({ part }) => part.mode !== fresh.goods.mode)) {
    for (const party of [fresh.goods.destination, ...fresh.routes.keys()]) renewed.add(party)
  }
  return renewed
}

/** Tell each Member that the way does not touch any more, in its own lane only. */
function farewells(one: Consignment, parts: Parts, there: Where): Map<string, Event> {
  const said = new Map<string, Event>()
  for (const [party, { log, seq }] of there) {
    if (party === one.destination || parts.routes.has(party)) continue
    const fields = { id: newId(), about: one.reference, follows: { log, seq }, reason: OFF_THE_WAY }
    said.set(party, makeEvent("withdrawal", fields))
  }
  return said
}

function sameAround(before: GoodsPart, now: Announcement): boolean {
  const around = (one: GoodsPart | Announcement): string =>
    JSON.stringify([
      one.template,
      one.kind,
      one.mode,
      one.tlp,
      one.relates_to,
      one.urgency_reason,
      one.overrides.map(({ field, reason }) => [field, reason]),
    ])
  return around(before) === around(now)
}
