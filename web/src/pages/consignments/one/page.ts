/** What the page of one consignment reads out of its answer, by name. */
import type { Act, ConsignmentPage, TimelineLine } from "../../../api"
import { formatNumber, t } from "../../../i18n/i18n.svelte"
import { isObject } from "../../../templates/paths"
import { plainText } from "../words"

/** One addressee, as `consignment_json` of the shared views has it. */
export interface LegView {
  readonly party: string
  readonly role: "transit" | "destination"
  readonly state: string
  readonly answer: string | null
  readonly answer_text: string | null
  readonly opened_ms: number | null
  readonly acknowledged_ms: number | null
  readonly answered_ms: number | null
  readonly acknowledge_at: string | null
  readonly reply_at: string | null
  readonly reply_due_ms: number | null
  readonly queries: readonly { id: string; text: string; at_ms: number; reply: string | null; replied_ms: number | null }[]
  readonly moved: Readonly<Record<string, string>>
}
export interface LotView {
  readonly batch: string
  readonly announced_doses: number | null
  readonly counted_doses: number | null
  readonly announced_vials: number | null
  readonly counted_vials: number | null
  readonly damaged_doses: number
  readonly temperature: string | null
}
export interface VersionView {
  readonly version: number
  readonly at_ms: number
  readonly changes: readonly { path: string; before: unknown; after: unknown; material: boolean }[]
}
export interface View {
  readonly tlp: string
  readonly mode: string
  readonly way: readonly string[]
  readonly departed_at: string | null
  readonly closed_ms: number | null
  readonly replaced_by: string | null
  readonly relates_to: readonly string[]
  readonly hold: { party: string | null; state: string; text: string | null } | null
  readonly legs: readonly LegView[]
  readonly lots: readonly LotView[]
  readonly versions: readonly VersionView[]
  readonly reconciliation: Readonly<Record<string, unknown>> | null
}
/** One stretch of the way, as the form has it. */
export interface LegForm {
  readonly mode?: string
  readonly from_place: string
  readonly to_place: string
  readonly etd_at?: string
  readonly eta_at?: string
  readonly carrier?: string
  readonly flight?: string
  readonly voyage?: string
  readonly vessel?: string
  readonly vehicle?: string
  readonly awb?: string
  readonly transport_document?: string
  readonly container?: string
  readonly seals?: readonly string[]
  readonly imo?: string
  readonly office_of_exit?: string
  readonly office_of_entry?: string
}

export function viewOf(page: ConsignmentPage): View {
  return page.view as unknown as View
}

/** Give the legs of the form with what transit Members reported since. */
export function legsOf(page: ConsignmentPage): LegForm[] {
  const legs = Array.isArray(page.form.legs) ? (page.form.legs as LegForm[]) : []
  const updates = page.timeline.filter((line) => line.type === "leg_update" && line.mark === undefined && Array.isArray(line.content?.legs))
  return legs.map((leg) =>
    updates.reduce<LegForm>((now, line) => {
      const found = (line.content?.legs as LegForm[]).find((one) => one.from_place === leg.from_place && one.to_place === leg.to_place)
      const told = Object.entries(found ?? {}).filter(([, value]) => value !== null && value !== undefined)
      return found === undefined || line.at_ms < newestPart(page) ? now : { ...now, ...Object.fromEntries(told) }
    }, leg),
  )
}

/** Give who changed a leg since the newest version, and when; null where it stands as the departure Member sent it. */
export function legNews(page: ConsignmentPage, leg: LegForm): { party: string; at_ms: number } | null {
  const line = page.timeline.findLast((line) => line.type === "leg_update" && line.mark === undefined && line.at_ms >= newestPart(page)
    && ((line.content?.legs ?? []) as LegForm[]).some((one) => one.from_place === leg.from_place && one.to_place === leg.to_place))
  return line === undefined ? null : { party: line.party, at_ms: line.at_ms }
}

/** Say of a series how long it runs and how much of it was called off; nothing of anything else. */
export function seriesText(page: ConsignmentPage): string {
  const { from, until, shipments } = isObject(page.form.series) ? page.form.series : {}
  if (page.row.kind !== "series" || typeof from !== "string" || typeof until !== "string") return ""
  const done = page.links.filter((one) => one.why === "call_off_later").length
  return ` · ${plainText(from)} – ${plainText(until)} · ${t("consignments.called_off", { count: done })}${typeof shipments === "number" ? ` / ${formatNumber(shipments)}` : ""}`
}

/** Give when its newest version came. */
export function newestPart(page: ConsignmentPage): number {
  return viewOf(page).versions.at(-1)?.at_ms ?? 0
}

export function linesOf(form: Readonly<Record<string, unknown>>): Record<string, unknown>[] {
  return Array.isArray(form.goods) ? (form.goods as unknown[]).filter(isObject) : []
}

export type Can = ConsignmentPage["can"][number]
export function canOf(page: ConsignmentPage, act: Act): Can | undefined {
  return page.can.find((one) => one.act === act && one.refused === undefined)
}

/** Give when an addressee opened it: who acknowledged, answered or asked since the newest version has, by then. */
export function openedMs(leg: LegView, sinceMs = 0): number | null {
  const asked = leg.queries.map((query) => query.at_ms).filter((at) => at >= sinceMs)
  const seen = [leg.opened_ms, leg.acknowledged_ms, leg.answered_ms, ...asked]
  const known = seen.filter((at): at is number => at !== null)
  return known.length === 0 ? null : Math.min(...known)
}

/** Say whether this Member took note of a version before: only then is it asked to do so again. */
export function tookNote(page: ConsignmentPage, own: string): boolean {
  return page.timeline.some((line) => line.party === own && (line.type === "acknowledgement" || line.type === "answer") && line.mark === undefined)
}

/** Give the request of the departure Member to reopen it that nobody agreed to yet; an older closing's is history. */
export function reopeningAsked(page: ConsignmentPage): TimelineLine | undefined {
  const { state } = page.row
  const closed = viewOf(page).closed_ms ?? 0
  return state !== "CLOSED" ? undefined : page.timeline.findLast((line) => line.mark === "not_agreed_by_ocu" && line.at_ms >= closed)
}

/** Give the word that opened it again, for as long as it is open: what it was counted as stands no more. */
export function reopened(page: ConsignmentPage): TimelineLine | undefined {
  if (!["SENT", "ON_HOLD", "DEPARTED", "ARRIVED"].includes(page.row.state)) return undefined
  return page.timeline.findLast((line) => line.type === "reopening" && line.mark === undefined && line.kind === "content")
}

const PAUSE_AT_MOST_MS = 24 * 3_600_000
/** Give by when a question wants its reply: the first one stops the asker's clock, for a day at most. */
export function replyBy(leg: LegView, query: LegView["queries"][number]): number | null {
  const first = leg.queries[0]?.id === query.id && leg.reply_at !== null && query.at_ms < Date.parse(leg.reply_at)
  return first ? query.at_ms + PAUSE_AT_MOST_MS : null
}

/** Give which addressees have the newest version: the server says so of their own part's lane, or something they did. */
export function haveIt(page: ConsignmentPage): Set<string> {
  const { legs } = viewOf(page)
  // The destination sits beside each transit Member too; its own part stands in the goods lane alone.
  const theirs = (party: string, part: string): boolean =>
    page.sees !== "goods" || part === "goods" || legs.some((leg) => leg.party === party && leg.role === "transit")
  const fetched = page.lanes.flatMap((lane) => lane.readers.filter((one) => one.delivered && theirs(one.party, lane.part)).map((one) => one.party))
  const acted = legs.filter((leg) => openedMs(leg, newestPart(page)) !== null).map((leg) => leg.party)
  return new Set([...fetched, ...acted])
}

/** Say where it is now on its way: 0 at the first place, 1.5 in the middle of the second leg; null where nobody knows. */
export function placeNow(page: ConsignmentPage, nowMs: number): { at: number; guessed: boolean } | null {
  const view = viewOf(page)
  const legs = legsOf(page)
  const { state } = page.row
  if (legs.length === 0) return null
  if (state === "ARRIVED" || (state === "CLOSED" && page.row.outcome !== "NOT_ARRIVED")) return { at: legs.length, guessed: false }
  if (state === "SENT" || state === "ON_HOLD" || state === "EXPIRED") return { at: 0, guessed: false }
  if (state !== "DEPARTED") return null
  const stop = (party: string): number => legs.findIndex((leg) => leg.to_place.slice(0, 2).toLowerCase() === party) + 1
  let from = 0
  for (const leg of view.legs) {
    if (leg.role !== "transit" || stop(leg.party) === 0) continue
    if (leg.moved.TRANSIT_OUT !== undefined) from = Math.max(from, stop(leg.party))
    else if (leg.moved.TRANSIT_IN !== undefined) return { at: stop(leg.party), guessed: false }
  }
  // Nobody tells where it is under way: the schedule does, within the leg that was last begun.
  for (let at = from; at < legs.length; at += 1) {
    const [leaves, arrives] = [Date.parse(legs[at]?.etd_at ?? ""), Date.parse(legs[at]?.eta_at ?? "")]
    if (!Number.isFinite(leaves) || !Number.isFinite(arrives)) return { at: at + 0.5, guessed: true }
    if (nowMs < arrives) return { at: at + Math.min(0.95, Math.max(at === from ? 0.05 : 0, (nowMs - leaves) / (arrives - leaves))), guessed: true }
  }
  return { at: legs.length - 0.05, guessed: true }
}

/** Put together why each other reference belongs to it. */
export function linked(links: readonly { reference: string; why: string }[]): [reference: string, whys: string[]][] {
  const found = new Map<string, string[]>()
  for (const { reference, why } of links) found.set(reference, [...(found.get(reference) ?? []), why])
  return [...found]
}
