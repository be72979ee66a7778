/** Make events from what was said. */
import { Acknowledgement } from "../contents/acknowledgement"
import { Answer } from "../contents/answer"
import { Hold } from "../contents/hold"
import { LegUpdate } from "../contents/leg_update"
import { Movement } from "../contents/movement"
import { Query } from "../contents/query"
import { Receipt } from "../contents/receipt"
import { Reconciliation } from "../contents/reconciliation"
import type { Event } from "../contents/registry"
import { Reopening } from "../contents/reopening"
import { Reply } from "../contents/reply"
import { Rerouting } from "../contents/rerouting"
import { Status } from "../contents/status"
import { Withdrawal } from "../contents/withdrawal"
import { PratiqueError } from "../client/errors"
import { randomBytes, toHex } from "../wire/bytes"

export type EventType = Event["TYPE"]

const FORMS: Readonly<Record<EventType, { check(value: unknown): Event }>> = {
  acknowledgement: Acknowledgement,
  answer: Answer,
  hold: Hold,
  leg_update: LegUpdate,
  movement: Movement,
  query: Query,
  receipt: Receipt,
  reconciliation: Reconciliation,
  reopening: Reopening,
  reply: Reply,
  rerouting: Rerouting,
  status: Status,
  withdrawal: Withdrawal,
}

/** Make an event from its fields; throws `ContentRefused`. */
export function makeEvent(type: EventType, fields: Readonly<Record<string, unknown>>): Event {
  return FORMS[type].check(fields)
}

/** Take a word as the type of an event; throws no_such_event. */
export function eventType(word: string): EventType {
  if (Object.hasOwn(FORMS, word)) return word as EventType
  throw new PratiqueError("no_such_event", `nothing is reported as ${word}`)
}

/** Give a name that no other event or draft has: 32 hex. */
export function newId(): string {
  return toHex(randomBytes(16))
}
