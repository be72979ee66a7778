/** What was asked for offline and waits: shown to its person, who may take it back. */
import type { KeptAct } from "../api"
import type { ActsOf, Here, QueriesOf } from "./here"
import type { Waiting } from "./intents"

export const queries: QueriesOf<"kept"> = {
  kept: (here) => here.outbox.waiting().map((one) => keptAct(here, one)),
}

export const acts: ActsOf<"send_kept" | "discard_kept"> = {
  async send_kept(here, { id }) {
    await here.outbox.allow(id)
    here.changed("sync")
    await here.syncNow()
  },

  async discard_kept(here, { id }) {
    await here.outbox.discard(id)
    here.changed("sync")
  },
}

/** What an intent was given, as far as it is shown. */
interface Given {
  readonly reference?: string
  readonly operation?: string
  readonly type?: string
  readonly id?: string
  readonly announcement?: { readonly national_reference?: string | null }
}

function keptAct(here: Here, { id, intent, asks }: Waiting): KeptAct {
  const given = intent.given as Given
  const draft = intent.name === "release_draft" && given.operation !== undefined && given.id !== undefined
  const national = draft
    ? here.desks.of(given.operation!).drafts.by_id.get(given.id!)?.national_reference
    : given.announcement?.national_reference
  return {
    id,
    act: intent.name === "report" ? (given.type ?? "") : intent.name,
    ...(given.reference === undefined ? {} : { reference: given.reference }),
    ...(national == null ? {} : { national_reference: national }),
    at_ms: intent.at_ms,
    asks,
    begun: intent.sealed !== undefined,
  }
}
