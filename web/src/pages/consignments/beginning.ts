/** What a form begins with: nothing, the last one, a draft, a call-off of a series, goods that go on, or what was sent. */
import type { Announced, AnnouncementInput, ConsignmentPage, DraftRow, Urgency } from "../../api"
import { client } from "../../ui/client"
import { legsOf } from "./one/page"

export type Task = "new" | "draft" | "amend" | "reroute"
export interface Beginning {
  readonly task: Task
  /** Under which it is kept on this browser. */
  readonly key: string
  readonly operation: string | null
  readonly kind: string
  readonly from: AnnouncementInput | null
  /** How soon what it begins with should be read. */
  readonly urgency: Urgency
  /** What is amended, or replaced. */
  readonly reference: string | null
  /** What stands now, where that is changed. */
  readonly was: Announced | null
  readonly draft: DraftRow | null
}

type Query = Readonly<Record<string, string>>

/** Fetch what the address asks for. */
export async function beginning(params: Query, query: Query, operation: string | null): Promise<Beginning> {
  const plain: Beginning = { task: "new", key: "new", operation, kind: "departure", from: null, urgency: "routine", reference: null, was: null, draft: null }
  const of = async (reference: string): Promise<string | null> => (await client().query("consignment", { reference }))?.row.operation ?? null
  const kindOf = (from: AnnouncementInput): string => (typeof from.kind === "string" ? from.kind : "departure")
  if (params.reference !== undefined) {
    const { reference } = params
    const was = await client().query("announcement_of", { reference })
    const { announcement: from, urgency } = was
    return { ...plain, task: "amend", key: `amend ${reference}`, operation: await of(reference), kind: kindOf(from), from, urgency, reference, was }
  }
  if (query.reroute !== undefined) {
    const page = await client().query("consignment", { reference: query.reroute })
    // A transit Member cannot say again what it was not told: it goes on from where it is, with what it sees.
    if (page?.row.our_role === "transit") return { ...plain, ...goesOn(page, query.reroute, await ownCountry()), task: "reroute", key: `reroute ${query.reroute}`, reference: query.reroute }
    const { announcement: from, urgency } = await client().query("announcement_of", { reference: query.reroute })
    const again = Object.fromEntries(Object.entries(from).filter(([name]) => name !== "national_reference"))
    return { ...plain, task: "reroute", key: `reroute ${query.reroute}`, operation: await of(query.reroute), kind: kindOf(from), from: again, urgency, reference: query.reroute }
  }
  if (query.draft !== undefined) {
    const draft = (await client().query("drafts")).find((one) => one.id === query.draft) ?? null
    if (draft === null) return plain
    const reference = draft.reference ?? null
    const was = reference === null ? null : await client().query("announcement_of", { reference })
    const said = urgencySaid(draft.announcement)
    // A change is as soon to be read as what it changes, but for an urgency that has lost its reason.
    const urgency = said === "routine" && was !== null && was.urgency !== "urgent" ? was.urgency : said
    return { ...plain, task: "draft", key: `draft ${draft.id}`, operation: draft.operation, kind: kindOf(draft.announcement), from: draft.announcement, urgency, reference, was, draft }
  }
  if (query.callOff !== undefined) {
    const { announcement: from, urgency } = await client().query("call_off", { reference: query.callOff })
    return { ...plain, key: `call-off ${query.callOff}`, operation: await of(query.callOff), kind: "call_off", from, urgency }
  }
  if (query.onward !== undefined) {
    const page = await client().query("consignment", { reference: query.onward })
    return page === null ? plain : { ...plain, ...goesOn(page, query.onward, page.row.destination), key: `onward ${query.onward}` }
  }
  if (query.from === "last" && operation !== null) {
    const last = await client().query("last_announcement", { operation })
    return last === null ? { ...plain, key: "last" }
      : { ...plain, key: "last", kind: kindOf(last.announcement), from: asNew(last.announcement), urgency: last.urgency }
  }
  return { ...plain, kind: query.kind ?? "departure" }
}

/** Say how urgent a draft was written: who gives a reason for it calls it urgent. */
export function urgencySaid(draft: AnnouncementInput): Urgency {
  return typeof draft.urgency_reason === "string" && draft.urgency_reason !== "" ? "urgent" : "routine"
}

/** Begin with goods that go on from where this Member is: what it was told of them, and the legs that it begins. */
function goesOn(page: ConsignmentPage, reference: string, country: string): Pick<Beginning, "operation" | "kind" | "from" | "urgency"> {
  const form = Object.fromEntries(Object.entries(page.form).filter(([name]) => GOES_ON.has(name)))
  const legs = legsOf(page)
  const first = legs.findIndex((leg) => leg.from_place.slice(0, 2).toLowerCase() === country)
  const last = legs.findLast((leg) => leg.to_place.slice(0, 2).toLowerCase() === country)
  const onward = first > 0 ? legs.slice(first) : last === undefined ? [] : [{ from_place: last.to_place }]
  const tlp = String(page.view.tlp ?? "TLP:AMBER+STRICT")
  const why = page.urgency_reason === null ? {} : { urgency_reason: page.urgency_reason }
  const from = { form: { ...form, legs: onward }, tlp, relates_to: [reference], ...why }
  return { operation: page.row.operation, kind: "onward", from, urgency: page.row.urgency }
}
const ownCountry = async (): Promise<string> => (await client().query("session")).party ?? ""

/** Give what is said again of a new shipment, which has a national number of its own. */
export function asNew(from: AnnouncementInput): AnnouncementInput {
  return Object.fromEntries(Object.entries(from).filter(([name]) => !OWN.has(name)))
}

const OWN = new Set(["national_reference", "overrides", "relates_to"])
const GOES_ON = new Set(["goods", "packages", "temperature", "requests"])
