/**
 * Announce one consignment: number it in the own lane, then put its parts on their lanes.
 *
 * Whatever is interrupted is finished by announcing the same again: it is known by its draft, its national reference,
 * or its very bytes.
 */
import type { Announcement } from "../contents/prenotification"
import type { DraftOf } from "../views/drafts"
import type { Urgency } from "../wire/entries"
import { nextVersion } from "./amending"
import { check, insist, insistOnRelease } from "./checking"
import type { Desk } from "./desk"
import { dispatch, sentAs } from "./dispatching"
import { current, number, referenceOf } from "./numbering"
import { compose } from "./parts"
import type { Checked, Sent } from "./results"
import { saidBy } from "./urgency"
import { digestOf, type Version } from "./versions"

/** Send it, finish what an earlier run began, or amend what was sent before. */
export async function announce(
  desk: Desk,
  announcement: Announcement,
  urgency: Urgency | null,
  without: readonly string[] = [],
  draftId: string | null = null,
): Promise<Sent> {
  let known = desk.known.find(announcement, draftId)
  if (known === null || known.reference === null) {
    const checked = check(desk, announcement, { urgency, duplicates: false })
    insist(checked, without)
    if (draftId === null) insistOnRelease(desk)
    known ??= await number(desk, announcement)
    if (known.reference === null) {
      return (await dispatch(desk, [firstVersion(desk, announcement, checked, known, urgency)]))[0]!
    }
  }
  const version = again(desk, known, announcement, urgency, without, draftId !== null)
  if (version === null) return sentAs(desk, current(desk, referenceOf(desk, known)), null, true)
  return (await dispatch(desk, [version]))[0]!
}

/** Give the next version of what was sent from a draft; null where it is the same. */
function again(
  desk: Desk,
  known: DraftOf,
  announcement: Announcement,
  urgency: Urgency | null,
  without: readonly string[],
  released: boolean,
): Version | null {
  const reference = current(desk, referenceOf(desk, known))
  const sentFrom = desk.known.ofReference.get(reference) ?? known
  if (sentFrom.digest === digestOf(announcement)) return null
  if (!released) insistOnRelease(desk)
  return nextVersion(desk, reference, announcement, urgency, without)
}

/** Give version 1 under the draft's number; parts of an earlier run stand. */
function firstVersion(
  desk: Desk,
  announcement: Announcement,
  checked: Checked,
  draft: DraftOf,
  urgency: Urgency | null,
): Version {
  const reference = referenceOf(desk, draft)
  const there = desk.reading.parts(reference)
  const deadlines = new Map(
    [...checked.deadlines].map(([party, at]) => [party, there.get(party)?.part.deadlines ?? at] as const),
  )
  return {
    draft: draft.draft,
    announcement,
    parts: compose(desk, announcement, checked.parties, deadlines, reference),
    urgency: saidBy(announcement, urgency),
    renewed: new Set(deadlines.keys()),
    there: new Set(there.keys()),
    changes: [],
    without: checked.unreachable,
    farewells: new Map(),
  }
}
