/** Look at an announcement before it is sent: what blocks, what asks for a reason, whom it reaches, and until when. */
import { PratiqueError } from "../client/errors"
import type { TransportMode } from "../contents/adaptation"
import type { Problem } from "../contents/checking"
import type { Announcement, Deadlines } from "../contents/prenotification"
import { type Leg, routeParties, shipmentOf } from "../contents/shipment"
import * as templates from "../templates"
import type { Template } from "../templates/template"
import { Urgency } from "../wire/entries"
import { calendarOf } from "./calendars"
import { deadlines, late, wayTo } from "./deadlines"
import type { Desk } from "./desk"
import { duplicatesOf } from "./duplicates"
import { AnnouncementRefused, type Checked } from "./results"
import { saidBy } from "./urgency"

const NAME = "prenotification"
const NOT_THE_SENDER = "not_the_sender"
type Form = Readonly<Record<string, unknown>>

/** Give the newest template as the operation wants it. */
export function newestTemplate(desk: Desk): Template {
  return templateFor(desk, templates.newest(NAME).id)
}

/** Give one version of a template as the operation wants it; throws `UnknownTemplate`, `AdaptationRefused`. */
export function templateFor(desk: Desk, name: string): Template {
  const adaptation = desk.room.adaptation
  const plain = templates.load(name)
  if (adaptation === null || !name.startsWith(`${adaptation.template}/`)) return plain
  const kept = desk.adapted.get(name)
  if (kept !== undefined && kept.by === adaptation) return kept.template
  const template = plain.adapted(adaptation)
  desk.adapted.set(name, { by: adaptation, template })
  return template
}

/** Give the form with the template's defaults. */
export function filled(desk: Desk, announcement: Announcement): Form {
  return templateFor(desk, announcement.template).filled(announcement.form, announcement.kind)
}

export interface Checking {
  /** Null, or left out: as it says itself. */
  readonly urgency?: Urgency | null
  /** A new version of what was sent in time, which cannot be late. */
  readonly again?: boolean
  readonly duplicates?: boolean
}

/** Give everything that a person should know before sending. */
export function check(desk: Desk, announcement: Announcement, how: Checking = {}): Checked {
  const { again = false, duplicates = true } = how
  const urgency = saidBy(announcement, how.urgency ?? null)
  const template = templateFor(desk, announcement.template)
  const form = filled(desk, announcement)
  const problems = [
    ...template.problems(form, "goods", announcement.kind),
    ...around(announcement, urgency),
  ]
  if (problems.length > 0) return { ...NOTHING, problems }
  const legs = shipmentOf(form).legs
  const parties = routeParties(legs)
  if (parties[0] !== desk.party || parties.length < 2) {
    return { ...NOTHING, problems: [wrongWay(desk.party, parties)], parties }
  }
  const known = new Set(desk.operation.terms.participants.map((one) => one.party))
  const reached = parties.slice(1).filter((party) => known.has(party))
  const now = desk.nowMs()
  const behind = new Map<string, string>()
  for (const party of again ? [] : reached) {
    const why = late(wayTo(party, legs), now)
    if (why !== null) behind.set(party, why)
  }
  return {
    problems: [],
    findings: [
      ...template.findings(form, announcement.overrides, "goods", announcement.kind),
      ...own(announcement, behind),
    ],
    parties,
    deadlines: new Map(
      reached.map((party) => [party, deadlinesOf(desk, party, legs, announcement.mode, now, urgency)]),
    ),
    late: behind,
    duplicates: duplicates ? duplicatesOf(desk, announcement, parties, form) : [],
    unreachable: parties.slice(1).filter((party) => !known.has(party)),
  }
}

const NOTHING: Checked = {
  problems: [],
  findings: [],
  parties: [],
  deadlines: new Map(),
  late: new Map(),
  duplicates: [],
  unreachable: [],
}

/** Let nothing pass that must not be sent; throws bad_form, needs_reason, not_the_sender, not_reachable. */
export function insist(checked: Checked, without: readonly string[] = []): void {
  const first = checked.problems[0]
  if (first !== undefined) {
    if (first.code === NOT_THE_SENDER) {
      throw new PratiqueError(NOT_THE_SENDER, first.text, "the departure Member announces its own consignments")
    }
    throw new AnnouncementRefused("bad_form", checked.problems, "correct the form")
  }
  const last = checked.parties.at(-1)!
  const missing = checked.unreachable.filter((party) => !without.includes(party) || party === last)
  if (missing.length > 0) {
    const names = missing.map((party) => party.toUpperCase()).join(", ")
    throw new PratiqueError(
      "not_reachable",
      `${names} on the way takes no part in this operation and cannot be told here`,
      missing.includes(last)
        ? "choose another operation, or tell them by another way"
        : "tell them by another way (an export holds everything), then send without them",
    )
  }
  if (checked.findings.length > 0) {
    throw new AnnouncementRefused("needs_reason", checked.findings, "correct the form, or say why it stands")
  }
}

/** Let nothing pass that only one person has seen, where the Member wants four eyes. */
export function insistOnRelease(desk: Desk): void {
  if (!desk.drafts.policy.four_eyes) return
  const hint = "save it as a draft and submit it; another person of your Member releases it"
  throw new PratiqueError("needs_release", "your Member sends nothing that only one person has seen", hint)
}

/** Give one addressee's deadlines by its own calendar and the operation's clocks. */
export function deadlinesOf(
  desk: Desk,
  party: string,
  legs: readonly Leg[],
  mode: string,
  nowMs: number,
  urgency: Urgency,
): Deadlines {
  const way = wayTo(party, legs)
  const hours = desk.room.adaptation?.deadlines[way.by as TransportMode] ?? null
  const calendar = calendarOf(desk.room.desks.get(party) ?? null)
  return deadlines(way, mode, nowMs, calendar, { urgent: urgency === Urgency.URGENT, hours })
}

function* around(announcement: Announcement, urgency: Urgency): Generator<Problem> {
  if (announcement.kind === "call_off" && announcement.relates_to.length === 0) {
    yield { path: "relates_to", text: "is missing; a call-off names its series", code: "missing" }
  }
  if (urgency === Urgency.URGENT && announcement.urgency_reason === null) {
    yield { path: "urgency_reason", text: "is missing; say why it is urgent", code: "missing" }
  }
}

function* own(announcement: Announcement, behind: ReadonlyMap<string, string>): Generator<Problem> {
  const explained = new Set(announcement.overrides.map((one) => one.field))
  if (behind.size > 0 && !explained.has("notice")) {
    const whose = [...behind].map(([party, why]) => `${party.toUpperCase()}: ${why}`).join("; ")
    yield { path: "notice", text: `is late (${whose})`, code: "late" }
  }
  const goesOn = announcement.kind === "onward" && announcement.relates_to.length === 0
  if (goesOn && !explained.has("relates_to")) {
    const text = "is missing; name the notification it goes on from, or say that none came"
    yield { path: "relates_to", text, code: "rule" }
  }
}

function wrongWay(party: string, parties: readonly string[]): Problem {
  if (parties.length < 2) return { path: "legs", text: "do not leave the country", code: "rule" }
  const text = `the way begins in ${parties[0]!.toUpperCase()}, but this desk is of ${party.toUpperCase()}`
  return { path: "legs[0].from_place", text, code: NOT_THE_SENDER }
}
