/** Consignments: what wants a person, lists, the page of one, drafts and forms. */
import type { Reader, TimelineLine, Urgency } from "./channels"
import type { FieldProblem } from "./failure"

/** One thing that wants a person now. `title` is never the server's word. */
export interface Attention {
  id: string
  kind: "alert" | "answer" | "acknowledge" | "query" | "late" | "report" | "approve" | "draft" | "channel" | "trouble"
  urgency: Urgency
  operation: string
  reference?: string
  /** What the consignment carries. */
  product?: string
  channel?: string
  /** Empty where this office is called about a lane that it does not read. */
  party: string
  /** Calls of the same kind that stand in this one. */
  count?: number
  type?: string
  /** What exactly was said: a hold's step, how it closed, the state of a draft; which report; `newer`, `again`: of a newer version. */
  step?: string
  version?: number
  /** The fields that newer versions changed, in the reader's language, and whether that matters for what was answered. */
  changed?: string[]
  material?: boolean
  /** What was counted beside what was announced, in doses. */
  counted?: { announced: number; missing: number; excess: number; damaged: number }
  /** Why its consignment is urgent. */
  why?: string
  flag?: string
  draft?: string
  text?: string
  at_ms: number
  due_ms?: number
}

export interface Today {
  now_ms: number
  urgent: Attention[]
  answers: Attention[]
  arrivals: ConsignmentRow[]
  overdue: Attention[]
  unread: { channel: string; operation: string; title: string; unread: number; mentions: number; last_ms: number }[]
}

export interface ConsignmentRow {
  reference: string
  operation: string
  national_reference?: string
  kind: string
  mode: string
  urgency: Urgency
  state: string
  outcome: string | null
  origin: string
  transit: string[]
  destination: string
  our_role: "origin" | "transit" | "destination" | "observer"
  product: string
  waybills: string[]
  sent_ms: number
  etd_ms: number | null
  eta_ms: number | null
  version: number
  unread: boolean
  late: { flag: string; party: string; since_ms: number }[]
  next_due_ms: number | null
  /** What this Member can do next, most wanted first. */
  next: Act[]
  legs: { party: string; role: "transit" | "destination"; state: string }[]
}

export interface ConsignmentFilter {
  text?: string
  state?: string[]
  role?: string[]
  party?: string
  late?: boolean
  sort?: "eta" | "sent" | "due"
}

/** An act on a consignment; names are the contents' own. */
export type Act =
  | "acknowledgement" | "answer" | "query" | "reply" | "hold" | "movement" | "leg_update" | "reconciliation"
  | "amend" | "withdrawal" | "rerouting" | "reopening" | "call_off" | "onward"

export interface ConsignmentPage {
  row: ConsignmentRow
  /** `consignment_json` of the shared views, as the vectors have it. */
  view: Record<string, unknown>
  /** The form of the fullest part, and of which template. */
  template: string
  sees: "goods" | "route"
  form: Record<string, unknown>
  /** Why it is urgent, and why what looked odd stands as it is. */
  urgency_reason: string | null
  overrides: { field: string; reason: string }[]
  contacts: Record<string, string>
  places: Record<string, { name: string; country: string; lon: number; lat: number }>
  timeline: TimelineLine[]
  /** Who can see this: per lane the parties, their devices, and how far each has fetched. */
  lanes: { channel: string; part: "goods" | "route" | "own"; parties: string[]; readers: Reader[] }[]
  /** `…_later`: the other one names this one. `known`: this Member has it, too. */
  links: { reference: string; why: string; known: boolean }[]
  can: { act: Act; choices?: string[]; refused?: string }[]
}

export interface DraftRow {
  id: string
  operation: string
  state: string
  saved_ms: number
  person: string
  title: string
  mine: boolean
  announcement: Record<string, unknown>
  comment?: string
  /** It changes what was sent under this reference. */
  reference?: string
}

/** What a person hands in: `pratique.contents.prenotification.Announcement`. */
export type AnnouncementInput = Record<string, unknown>

/** What was sent, and how urgent it was. */
export interface Announced {
  announcement: AnnouncementInput
  urgency: Urgency
}

export interface CheckedForm {
  problems: FieldProblem[]
  findings: FieldProblem[]
  parties: string[]
  deadlines: Record<string, { acknowledge_at: string; reply_at?: string; reconcile_days: number }>
  late: Record<string, string>
  duplicates: { reference: string; why: string }[]
  unreachable: string[]
  /** Who sits in every lane and reads along, as the OCU: nothing is asked of them. */
  readers: string[]
  /** The time of each addressee that told its desk's: minutes from UTC. */
  offsets: Record<string, number>
  /** This Member lets nothing out that only one person has seen. */
  needs_release: boolean
}
