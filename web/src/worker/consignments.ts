/** Consignments: the list, the page of one, and everything that is said about it. */
import type { Announced, ConsignmentFilter, ConsignmentPage, ConsignmentRow, Reader } from "../api"
import { isReady } from "../codes/code_lists"
import { type Place, place, placesReady } from "../codes/places"
import { PratiqueError } from "../client/errors"
import { ANNOUNCEMENT, type Announcement } from "../contents/prenotification"
import type { Desk } from "../desk/desk"
import { newest } from "../desk/finding"
import { newId, eventType } from "../desk/kinds"
import * as urgencies from "../desk/urgency"
import { digestOf } from "../desk/versions"
import { same } from "../templates/changes"
import { type Consignment, part, way } from "../views/consignment"
import { consignmentJson } from "../views/consignment_json"
import { links } from "../views/links"
import { urgencyFromWord, urgencyWord } from "../wire/entries"
import { type ActsOf, type Here, isShutOut, type QueriesOf } from "./here"
import { consignmentLines } from "./lines"
import { wordsOf } from "./drafts"
import { possible } from "./possible"
import { keptRow, rowOf } from "./rows"
import { sending } from "./sending"

const AT_ONCE = 100

export const queries: QueriesOf<
  "consignments" | "consignment" | "check" | "last_announcement" | "announcement_of" | "call_off"
> = {
  async consignments(here, filter) {
    const fits = wanted(here, filter)
    const rows: ConsignmentRow[] = []
    for (const desk of here.desks.all()) {
      for (const one of [...desk.board.consignments.values()].filter(fits)) {
        rows.push(keptRow(here, desk, one))
        // Thousands take a second: other questions are answered in between.
        if (rows.length % AT_ONCE === 0) await new Promise((go) => setTimeout(go, 0))
      }
    }
    return rows.filter((row) => fitsRow(row, filter)).sort(ORDERS[filter.sort ?? "due"])
  },

  async consignment(here, { reference }) {
    const found = here.desks.look(reference)
    return found === null ? null : pageOf(here, found.desk, found.one)
  },

  async check(here, { operation, announcement, urgency, reference }) {
    const desk = here.desks.of(operation)
    await desk.ready()
    const given = ANNOUNCEMENT.check(announcement)
    const checked = desk.check(given, { urgency: urgencyFromWord(urgency), again: reference !== undefined })
    return {
      problems: [...checked.problems],
      findings: [...checked.findings],
      parties: [...checked.parties],
      deadlines: Object.fromEntries(
        [...checked.deadlines].map(([party, { acknowledge_at, reply_at, reconcile_days }]) => {
          return [party, { acknowledge_at, ...(reply_at === null ? {} : { reply_at }), reconcile_days }]
        }),
      ),
      late: Object.fromEntries(checked.late),
      duplicates: checked.duplicates.filter((link) => link.b !== reference).map(({ b, why }) => ({ reference: b, why })),
      unreachable: [...checked.unreachable],
      readers: desk.operation.terms.lane_companions.filter((party) => !checked.parties.includes(party)),
      offsets: Object.fromEntries(
        checked.parties.flatMap((party) => {
          const minutes = desk.room.desks.get(party)?.utc_offset_minutes
          return minutes === undefined ? [] : [[party, minutes]]
        }),
      ),
      needs_release: desk.drafts.policy.four_eyes,
    }
  },

  last_announcement(here, { operation, origin }) {
    const desk = here.desks.of(operation)
    const from = origin ?? desk.party
    const one = newest(desk, from)
    return one === null ? null : stands(desk, one.reference, desk.last(from))
  },

  announcement_of(here, { reference }) {
    const { desk } = here.desks.find(reference)
    return stands(desk, reference, desk.announcementOf(reference))
  },
  call_off(here, { reference }) {
    const { desk } = here.desks.find(reference)
    return stands(desk, reference, desk.callOff(reference))
  },
}

export const acts: ActsOf<"announce" | "amend" | "reroute" | "report" | "opened"> = {
  announce(here, { kept, ...given }) {
    const announcement = ANNOUNCEMENT.check(given.announcement)
    const { operation, draft } = given
    const desk = here.desks.of(operation)
    // Kept for later, it sends the draft that its person saw, and nothing that a colleague wrote or sent since.
    const read = (given as { read?: unknown }).read ?? (draft === undefined ? "" : wordsOf(here, operation, draft))
    const base = (given as { base?: unknown }).base ?? standing(desk.sentBefore(announcement))
    const send = () => here.outbox.attempt("announce", { ...given, read, base }, async () => {
      const before = desk.sentBefore(announcement)
      // What an earlier try sent, whole or in part, is finished.
      const own = (): boolean => before!.same || before!.version === 0 || sameForm(desk.announcementOf(before!.reference), announcement)
      if (before !== null && base !== standing(before) && !own()) throw changedSince()
      const how = { urgency: urgencyFromWord(given.urgency), without: given.without ?? [] }
      if (draft !== undefined && wordsOf(here, operation, draft) !== digestOf(announcement)) {
        if (wordsOf(here, operation, draft) !== read) {
          throw new PratiqueError("draft_changed", "the draft was changed meanwhile", "read it, then send it")
        }
        await desk.saveDraft(announcement, draft)
      }
      const { reference, version, lanes } = await (draft === undefined ? desk.announce(announcement, how) : desk.release(draft, how))
      here.changed("board", "today", "drafts")
      return { reference, version, parties: [...new Set(lanes.flatMap((lane) => lane.parties))].sort() }
    })
    return sending(here, kept, announcement, send)
  },

  amend(here, { kept, ...given }) {
    // Kept for later, it changes what its person saw, and nothing that a colleague sent since.
    const base = (given as { base?: unknown }).base ?? here.desks.find(given.reference).one.version
    const announcement = ANNOUNCEMENT.check(given.announcement)
    const send = () => here.outbox.attempt("amend", { ...given, base }, async () => {
      const { desk, one } = here.desks.find(given.reference)
      const own = (): boolean => sameForm(desk.announcementOf(given.reference), announcement)
      if (typeof base === "number" && one.version > base && !own()) {
        throw changedSince()
      }
      const sent = await desk.amend(given.reference, announcement, { urgency: urgencyFromWord(given.urgency) })
      here.changed("board", "today")
      return { version: sent.version, changes: [...sent.changes] }
    })
    return sending(here, kept, announcement, send)
  },

  reroute(here, given) {
    return here.outbox.attempt("reroute", given, async () => {
      const { desk } = here.desks.find(given.reference)
      const soon = given.urgency === undefined ? null : urgencyFromWord(given.urgency)
      const sent = await desk.reroute(given.reference, ANNOUNCEMENT.check(given.announcement), given.reason, soon)
      here.changed("board", "today")
      return { reference: sent.reference }
    })
  },

  report(here, { reference, type, said, urgency }) {
    // With its id, the same report twice is one.
    const named = { ...said, id: typeof said["id"] === "string" ? said["id"] : newId() }
    return here.outbox.attempt("report", { reference, type, said: named, urgency }, async () => {
      const { desk } = here.desks.find(reference)
      const soon = urgency === undefined ? null : urgencyFromWord(urgency)
      const { id } = await desk.report(reference, eventType(type), named, soon)
      here.changed("board", "today")
      return { id }
    })
  },

  async opened(here, { reference }) {
    const { desk } = here.desks.find(reference)
    const read = await here.marks.readConsignment(reference, desk.board.said.get(reference) ?? [])
    if (read) here.changed("board", "today")
    const preferences = here.device.shelf.get("preferences") as { read_receipts?: boolean } | null
    if (preferences?.read_receipts === false || here.live.connection !== "live") return
    await desk.opened(reference)
    here.changed("board")
  },
}

/** Write which version of what stands, as something to compare; empty where nothing was sent. */
function standing(sent: { reference: string; version: number } | null): string {
  return sent === null ? "" : `${sent.reference} ${sent.version}`
}

function changedSince(): PratiqueError {
  return new PratiqueError("draft_changed", "a colleague sent a newer version meanwhile", "read it, then amend it")
}

/** Say whether two announcements tell the same: then one finishes what the other began. */
function sameForm(one: Announcement, other: Announcement): boolean {
  return same(one.form, other.form)
}

/** Give what was announced, and how urgent it was when it was sent. */
function stands(desk: Desk, reference: string, announcement: Announcement): Announced {
  return { announcement: { ...ANNOUNCEMENT.dump(announcement) }, urgency: urgencyWord(urgencies.standing(desk, reference)) }
}

/** Give which consignments a text fits; all where there is none. */
function wanted(here: Here, filter: ConsignmentFilter): (one: Consignment) => boolean {
  const text = filter.text?.trim() ?? ""
  if (text === "") return () => true
  const found = new Set(here.search.find(text, "consignment").map((one) => one.id))
  const upper = text.toUpperCase()
  return (one) => found.has(one.reference) || one.reference.includes(upper)
}

function fitsRow(row: ConsignmentRow, filter: ConsignmentFilter): boolean {
  if (filter.state !== undefined && filter.state.length > 0 && !filter.state.includes(row.state)) return false
  if (filter.role !== undefined && filter.role.length > 0 && !filter.role.includes(row.our_role)) return false
  if (filter.late === true && row.late.length === 0) return false
  return filter.party === undefined || [row.origin, ...row.transit, row.destination].includes(filter.party)
}

const last = (at: number | null): number => at ?? Number.MAX_SAFE_INTEGER
const ORDERS: Readonly<Record<"eta" | "sent" | "due", (a: ConsignmentRow, b: ConsignmentRow) => number>> = {
  eta: (a, b) => last(a.eta_ms) - last(b.eta_ms) || b.sent_ms - a.sent_ms,
  sent: (a, b) => b.sent_ms - a.sent_ms,
  due: (a, b) => last(a.next_due_ms) - last(b.next_due_ms) || b.sent_ms - a.sent_ms,
}

/** Links that mean another thing from either end. */
const DIRECTED: ReadonlySet<string> = new Set(["call_off", "onward", "replaces"])

async function pageOf(here: Here, desk: Desk, one: Consignment): Promise<ConsignmentPage> {
  // Without them the page lacks its map, and nothing else.
  await placesReady().catch(() => undefined)
  const fullest = part(one)
  return {
    row: rowOf(here, desk, one),
    view: consignmentJson(one, here.nowMs()),
    template: fullest.template,
    sees: fullest.part,
    form: { ...fullest.form },
    urgency_reason: fullest.urgency_reason,
    overrides: fullest.overrides.map(({ field, reason }) => ({ field, reason })),
    contacts: fullest.contacts as Record<string, string>,
    places: placesOf(one),
    timeline: consignmentLines(here, desk, one.reference),
    lanes: lanesOf(here, desk, one),
    links: links(desk.board)
      .filter((link) => link.a === one.reference || link.b === one.reference)
      .map((link) => {
        const later = link.b === one.reference && DIRECTED.has(link.why)
        const reference = link.a === one.reference ? link.b : link.a
        return { reference, why: later ? `${link.why}_later` : link.why, known: desk.board.consignments.has(reference) }
      }),
    // Nothing leaves a device that the server lets in no more.
    can: isShutOut(here.live) ? [] : possible(desk, one),
  }
}

function placesOf(one: Consignment): ConsignmentPage["places"] {
  if (!isReady("unlocode")) return {}
  const known = [...new Set(way(one))].map((code) => [code, place(code)] as const)
  return Object.fromEntries(known.filter((one): one is readonly [string, Place] => one[1] !== null))
}

/** Give who can see it: per lane the parties with a seat, and how far each has fetched. */
function lanesOf(here: Here, desk: Desk, one: Consignment): ConsignmentPage["lanes"] {
  const byLane = new Map<string, { seq: number; part: "goods" | "route" }>()
  for (const { log, seq, part } of desk.reading.parts(one.reference).values()) {
    byLane.set(log, { seq: Math.max(seq, byLane.get(log)?.seq ?? 0), part: part.part })
  }
  const states = new Map(here.device.channels().map((state) => [state.id, state]))
  return [...byLane].map(([channel, { seq, part }]) => {
    const parties = [...(desk.reading.parties.get(channel) ?? [])]
    const devices = (states.get(channel)?.devices ?? []).map((uri) => uri.slice("pratique://".length).split(".")[0])
    const readers = parties.map((party): Reader => {
      const leg = one.legs.find((leg) => leg.party === party)
      return {
        party,
        devices: devices.filter((whose) => whose === party).length,
        delivered: party === one.origin || here.fetched.of(channel, party) >= seq,
        opened_ms: leg?.opened_ms ?? null,
        acknowledged_ms: leg?.acknowledged_ms ?? null,
      }
    })
    here.fetched.ask(channel, seq, readers)
    return { channel, part, parties, readers }
  })
}
