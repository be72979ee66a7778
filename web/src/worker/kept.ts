/** What was asked for offline and waits: shown to its person, who may take it back. */
import type { KeptAct } from "../api"
import type { ActsOf, Here, QueriesOf } from "./here"
import type { Waiting } from "./intents"
import { readable } from "./lines"
import type { Posting } from "../client/store"
import { ReadMark } from "../contents/read_mark"
import { Receipt } from "../contents/receipt"
import { aboutOf } from "../contents/registry"
import { Title } from "../contents/title"

/** A device says these by itself; nobody asked for them. */
const UNASKED: ReadonlySet<string> = new Set([ReadMark.TYPE, Receipt.TYPE, Title.TYPE])

export const queries: QueriesOf<"kept"> = { kept: waiting }

/**
 * List what a person said or asked for and the server is not known to have, each act once. There is no other count.
 *
 * An act that was cut off stands among what was asked for offline; its sealed posts are not told again.
 */
export function waiting(here: Here): KeptAct[] {
  const asked = here.outbox.waiting()
  const told = new Set(asked.flatMap(({ intent }) => intent.sealed ?? []))
  const posts = new Map<string, Posting>()
  for (const post of here.device.unsentPostings()) {
    const said = post.contents.some(([type]) => !UNASKED.has(type))
    if (said && !told.has(post.act) && !posts.has(post.act)) posts.set(post.act, post)
  }
  return [...asked.map((one) => keptAct(here, one)), ...[...posts.values()].map(sealed)]
}

function sealed({ act, channel, contents }: Posting): KeptAct {
  const [type, body] = contents.find(([type]) => !UNASKED.has(type))!
  const content = readable(type, body)
  const reference = content === null ? null : aboutOf(content)
  return { id: act, act: type, channel, ...(reference === null ? {} : { reference }), asks: false, begun: true }
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
