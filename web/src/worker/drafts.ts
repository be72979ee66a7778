/** Drafts: of the Member, in its own lane; and of this browser alone, sealed. */
import { PratiqueError } from "../client/errors"
import { ANNOUNCEMENT } from "../contents/prenotification"
import { draftOf } from "../desk/numbering"
import { digestOf } from "../desk/versions"
import { urgencyFromWord } from "../wire/entries"
import type { ActsOf, Here, QueriesOf } from "./here"
import { draftRow } from "./rows"
import { unsent } from "./sending"

const OPEN = ["DRAFT", "PENDING_RELEASE", "RETURNED"]

export const queries: QueriesOf<"drafts"> = {
  drafts: (here) =>
    here.desks
      .all()
      .flatMap((desk) => [...desk.drafts.by_id.values()].filter(isOpen).map((draft) => draftRow(desk, draft)))
      .sort((a, b) => b.saved_ms - a.saved_ms),
}

/** An announcement that is on its way begins as a draft too; of what was sent, only a change that waits for a person is one. */
function isOpen(draft: { state: string; reference: string | null }): boolean {
  return OPEN.includes(draft.state) && (draft.reference === null || draft.state !== "DRAFT")
}

export const acts: ActsOf<
  | "save_local_draft"
  | "local_draft"
  | "save_draft"
  | "submit_draft"
  | "give_back_draft"
  | "discard_draft"
  | "release_draft"
> = {
  save_local_draft: (here, { key, value }) => here.device.shelf.put(`draft ${key}`, value),
  local_draft: (here, { key }) => unsent(here, key),

  async save_draft(here, { operation, announcement, id, reference }) {
    const desk = here.desks.of(operation)
    const of = reference === undefined ? (id ?? null) : draftOf(desk, reference)
    if (reference !== undefined && of === null) {
      throw new PratiqueError("no_draft", `the draft of ${reference} was lost with an earlier own lane`, "withdraw it and announce it anew")
    }
    const draft = await desk.saveDraft(ANNOUNCEMENT.check(announcement), of)
    told(here)
    return { id: draft }
  },

  async submit_draft(here, { operation, id }) {
    await here.desks.of(operation).submit(id)
    told(here)
  },

  async give_back_draft(here, { operation, id, comment }) {
    await here.desks.of(operation).giveBack(id, comment)
    told(here)
  },

  async discard_draft(here, { operation, id }) {
    await here.desks.of(operation).discard(id)
    told(here)
  },

  release_draft(here, given) {
    const { operation, id, urgency } = given
    const text = (): string => wordsOf(here, operation, id)
    // Kept for later, it releases what its person has read, and nothing that a colleague wrote since.
    const read = (given as { read?: unknown }).read ?? text()
    return here.outbox.attempt("release_draft", { ...given, read }, async () => {
      if (read !== text()) throw new PratiqueError("draft_changed", "the draft was changed meanwhile", "read it, then release it")
      const sent = await here.desks.of(operation).release(id, { urgency: urgencyFromWord(urgency) })
      told(here)
      here.changed("board")
      return { reference: sent.reference }
    })
  },
}

/** Give the digest of what a draft announces just now; empty where it announces nothing. */
export function wordsOf(here: Here, operation: string, id: string): string {
  const announcement = here.desks.of(operation).drafts.by_id.get(id)?.announcement ?? null
  return announcement === null ? "" : digestOf(announcement)
}

function told(here: Here): void {
  here.changed("drafts", "today")
}
