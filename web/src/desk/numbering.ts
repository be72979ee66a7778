/**
 * Number announcements by the own lane: the place of a draft's first entry there is the number of its reference.
 *
 * An own lane dies with its Member's last device; the next one counts on from behind it (`base`). Of two drafts with
 * one national reference, the first in the lane counts, whichever device wrote it.
 */
import { PratiqueError } from "../client/errors"
import { Draft, NUMBERS } from "../contents/draft"
import type { Announcement } from "../contents/prenotification"
import { type DraftOf, type Drafts, referenceOf as referenceIn } from "../views/drafts"
import type { Desk } from "./desk"
import { newId } from "./kinds"
import { parcel } from "./outward"
import { digestOf } from "./versions"

// Another device of this Member is announcing the same: it is given this long before its work is taken over.
const PATIENCE = 12
const PAUSE_MS = 250

/** The drafts of a Member by what they are known again by. */
export class Known {
  readonly drafts: Drafts
  readonly ofNational = new Map<string, DraftOf>()
  readonly ofReference = new Map<string, DraftOf>()

  constructor(drafts: Drafts) {
    this.drafts = drafts
    for (const one of [...drafts.by_id.values()].sort((a, b) => a.number - b.number)) {
      const national = one.national_reference
      if (national !== null && one.state !== "DISCARDED" && !this.ofNational.has(national)) {
        this.ofNational.set(national, one)
      }
      if (one.reference !== null) this.ofReference.set(one.reference, one)
    }
  }

  /** Give what was begun or sent before: by draft, by national reference, or begun with the same bytes. */
  find(announcement: Announcement, draftId: string | null = null): DraftOf | null {
    if (draftId !== null) return this.drafts.by_id.get(draftId) ?? null
    const national = announcement.national_reference
    if (national !== null) return this.ofNational.get(national) ?? null
    const wanted = digestOf(announcement)
    for (const one of this.drafts.by_id.values()) {
      if (one.state === "DRAFT" && one.announcement !== null && digestOf(one.announcement) === wanted) return one
    }
    return null
  }
}

/**
 * Give what the next draft has to say of the numbers before it: 0, but for the first of a lane that follows others.
 *
 * An own lane that died cannot be read, but its length can: no number of it is higher than that and its own base.
 */
export async function base(desk: Desk): Promise<number> {
  if (desk.drafts.by_id.size === 0) await desk.catchUp()
  if (desk.drafts.by_id.size > 0) return 0
  const sent = [...desk.board.consignments.values()].filter((one) => one.origin === desk.party)
  const numbers = sent.map((one) => Number(one.reference.split("-").at(-2)))
  return Math.max(desk.reading.deadLength, ...numbers) % NUMBERS
}

/** Give the entry that numbers an announcement; `after` is its base. */
export function begin(announcement: Announcement, after = 0): Draft {
  return {
    ...blank(newId(), "DRAFT"),
    national_reference: announcement.national_reference,
    announcement,
    base: after === 0 ? null : after,
  }
}

/** Give a step of a draft that says nothing but its state. */
export function blank(draft: string, state: Draft["state"]): Draft {
  return {
    TYPE: Draft.TYPE,
    draft,
    state,
    national_reference: null,
    announcement: null,
    comment: null,
    reference: null,
    digest: null,
    base: null,
  }
}

/** Post the draft; where another device was first with the same national reference, give that one's. */
export async function number(desk: Desk, announcement: Announcement): Promise<DraftOf> {
  const draft = begin(announcement, await base(desk))
  const own = await desk.outward.ownLane()
  await desk.outward.send([parcel(own, draft)])
  if (announcement.national_reference !== null) await desk.catchUp(own)
  let first = knownAgain(desk, announcement, draft.draft)
  for (let turn = 0; turn < PATIENCE; turn += 1) {
    if (first.draft === draft.draft || first.reference !== null) break
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    await desk.catchUp(own)
    first = knownAgain(desk, announcement, draft.draft)
  }
  if (first.draft !== draft.draft) {
    await desk.outward.send([parcel(own, blank(draft.draft, "DISCARDED"))])
    // What the other one posted is known before anything of it is posted again.
    await desk.catchUp()
    first = knownAgain(desk, announcement, draft.draft)
  }
  return first
}

/** Give the draft that numbers an announcement whose own draft is in the lane. */
export function knownAgain(desk: Desk, announcement: Announcement, draftId: string): DraftOf {
  const found = desk.known.find(announcement, announcement.national_reference === null ? draftId : null)
  if (found === null) {
    const detail = "the draft that was posted does not stand in the own lane"
    throw new PratiqueError("draft_lost", detail, "sync and retry")
  }
  return found
}

/** Give the reference of a draft. */
export function referenceOf(desk: Desk, draft: DraftOf): string {
  return referenceIn(desk.drafts, draft.draft, desk.operation.terms.code, desk.party)
}

/** Give the reference under which a consignment goes on after it was re-routed by this Member. */
export function current(desk: Desk, reference: string): string {
  const seen = new Set([reference])
  let at = reference
  for (;;) {
    const next = desk.board.consignments.get(at)?.replaced_by ?? null
    if (next === null || seen.has(next) || !desk.known.ofReference.has(next)) return at
    at = next
    seen.add(at)
  }
}

/**
 * Give the id of the draft that a reference was sent from; null where it died with an earlier own lane.
 *
 * Throws no_draft, where this device cannot read the own lane yet
 */
export function draftOf(desk: Desk, reference: string): string | null {
  const draft = desk.known.ofReference.get(reference)
  if (draft !== undefined) return draft.draft
  if (desk.reading.ownLaneRead) return null
  throw new PratiqueError("no_draft", `the own lane holds no record of ${reference}`, "sync and try again")
}

/** Give what an announcement was sent as before, and as which version it stands; null where it was not. */
export function sentBefore(
  desk: Desk,
  announcement: Announcement,
): { reference: string; version: number; same: boolean } | null {
  const known = desk.known.find(announcement)
  if (known === null || known.reference === null) return null
  const reference = current(desk, referenceOf(desk, known))
  const { digest } = desk.known.ofReference.get(reference) ?? known
  const version = desk.board.consignments.get(reference)?.version ?? 0
  return { reference, version, same: digest === digestOf(announcement) }
}
