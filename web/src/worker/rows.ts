/** Write one consignment as a row of lists. */
import type { ConsignmentRow, DraftRow } from "../api"
import { isReady, ready } from "../codes/code_lists"
import { label } from "../codes/suggest"
import { instantMs } from "../contents/fields"
import type { Desk } from "../desk/desk"
import { standing } from "../desk/urgency"
import { type Consignment, etaMs, etdMs, legShown, shipmentOf, stateAt } from "../views/consignment"
import { ANNOUNCEMENT } from "../contents/prenotification"
import type { DraftOf } from "../views/drafts"
import { flags, replyDueMs } from "../views/flags"
import { urgencyWord } from "../wire/entries"
import type { Here } from "./here"
import { ownLeg } from "./possible"
import { preferences } from "./settings"
import { next } from "./turn"

export function rowOf(here: Here, desk: Desk, one: Consignment): ConsignmentRow {
  const nowMs = here.nowMs()
  const [state, outcome] = stateAt(one, nowMs)
  const said = desk.board.said.get(one.reference) ?? []
  const national = desk.known.ofReference.get(one.reference)?.national_reference ?? null
  const ended = ["CLOSED", "WITHDRAWN", "REPLACED", "EXPIRED"].includes(state)
  const waybills = one.way_legs.flatMap((leg) => [leg.awb, leg.transport_document])
  return {
    reference: one.reference,
    operation: desk.operation.id,
    ...(national === null ? {} : { national_reference: national }),
    kind: one.kind,
    mode: one.mode,
    urgency: urgencyWord(standing(desk, one.reference)),
    state,
    outcome,
    origin: one.origin,
    transit: [...one.transit],
    destination: one.destination,
    our_role: roleOf(desk, one),
    product: productOf(here, one),
    waybills: [...new Set(waybills.filter((bill): bill is string => bill !== null))],
    sent_ms: one.sent_ms,
    etd_ms: etdMs(one),
    eta_ms: etaMs(one),
    version: one.version,
    unread: !ended && here.marks.unread(one.reference, said, desk.party).length > 0,
    late: flags(one, nowMs).map(({ flag, party, since_ms }) => ({ flag, party, since_ms })),
    next_due_ms: nextDueMs(desk, one, nowMs),
    next: next(desk, one),
    legs: one.legs.map((leg) => ({
      party: leg.party,
      role: leg.role,
      state: legShown(leg, (log, party) => here.fetched.of(log, party)),
    })),
  }
}

const CLASSES = "product_classes"
/** Bring in what rows name goods by. */
export const rowsReady = (): Promise<void> => ready(CLASSES)

/** Name a class of goods in the reader's language; who sees one leg is told nothing closer. */
function classOf(here: Pick<Here, "device">, code: string): string {
  return isReady(CLASSES) ? label(CLASSES, code, preferences(here).language) : code
}

interface KeptRow {
  readonly row: ConsignmentRow
  readonly of: string
}
const ROWS = new WeakMap<Consignment, KeptRow>()
const MINUTE_MS = 60_000

/** Give a row as it was written before, while nothing changed that it tells: what was said, fetched, read; the minute. */
export function keptRow(here: Here, desk: Desk, one: Consignment): ConsignmentRow {
  const said = desk.board.said.get(one.reference) ?? []
  const unread = here.marks.unread(one.reference, said, desk.party).length > 0
  const national = desk.known.ofReference.get(one.reference)?.national_reference ?? ""
  const minute = Math.floor(here.nowMs() / MINUTE_MS)
  const of = `${minute} ${said.length} ${here.fetched.version} ${unread} ${national} ${preferences(here).language}`
  const kept = ROWS.get(one)
  if (kept?.of === of) return kept.row
  const row = rowOf(here, desk, one)
  ROWS.set(one, { row, of })
  return row
}

/** Name what goes; the class of it where this Member sees no more. */
export function productOf(here: Pick<Here, "device">, one: Consignment): string {
  return [...new Set(shipmentOf(one).goods.map((line) => line.product ?? classOf(here, line.product_class)))].join(", ")
}

export function roleOf(desk: Desk, one: Consignment): ConsignmentRow["our_role"] {
  if (one.origin === desk.party) return "origin"
  if (one.destination === desk.party) return "destination"
  return one.transit.includes(desk.party) ? "transit" : "observer"
}

/** Give the next instant at which somebody on this consignment is late. */
function nextDueMs(desk: Desk, one: Consignment, nowMs: number): number | null {
  const own = ownLeg(desk, one)
  const legs = own === null ? one.legs : [own]
  const dues = legs.flatMap((leg) => {
    if (leg.deadlines === null || leg.answered_ms !== null || Object.keys(leg.moved).length > 0) return []
    const reply = one.mode === "REPLY" ? replyDueMs(leg, nowMs) : null
    return [leg.acknowledged_ms === null ? instantMs(leg.deadlines.acknowledge_at) : null, reply]
  })
  const known = dues.filter((due): due is number => due !== null)
  return known.length === 0 || !["SENT", "ON_HOLD", "DEPARTED"].includes(one.state) ? null : Math.min(...known)
}

export function draftRow(desk: Desk, draft: DraftOf): DraftRow {
  const form = (draft.announcement?.form ?? {}) as { legs?: { from_place?: string; to_place?: string }[] }
  const legs = form.legs ?? []
  const way = [legs[0]?.from_place, ...legs.map((leg) => leg.to_place)].filter((place) => place !== undefined)
  return {
    id: draft.draft,
    operation: desk.operation.id,
    state: draft.state,
    saved_ms: draft.at_ms,
    person: draft.author,
    title: draft.national_reference ?? draft.reference ?? (way.length > 0 ? way.join(" → ") : draft.draft.slice(0, 8)),
    mine: draft.author === desk.device.uri.person,
    announcement: draft.announcement === null ? {} : { ...ANNOUNCEMENT.dump(draft.announcement) },
    ...(draft.comment === null ? {} : { comment: draft.comment }),
    ...(draft.reference === null ? {} : { reference: draft.reference }),
  }
}
