/** One consignment as other programs read it. */
import {
  type Consignment,
  etaMs,
  etdMs,
  lapsesMs,
  type LegState,
  part,
  type Said,
  stateAt,
  type VersionOf,
  way,
} from "./consignment"
import { flags, replyDueMs } from "./flags"

/** Give everything known of one consignment at an instant, with what is late. */
export function consignmentJson(one: Consignment, nowMs: number): Record<string, unknown> {
  const [state, outcome] = stateAt(one, nowMs)
  return {
    reference: one.reference,
    kind: one.kind,
    mode: one.mode,
    tlp: one.tlp,
    state,
    outcome,
    origin: one.origin,
    transit: one.transit,
    destination: one.destination,
    sent_ms: one.sent_ms,
    version: one.version,
    sees: part(one).part,
    way: way(one),
    etd_ms: etdMs(one),
    eta_ms: etaMs(one),
    departed_at: one.departed_at,
    closed_ms: state === one.state ? one.closed_ms : lapsesMs(one),
    relates_to: one.relates_to,
    replaced_by: one.replaced_by,
    hold: one.hold,
    legs: one.legs.map((leg) => legJson(leg, nowMs)),
    lots: one.lots,
    versions: one.versions.map(versionJson),
    reconciliation: one.reconciliation === null ? null : without(one.reconciliation),
    late: flags(one, nowMs).map(({ flag, party, since_ms }) => ({ flag, party, since_ms })),
    marks: one.marks.map(markJson),
  }
}

function legJson(leg: LegState, nowMs: number): Record<string, unknown> {
  return {
    party: leg.party,
    role: leg.role,
    state: leg.state,
    answer: leg.answer,
    answer_text: leg.answer_text,
    opened_ms: leg.opened_ms,
    acknowledged_ms: leg.acknowledged_ms,
    answered_ms: leg.answered_ms,
    acknowledge_at: leg.deadlines?.acknowledge_at ?? null,
    reply_at: leg.deadlines?.reply_at ?? null,
    reply_due_ms: replyDueMs(leg, nowMs),
    queries: leg.queries,
    moved: leg.moved,
  }
}

function versionJson(one: VersionOf): Record<string, unknown> {
  const changes = one.changes.map(({ path, before, after, material }) => ({ path, before, after, material }))
  return { version: one.version, at_ms: one.at_ms, changes }
}

function markJson(said: Said): Record<string, unknown> {
  return {
    log: said.place.log,
    seq: said.place.seq,
    party: said.party,
    type: said.content.TYPE,
    mark: said.mark,
  }
}

function without<T extends { readonly TYPE: string }>(told: T): Omit<T, "TYPE"> {
  const { TYPE: _, ...fields } = told
  return fields
}
