/** A Member's own lane: its drafts up to their release (transitions 1 to 3), its numbering and its policy. */
import type { OpenedEntry } from "../client/opened"
import { ContentRefused } from "../contents/content"
import { Draft, type DraftState, NUMBERS } from "../contents/draft"
import { makeReference } from "../contents/fields"
import { Policy } from "../contents/policy"
import type { Announcement } from "../contents/prenotification"
import { DeviceUri } from "../wire/identity"

export const NCP = "ncp"
const BEFORE: Readonly<Record<DraftState, readonly DraftState[]>> = {
  DRAFT: ["DRAFT", "RETURNED", "SENT"],
  PENDING_RELEASE: ["DRAFT", "RETURNED"],
  RETURNED: ["PENDING_RELEASE"],
  SENT: ["DRAFT", "RETURNED", "PENDING_RELEASE", "SENT"],
  DISCARDED: ["DRAFT", "RETURNED", "PENDING_RELEASE"],
}

/** One content of the own lane, by which person of which office; `mark` says why it did not count. */
export interface Step {
  readonly seq: number
  readonly at_ms: number
  readonly office: string
  readonly person: string
  readonly content: Draft | Policy
  readonly mark: string | null
}

/** One draft as it stands. */
export interface DraftOf {
  readonly draft: string
  /** By its first entry, as `begun_ms`; both give its reference. */
  readonly number: number
  readonly begun_ms: number
  readonly state: DraftState
  /** The person who wrote it last. */
  readonly author: string
  /** Of its newest step. */
  readonly at_ms: number
  readonly announcement: Announcement | null
  readonly national_reference: string | null
  readonly comment: string | null
  readonly reference: string | null
  /** Of the announcement last sent. */
  readonly digest: string | null
  readonly marks: readonly Step[]
}

/** Everything in the own lane but claims. */
export interface Drafts {
  readonly steps: readonly Step[]
  readonly by_id: ReadonlyMap<string, DraftOf>
  /** National reference → draft; of several, the one begun first. */
  readonly by_national: ReadonlyMap<string, string>
  readonly policy: Policy
  /** What the first draft says of the numbers before it; later ones have no say. */
  readonly base: number
}

type Heard = Pick<OpenedEntry, "seq" | "at_ms" | "device" | "type" | "body" | "problem">

export function newDrafts(): Drafts {
  return { steps: [], by_id: new Map(), by_national: new Map(), policy: Policy.check({}), base: 0 }
}

/** Give the draft that carries a national reference. */
export function ofNational(drafts: Drafts, reference: string): DraftOf | null {
  return drafts.by_id.get(drafts.by_national.get(reference) ?? "") ?? null
}

/** Give the number of a draft: base and place of its first entry in the own lane; null before it is there. */
export function numberOf(drafts: Drafts, draft: string): number | null {
  return drafts.by_id.get(draft)?.number ?? null
}

/** Give the reference under which a draft is sent; throws `RangeError` before its first entry is there. */
export function referenceOf(drafts: Drafts, draft: string, code: string, country: string): string {
  const known = drafts.by_id.get(draft)
  if (known === undefined) throw new RangeError("the draft has no entry in the own lane yet")
  const year = new Date(known.begun_ms).getUTCFullYear()
  return known.reference ?? makeReference(code, country, year, known.number % NUMBERS)
}

/** Fold opened entries of the own lane, in whatever order they come in. */
export function fold(drafts: Drafts, entries: Iterable<Heard>): Drafts {
  const last = drafts.steps.at(-1)?.seq ?? 0
  const known = new Set(drafts.steps.map((step) => step.seq))
  const read = new Map<number, Step>()
  for (const entry of entries) {
    const step = stepOf(entry)
    if (step !== null && !known.has(step.seq)) read.set(step.seq, step)
  }
  const fresh = [...read.values()].sort(bySeq)
  const first = fresh[0]
  if (first === undefined) return drafts
  // Something earlier could only now be read: tell everything anew.
  return first.seq < last ? told(newDrafts(), [...drafts.steps, ...fresh].sort(bySeq)) : told(drafts, fresh)
}

function told(drafts: Drafts, fresh: readonly Step[]): Drafts {
  const byId = new Map(drafts.by_id)
  const byNational = new Map(drafts.by_national)
  let { policy, base } = drafts
  for (const step of fresh) {
    if (step.content.TYPE === "policy") {
      policy = step.content
      continue
    }
    const { draft } = step.content
    if (byId.size === 0) base = step.content.base ?? 0
    const next = toldOne(byId.get(draft) ?? null, step, step.content, policy, base)
    if (next === null) continue
    byId.set(draft, next)
    name(byId, byNational, next)
  }
  const steps = [...drafts.steps, ...fresh]
  return { steps, by_id: byId, by_national: byNational, policy, base: byId.size > 0 ? base : 0 }
}

/** Keep which draft carries a national reference. */
function name(byId: ReadonlyMap<string, DraftOf>, byNational: Map<string, string>, one: DraftOf): void {
  const national = one.national_reference
  if (national === null) return
  const named = byNational.get(national)
  if (one.state !== "DISCARDED") {
    const first = byId.get(named ?? "")
    if (first === undefined || first.state === "DISCARDED" || one.number < first.number) {
      byNational.set(national, one.draft)
    }
  } else if (named === one.draft) {
    byNational.delete(national)
    const rest = [...byId.values()].filter((each) => each.national_reference === national && each.state !== "DISCARDED")
    const next = rest.sort((a, b) => a.number - b.number)[0]
    if (next !== undefined) byNational.set(national, next.draft)
  }
}

/** Take one step of a draft; one that may not be leaves it as it was, with a mark. */
function toldOne(before: DraftOf | null, step: Step, said: Draft, policy: Policy, base: number): DraftOf | null {
  if (before === null && said.state !== "DRAFT") return null
  const mark = before === null ? null : unfit(before, step, said, policy)
  if (before !== null && mark !== null) return { ...before, marks: [...before.marks, { ...step, mark }] }
  const one = before ?? begun(step, said, base)
  return {
    ...one,
    // What was sent and is written anew stays sent when the new text is thrown away.
    state: said.state === "DISCARDED" && one.reference !== null ? "SENT" : said.state,
    author: said.state === "DRAFT" ? step.person : one.author,
    at_ms: step.at_ms,
    announcement: said.announcement ?? one.announcement,
    national_reference: said.national_reference ?? one.national_reference,
    comment: said.comment,
    reference: said.reference ?? one.reference,
    digest: said.digest ?? one.digest,
  }
}

function begun(step: Step, said: Draft, base: number): DraftOf {
  return {
    draft: said.draft,
    number: base + step.seq,
    begun_ms: step.at_ms,
    state: "DRAFT",
    author: step.person,
    at_ms: step.at_ms,
    announcement: null,
    national_reference: null,
    comment: null,
    reference: null,
    digest: null,
    marks: [],
  }
}

function unfit(one: DraftOf, step: Step, said: Draft, policy: Policy): string | null {
  if (!BEFORE[said.state].includes(one.state)) return "out_of_turn"
  const another = step.person !== one.author
  if (said.state === "PENDING_RELEASE") {
    return policy.four_eyes ? (another ? "not_the_author" : null) : "out_of_turn"
  }
  if (said.state === "RETURNED") return step.office === NCP && another ? null : "not_the_releaser"
  if (said.state === "SENT" && policy.four_eyes && one.state !== "SENT") {
    return one.state === "PENDING_RELEASE" && another ? null : "not_released"
  }
  return null
}

function bySeq(one: Step, other: Step): number {
  return one.seq - other.seq
}

function stepOf(entry: Heard): Step | null {
  const form = entry.type === Draft.TYPE ? Draft : entry.type === Policy.TYPE ? Policy : null
  if (entry.problem !== null || form === null) return null
  try {
    const content = form.read(entry.body)
    const { office, person } = DeviceUri.parse(entry.device)
    return { seq: entry.seq, at_ms: entry.at_ms, office, person, content, mark: null }
  } catch (refused) {
    if (refused instanceof ContentRefused) return null
    throw refused
  }
}
