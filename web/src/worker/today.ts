/** Today: what wants a person of this Member now. */
import type { Attention, ConsignmentRow, Today } from "../api"
import type { ChannelState } from "../client/opened"
import { instantMs } from "../contents/fields"
import type { Desk } from "../desk/desk"
import { type Consignment, DAY_MS, etaMs, etdMs, part, stateAt } from "../views/consignment"
import { flags, overdue, pausedUntilMs, replyDueMs } from "../views/flags"
import { Urgency } from "../wire/entries"
import { attention, counted, drafts, meaning, news, reopenings, watches } from "./asked"
import { channelRows } from "./channels"
import type { Here, QueriesOf } from "./here"
import { entryAt, quietly } from "./lines"
import { ownLeg } from "./possible"
import { productOf, roleOf, rowOf } from "./rows"
import { preferences } from "./settings"
import { next } from "./turn"

const AHEAD_MS = 7 * DAY_MS
const OWN_FLAG: Partial<Record<Attention["kind"], string>> = { acknowledge: "OVERDUE_ACK", answer: "OVERDUE_REPLY" }
/** What a pre-notification calls for: who reads it is told why it is urgent. */
const CALLS: ReadonlySet<string> = new Set(["prenotification", "acknowledge", "answer"])
const MOST_SAID = 200
/** A word about a hold is news for as long as the hold stands so. */
const STANDS: Readonly<Record<string, readonly string[]>> = { REQUEST: ["REQUESTED"], CONFIRM: ["CONFIRMED", "AGREED"] }
const OWN_REPORT = ["NOT_DEPARTED", "OVERDUE_ARRIVAL", "OVERDUE_RECONCILE"]
const LATE_ON_THE_WAY = ["NOT_DEPARTED", "OVERDUE_ARRIVAL"]
const LIVE = ["SENT", "ON_HOLD", "DEPARTED", "ARRIVED"]

export const queries: QueriesOf<"today"> = {
  async today(here): Promise<Today> {
    const desks = here.desks.all()
    // Without the words of its form a new version is told without what changed.
    await Promise.all(desks.map((desk) => desk.template.spoken(preferences(here).language).catch(() => undefined)))
    const nowMs = here.nowMs()
    const states = here.device.channels()
    const rooms = channelRows(here, states)
    const trouble = rooms.filter((row) => row.trouble !== null && !/^(waiting|rejoining):/.test(row.trouble))
    const { told, first, later } = once(
      desks.flatMap((desk) => alerts(here, desk)),
      desks.flatMap((desk) => awaited(here, desk)),
    )
    const reopened = desks.flatMap(reopenings)
    // What is to be counted again says so itself.
    const again = new Set(reopened.map((one) => one.reference))
    // Our own word that is late stands among what waits for us.
    const asked = new Set(
      [...first, ...later].map(({ kind, reference }) => `${OWN_FLAG[kind] ?? ""} ${here.device.uri.party} ${reference}`),
    )
    return {
      now_ms: nowMs,
      urgent: [
        ...first,
        ...told,
        ...messages(here, states),
        ...reminders(here),
        ...approvals(here),
        ...trouble.map(({ id, operation, title, trouble, last_ms }) => ({
          ...attention("trouble", Urgency.URGENT, operation, here.device.uri.party, last_ms),
          id: `trouble ${id}`,
          channel: id,
          product: title,
          text: trouble ?? "",
        })),
      ]
        .sort((a, b) => b.at_ms - a.at_ms)
        .map((one) => carrying(here, one)),
      answers: [...later.filter((one) => one.kind !== "report" || !again.has(one.reference)), ...reopened, ...desks.flatMap(drafts)]
        .sort((a, b) => due(a) - due(b))
        .map((one) => carrying(here, one)),
      arrivals: desks.flatMap((desk) => arrivals(here, desk)).sort((a, b) => (a.eta_ms ?? 0) - (b.eta_ms ?? 0)),
      overdue: desks
        .flatMap((desk) => late(desk, nowMs))
        .filter((one) => !asked.has(`${one.flag} ${one.party} ${one.reference}`))
        .map((one) => carrying(here, one)),
      unread: rooms
        .filter((row) => row.unread > 0)
        .map(({ id, operation, title, unread, mentions, last_ms }) => {
          return { channel: id, operation, title, unread, mentions, last_ms }
        }),
    }
  },
}

const due = (one: Attention): number => one.due_ms ?? Number.MAX_SAFE_INTEGER

/** An urgent pre-notification that waits for its acknowledgement is one thing and not two; it stands first. */
function once(alerts: readonly Attention[], awaited: readonly Attention[]): Record<"told" | "first" | "later", Attention[]> {
  const called = new Set(alerts.flatMap((one) => (one.type === "prenotification" ? [one.reference] : [])))
  const first = awaited.filter((one) => one.kind === "alert" || (one.kind === "acknowledge" && called.has(one.reference)))
  const both = new Set(first.map((one) => one.reference))
  return {
    told: alerts.filter((one) => one.type !== "prenotification" || !both.has(one.reference)),
    first: first.map((one) => ({ ...one, urgency: "urgent" })),
    later: awaited.filter((one) => !first.includes(one)),
  }
}

function carrying(here: Here, one: Attention): Attention {
  const found = one.reference === undefined ? null : here.desks.look(one.reference)
  if (found === null) return one
  const why = CALLS.has(one.type ?? one.kind) ? part(found.one).urgency_reason : null
  return { ...one, product: productOf(here, found.one), ...(why === null ? {} : { why: why.slice(0, MOST_SAID) }) }
}

/**
 * Give what others said as urgent and nobody has looked at here, once, in however many lanes, while it stands: about
 * what is ours; for the coordinating unit about everything that it reads, one for each consignment.
 */
function alerts(here: Here, desk: Desk): Attention[] {
  const found = new Map<string, Attention>()
  const watching = watches(desk)
  for (const one of watching ? desk.board.consignments.values() : ours(desk)) {
    if (!LIVE.includes(stateAt(one, here.nowMs())[0]) && here.nowMs() - one.since_ms > AHEAD_MS) continue
    const said = desk.board.said.get(one.reference) ?? []
    for (const { place, party, mark } of here.marks.unread(one.reference, said, desk.party)) {
      const entry = mark === null ? entryAt(here, place.log, place.seq) : null
      if (entry === null || entry.urgency !== Urgency.URGENT) continue
      // The origin decides on it: that stands below for as long as it has not.
      if (entry.type === "hold" && one.origin === desk.party && one.hold?.state === "REQUESTED") continue
      const { step } = meaning(entry)
      if (entry.type === "hold" && STANDS[step ?? ""]?.includes(one.hold?.state ?? "") === false) continue
      // Who watches all is told the newest alone; it opens the rest.
      found.set(watching ? one.reference : `${one.reference} ${entry.type} ${party}`, {
        ...attention("alert", Urgency.URGENT, desk.operation.id, party, place.at_ms),
        id: `alert ${place.log}/${place.seq}`,
        reference: one.reference,
        channel: place.log,
        ...(entry.type === "prenotification" ? news(desk, one, preferences(here).language) : {}),
        ...meaning(entry),
        ...(entry.type === "reconciliation" ? counted(one) : {}),
      })
    }
  }
  return [...found.values()]
}

/** Give urgent messages that nobody has read here. */
function messages(here: Here, states: readonly ChannelState[]): Attention[] {
  return states.flatMap((state) => {
    const mark = here.marks.channel(state.id)
    const unread = here.rooms.of(state).messages.filter(({ seq, mine, urgent }) => seq > mark && !mine && urgent)
    return unread.flatMap(({ seq }) => {
      const entry = entryAt(here, state.id, seq)
      const content = entry === null ? null : quietly(entry)
      if (entry === null || content?.TYPE !== "message") return []
      return {
        ...attention("channel", Urgency.URGENT, state.charter.operation, entry.party, entry.at_ms),
        id: `alert ${state.id}/${seq}`,
        channel: state.id,
        type: entry.type,
        text: content.text.slice(0, MOST_SAID),
      }
    })
  })
}

/** Give the reminders that rang and still have a reason to; those from lanes that this office does not read as one. */
function reminders(here: Here): Attention[] {
  const shown: Attention[] = []
  const unread = new Map<string, Attention>()
  for (const rung of here.rung.list(here.nowMs())) {
    const found = rung.reference === null ? null : here.desks.look(rung.reference)
    const leg = found?.one.legs.find((one) => one.party === rung.party)
    // Where this office reads the lane, what is late says more; here stand the calls from lanes that it does not read.
    if (rung.reference !== null && (leg === undefined || leg.party === here.device.uri.party)) continue
    if (leg !== undefined && (leg.answered_ms !== null || leg.acknowledged_ms !== null)) continue
    const one = {
      ...attention("alert", Urgency.URGENT, rung.operation, rung.party, rung.at_ms),
      id: rung.id,
      type: "reminder",
    }
    if (rung.reference === null) unread.set(rung.operation, { ...one, count: (unread.get(rung.operation)?.count ?? 0) + 1 })
    else shown.push({ ...one, channel: rung.channel, reference: rung.reference })
  }
  return [...shown, ...unread.values()]
}

/** Give the devices that wait for this officer's word. */
function approvals(here: Here): Attention[] {
  const { party } = here.device.uri
  return here.approvals.waiting().map((row) => ({
    ...attention("approve", Urgency.PRIORITY, "", party, here.nowMs()),
    id: `approve ${row.invitation}`,
    text: `${row.person} (${row.office})`,
    due_ms: row.expires_ms,
  }))
}

/** Give what waits for this Member's word: acknowledgements, answers, and replies to what others asked. */
function awaited(here: Here, desk: Desk): Attention[] {
  const nowMs = here.nowMs()
  const found: Attention[] = []
  for (const one of ours(desk)) {
    const [state] = stateAt(one, nowMs)
    if (!LIVE.includes(state)) continue
    const newest = one.versions.at(-1)?.at_ms ?? one.sent_ms
    const about = { operation: desk.operation.id, reference: one.reference, party: one.origin, at_ms: newest }
    const leg = ownLeg(desk, one)
    const passed = leg !== null && (Object.keys(leg.moved).length > 0 || state === "ARRIVED")
    if (leg !== null && leg.deadlines !== null && leg.answered_ms === null) {
      const asked = leg.queries.some((query) => query.reply === null)
      if (leg.acknowledged_ms === null && !passed) {
        const until = instantMs(leg.deadlines.acknowledge_at)
        const came = news(desk, one, preferences(here).language)
        found.push({ ...about, ...came, ...soon("acknowledge", until, nowMs), id: `ack ${one.reference} ${one.version}` })
      }
      // One thing after the other: the answer is waited for once it is acknowledged.
      const reply = one.mode === "REPLY" && !asked && leg.acknowledged_ms !== null ? replyDueMs(leg, nowMs) : null
      if (reply !== null && !passed) {
        found.push({ ...about, ...soon("answer", reply, nowMs), id: `answer ${one.reference} ${one.version}` })
      }
    }
    found.push(...reports(desk, one, nowMs))
    if (one.origin !== desk.party) continue
    for (const other of one.legs) {
      for (const [nth, query] of other.queries.entries()) {
        if (query.reply !== null) continue
        const due = nth === 0 ? pausedUntilMs(other) : null
        found.push({
          reference: one.reference,
          ...attention("query", Urgency.PRIORITY, desk.operation.id, other.party, query.at_ms),
          id: `query ${query.id}`,
          ...(due === null ? {} : { due_ms: due }),
          text: query.text.slice(0, MOST_SAID),
        })
      }
    }
    if (one.hold?.state === "REQUESTED") {
      const asker = one.hold.party ?? one.destination
      found.push({
        reference: one.reference,
        ...attention("alert", Urgency.URGENT, desk.operation.id, asker, one.since_ms),
        id: `hold ${one.reference}`,
        type: "hold",
        text: (one.hold.text ?? "").slice(0, MOST_SAID),
      })
    }
  }
  return found
}

/** Give the report that others wait for: of a movement, or of what was counted. What is late stands below. */
function reports(desk: Desk, one: Consignment, nowMs: number): Attention[] {
  const act = next(desk, one).find((act) => act === "reconciliation" || act === "movement")
  if (act === undefined || flags(one, nowMs).some(({ flag, party }) => OWN_REPORT.includes(flag) && party === desk.party)) return []
  const role = roleOf(desk, one)
  const [step, due] =
    act === "reconciliation" ? [act, null]
    : role === "origin" ? ["movement_DEPARTED", etdMs(one)]
    : role === "destination" ? ["movement_ARRIVED", etaMs(one)]
    : [act, null]
  const about = attention("report", Urgency.ROUTINE, desk.operation.id, one.origin, one.since_ms)
  return [{ ...about, id: `report ${one.reference} ${step}`, reference: one.reference, step, ...(due === null ? {} : { due_ms: due }) }]
}

function soon(
  kind: Attention["kind"],
  dueMs: number,
  nowMs: number,
): Pick<Attention, "kind" | "urgency"> & { due_ms: number } {
  const left = dueMs - nowMs
  return { kind, due_ms: dueMs, urgency: left < DAY_MS / 24 ? "urgent" : left < DAY_MS ? "priority" : "routine" }
}

function arrivals(here: Here, desk: Desk): ConsignmentRow[] {
  return [...desk.board.consignments.values()]
    .filter((one) => arriving(one, here.nowMs()) && roleOf(desk, one) !== "origin")
    .map((one) => rowOf(here, desk, one))
}

/** Whether it comes within a week. What should have come and is late stands among what is late, and nowhere else. */
export function arriving(one: Consignment, nowMs: number): boolean {
  const eta = etaMs(one)
  if (eta === null || eta - nowMs >= AHEAD_MS || eta <= nowMs - DAY_MS) return false
  if (eta <= nowMs && flags(one, nowMs).some(({ flag }) => LATE_ON_THE_WAY.includes(flag))) return false
  return ["SENT", "ON_HOLD", "DEPARTED"].includes(stateAt(one, nowMs)[0])
}

/** Give what is late on the board: of what is ours; of everything for a Member that only watches. */
function late(desk: Desk, nowMs: number): Attention[] {
  const concerned = new Set(ours(desk).map((one) => one.reference))
  const all = watches(desk)
  return overdue(desk.board, nowMs)
    .filter((one) => all || concerned.has(one.reference))
    .map((one) => ({
      ...attention("late", Urgency.PRIORITY, desk.operation.id, one.party, one.since_ms),
      id: `late ${one.reference} ${one.flag} ${one.party}`,
      reference: one.reference,
      flag: one.flag,
      due_ms: one.since_ms,
    }))
}

function ours(desk: Desk): Consignment[] {
  return [...desk.board.consignments.values()].filter((one) => roleOf(desk, one) !== "observer")
}
