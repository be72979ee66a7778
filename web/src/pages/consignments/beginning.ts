/** What a form begins with: nothing, the last one, a draft, a call-off of a series, goods that go on, or what was sent. */
import type { AnnouncementInput, DraftRow } from "../../api"
import { client } from "../../ui/client"

export type Task = "new" | "draft" | "amend" | "reroute"
export interface Beginning {
  readonly task: Task
  /** Under which it is kept on this browser. */
  readonly key: string
  readonly operation: string | null
  readonly kind: string
  readonly from: AnnouncementInput | null
  /** What is amended, or replaced. */
  readonly reference: string | null
  readonly draft: DraftRow | null
}

type Query = Readonly<Record<string, string>>

/** Fetch what the address asks for. */
export async function beginning(params: Query, query: Query, operation: string | null): Promise<Beginning> {
  const plain: Beginning = { task: "new", key: "new", operation, kind: "departure", from: null, reference: null, draft: null }
  const of = async (reference: string): Promise<string | null> => (await client().query("consignment", { reference }))?.row.operation ?? null
  const kindOf = (from: AnnouncementInput): string => (typeof from.kind === "string" ? from.kind : "departure")
  if (params.reference !== undefined) {
    const { reference } = params
    const from = await client().query("announcement_of", { reference })
    return { ...plain, task: "amend", key: `amend ${reference}`, operation: await of(reference), kind: kindOf(from), from, reference }
  }
  if (query.reroute !== undefined) {
    const from = await client().query("announcement_of", { reference: query.reroute })
    const again = Object.fromEntries(Object.entries(from).filter(([name]) => name !== "national_reference"))
    return { ...plain, task: "reroute", key: `reroute ${query.reroute}`, operation: await of(query.reroute), kind: kindOf(from), from: again, reference: query.reroute }
  }
  if (query.draft !== undefined) {
    const draft = (await client().query("drafts")).find((one) => one.id === query.draft) ?? null
    if (draft === null) return plain
    return { ...plain, task: "draft", key: `draft ${draft.id}`, operation: draft.operation, kind: kindOf(draft.announcement), from: draft.announcement, draft }
  }
  if (query.callOff !== undefined) {
    const from = await client().query("call_off", { reference: query.callOff })
    return { ...plain, key: `call-off ${query.callOff}`, operation: await of(query.callOff), kind: "call_off", from }
  }
  if (query.onward !== undefined) {
    const page = await client().query("consignment", { reference: query.onward })
    const form = Object.fromEntries(Object.entries(page?.form ?? {}).filter(([name]) => GOES_ON.has(name)))
    const from = { form, tlp: String(page?.view.tlp ?? "TLP:AMBER+STRICT"), relates_to: [query.onward] }
    return { ...plain, key: `onward ${query.onward}`, operation: page?.row.operation ?? operation, kind: "onward", from }
  }
  if (query.from === "last" && operation !== null) {
    const from = await client().query("last_announcement", { operation })
    return { ...plain, key: "last", kind: from === null ? "departure" : kindOf(from), from: from === null ? null : asNew(from) }
  }
  return { ...plain, kind: query.kind ?? "departure" }
}

/** Give what is said again of a new shipment, which has a national number of its own. */
export function asNew(from: AnnouncementInput): AnnouncementInput {
  return Object.fromEntries(Object.entries(from).filter(([name]) => !OWN.has(name)))
}

const OWN = new Set(["national_reference", "overrides", "relates_to"])
const GOES_ON = new Set(["goods", "packages", "temperature", "requests"])
