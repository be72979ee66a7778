/** Keep drafts in the Member's own lane, where a second pair of eyes can see them before they are sent. */
import { PratiqueError } from "../client/errors"
import type { OpenedEntry } from "../client/opened"
import { Draft } from "../contents/draft"
import type { Policy } from "../contents/policy"
import type { Announcement } from "../contents/prenotification"
import { type DraftOf, fold } from "../views/drafts"
import { Kind, Urgency } from "../wire/entries"
import { announce } from "./announcing"
import type { Desk } from "./desk"
import { base, begin, blank } from "./numbering"
import { parcel } from "./outward"
import { replaceOld } from "./rerouting"
import type { Sent } from "./results"

/** Written anew after it was sent, a draft becomes the next version of what was sent. */
export const OPEN: readonly string[] = ["DRAFT", "RETURNED"]

/** Keep a new draft, or the next text of one: of the one named, or of the one with this national reference. */
export async function save(desk: Desk, announcement: Announcement, draftId: string | null): Promise<string> {
  const draft = begin(announcement, await base(desk))
  const national = announcement.national_reference ?? ""
  const known = draftId === null ? desk.known.ofNational.get(national) : find(desk, draftId)
  const named = known === undefined ? draft : { ...draft, draft: known.draft }
  await say(desk, named)
  return named.draft
}

/** Hand a draft in for release; throws no_draft, wrong_state. */
export async function submit(desk: Desk, draftId: string): Promise<void> {
  if (!desk.drafts.policy.four_eyes) {
    throw new PratiqueError("wrong_state", "your Member does not ask for four eyes", "release it: that sends it")
  }
  await say(desk, blank(find(desk, draftId).draft, "PENDING_RELEASE"))
}

/** Return it to its author. */
export async function giveBack(desk: Desk, draftId: string, comment: string): Promise<void> {
  await say(desk, Draft.check({ draft: find(desk, draftId).draft, state: "RETURNED", comment }))
}

/** Put it away. */
export async function discard(desk: Desk, draftId: string): Promise<void> {
  await say(desk, blank(find(desk, draftId).draft, "DISCARDED"))
}

/** Send it; another way replaces the old one. Throws not_released, wrong_state, and what announcing throws. */
export async function release(
  desk: Desk,
  draftId: string,
  urgency: Urgency | null,
  without: readonly string[] = [],
): Promise<Sent> {
  const draft = find(desk, draftId)
  if (draft.announcement === null || ![...OPEN, "PENDING_RELEASE", "SENT"].includes(draft.state)) {
    const detail = `draft ${draft.draft.slice(0, 8)} is ${draft.state} and is not sent`
    throw new PratiqueError("wrong_state", detail, LIST)
  }
  if (draft.state !== "SENT" && desk.drafts.policy.four_eyes) {
    if (draft.state !== "PENDING_RELEASE") {
      throw new PratiqueError("not_released", REASONS.not_released!, "submit it first")
    }
    if (draft.author === desk.device.uri.person) {
      const detail = "you wrote this draft; your Member wants another person to release it"
      throw new PratiqueError("not_released", detail, "ask a colleague")
    }
  }
  const sent = await announce(desk, draft.announcement, urgency, without, draft.draft)
  await replaceOld(desk, sent, draft.announcement)
  return sent
}

/** Set the Member's own rules. */
export async function setPolicy(desk: Desk, policy: Policy): Promise<void> {
  await desk.outward.send([parcel(await desk.outward.ownLane(), policy)])
}

/** Give a draft by its id, or by a beginning that no other has; throws no_draft. */
export function find(desk: Desk, draftId: string): DraftOf {
  const found = [...desk.drafts.by_id]
    .filter(([name]) => name.startsWith(draftId) && draftId.length >= LEAST)
    .map(([, one]) => one)
  if (found.length !== 1) {
    const what = found.length > 0 ? "several drafts begin" : "no draft begins"
    throw new PratiqueError("no_draft", `${what} with ${draftId}`, LIST)
  }
  return found[0]!
}

/** Post one step, if the Member's own rules let it. */
async function say(desk: Desk, draft: Draft): Promise<void> {
  const own = await desk.outward.ownLane()
  const { uri } = desk.device
  const seq = (desk.drafts.steps.at(-1)?.seq ?? 0) + 1
  const trial: OpenedEntry = {
    channel: own,
    seq,
    kind: Kind.APPLICATION,
    at_ms: desk.nowMs(),
    device: uri.toString(),
    party: uri.party,
    epoch: 0,
    post_id: "0".repeat(32),
    urgency: Urgency.ROUTINE,
    type: Draft.TYPE,
    body: Draft.write(draft),
    problem: null,
  }
  const last = fold(desk.drafts, [trial]).by_id.get(draft.draft)?.marks.at(-1)
  const mark = last?.seq === seq ? last.mark : null
  if (mark !== null) {
    throw new PratiqueError(mark === "out_of_turn" ? "wrong_state" : mark, REASONS[mark] ?? mark, LIST)
  }
  await desk.outward.send([parcel(own, draft)])
}

const LEAST = 4
const LIST = "the list of drafts shows where each stands"
const REASONS: Readonly<Record<string, string>> = {
  out_of_turn: "this does not follow from where the draft stands",
  not_the_author: "only its author hands a draft in",
  not_the_releaser: "only another person of the NCP gives a draft back",
  not_released: "your Member wants another person to release this draft",
}
