/** The closed list of content types this version knows; others are shown by name and kept. */
import { Acknowledgement } from "./acknowledgement"
import { Adaptation } from "./adaptation"
import { Answer } from "./answer"
import type { Json } from "./checking"
import { Claim } from "./claim"
import { DeskHours } from "./desk"
import { Draft } from "./draft"
import { Hold } from "./hold"
import { LegUpdate } from "./leg_update"
import { Message } from "./message"
import { Movement } from "./movement"
import { Policy } from "./policy"
import {
  dumpPrenotification,
  type Prenotification,
  readPrenotification,
  TYPE as PRENOTIFICATION,
  writePrenotification,
} from "./prenotification"
import { Query } from "./query"
import { ReadMark } from "./read_mark"
import { Receipt } from "./receipt"
import { Reconciliation } from "./reconciliation"
import { Reopening } from "./reopening"
import { Reply } from "./reply"
import { Rerouting } from "./rerouting"
import { Status } from "./status"
import { Title } from "./title"
import { Withdrawal } from "./withdrawal"

/** The events of a consignment. */
export type Event =
  | Acknowledgement
  | Answer
  | Hold
  | LegUpdate
  | Movement
  | Query
  | Receipt
  | Reconciliation
  | Reopening
  | Reply
  | Rerouting
  | Status
  | Withdrawal
/** Any content; `TYPE` says which. */
export type Content = Prenotification | Event | Adaptation | Claim | DeskHours | Draft | Message | Policy | ReadMark | Title
export type ContentType = Content["TYPE"]

interface Kind {
  /** Parse an opened content's bytes; throws `ContentRefused`. */
  read(body: Uint8Array): Content
  dump(told: never): Json
  write(told: never): Uint8Array<ArrayBuffer>
}
interface NamedKind extends Kind {
  readonly TYPE: string
  /** Take parsed JSON as this form; throws `ContentRefused`. */
  check(value: unknown): Content
}

const PARTS: Kind = { read: readPrenotification, dump: dumpPrenotification, write: writePrenotification }
const EVENTS: readonly NamedKind[] = [
  Acknowledgement, Receipt, Answer, Query, Reply, Hold, Movement, LegUpdate, Withdrawal, Rerouting, Reconciliation,
  Reopening, Status,
]
const OTHERS: readonly NamedKind[] = [Title, Message, ReadMark, Draft, Policy, Claim, DeskHours, Adaptation]
/** The forms of all contents but the parts of a pre-notification, which come in two. */
export const FORMS: ReadonlyMap<string, NamedKind> = new Map([...OTHERS, ...EVENTS].map((form) => [form.TYPE, form]))
const KINDS: ReadonlyMap<string, Kind> = new Map<string, Kind>([[PRENOTIFICATION, PARTS], ...FORMS])
const EVENT_TYPES: ReadonlySet<string> = new Set(EVENTS.map((form) => form.TYPE))

/** Every type that is known here. */
export const CONTENT_TYPES: readonly string[] = [...KINDS.keys()]

/** Parse an opened content; null for a type this version does not know; throws `ContentRefused`. */
export function readContent(type: string, body: Uint8Array): Content | null {
  return KINDS.get(type)?.read(body) ?? null
}

/** Give the bytes to seal. */
export function writeContent(told: Content): Uint8Array<ArrayBuffer> {
  return kindOf(told).write(told as never)
}

/** Give what is written of a content, as plain JSON: without what is null. */
export function dumpContent(told: Content): Json {
  return kindOf(told).dump(told as never)
}

export function isEvent(told: Content): told is Event {
  return EVENT_TYPES.has(told.TYPE)
}

export function isPart(told: Content): told is Prenotification {
  return told.TYPE === PRENOTIFICATION
}

/** Give the consignment that a content is about; null where it is about none. */
export function aboutOf(told: Content | null): string | null {
  if (told === null) return null
  return isPart(told) ? told.reference : isEvent(told) ? told.about : null
}

function kindOf(told: Content): Kind {
  const kind = KINDS.get(told.TYPE)
  if (kind === undefined) throw new TypeError(`no content type ${told.TYPE}`)
  return kind
}
