/** Drafts: of the Member, in its own lane; and of this browser alone, sealed. */
import { ANNOUNCEMENT } from "../contents/prenotification"
import { urgencyFromWord } from "../wire/entries"
import type { ActsOf, Here, QueriesOf } from "./here"
import { draftRow } from "./rows"

const OPEN = ["DRAFT", "PENDING_RELEASE", "RETURNED"]

export const queries: QueriesOf<"drafts"> = {
  drafts: (here) =>
    here.desks
      .all()
      .flatMap((desk) => [...desk.drafts.by_id.values()].filter(isOpen).map((draft) => draftRow(desk, draft)))
      .sort((a, b) => b.saved_ms - a.saved_ms),
}

/** An announcement that is on its way begins as a draft too; what has a reference is sent, whatever its newest text. */
function isOpen(draft: { state: string; reference: string | null }): boolean {
  return OPEN.includes(draft.state) && draft.reference === null
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
  local_draft: (here, { key }) => here.device.shelf.get(`draft ${key}`),

  async save_draft(here, { operation, announcement, id }) {
    const draft = await here.desks.of(operation).saveDraft(ANNOUNCEMENT.check(announcement), id ?? null)
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
    return here.outbox.attempt("release_draft", given, async () => {
      const { operation, id, urgency } = given
      const sent = await here.desks.of(operation).release(id, { urgency: urgencyFromWord(urgency) })
      told(here)
      here.changed("board")
      return { reference: sent.reference }
    })
  },
}

function told(here: Here): void {
  here.changed("drafts", "today")
}
