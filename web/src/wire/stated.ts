/** Judge the statements that a channel's entries carry: whose they are, and what a reminder may say. */

import { Reminder, ReminderEnd } from "./bodies"
import type { Entry } from "./entries"
import { type DeviceUri, officeParty } from "./identity"
import { type Directory, type Membership, NotCounted } from "./leaves"
import { Refused } from "./refused"
import { type BodyModel, Statement } from "./statements"

/** Read the frame of an entry's statement; throws `NotCounted`. */
export function statementOf(entry: Entry): Statement {
  return counted(() => Statement.parse(entry.data))
}

/** Read a statement's body as a model; throws `NotCounted`. */
export function bodyOf<T>(statement: Statement, model: BodyModel<T>): T {
  return counted(() => statement.read(model))
}

/** Check that an entry's statement is its own device's, under the certificate in force; throws `NotCounted`. */
export async function signedByDevice(statement: Statement, entry: Entry, directory: Directory): Promise<DeviceUri> {
  if (statement.signer !== entry.device) {
    throw new NotCounted("not_own_statement", "a device posts its own statements")
  }
  const certificate = await directory.device(statement.signer, entry.at_ms)
  if (certificate === null) {
    throw new NotCounted("not_certified", `${statement.signer} has no certificate in force`)
  }
  await statement.verify(certificate.key).catch(notCounted)
  return certificate.uri
}

/** A reminder has rings, its end does not. */
export function isReminderEnd(body: Reminder | ReminderEnd): body is ReminderEnd {
  return !("rings" in body)
}

/** Read what an entry of kind reminder says, whoever signed it; throws `NotCounted("bad_reminder")`. */
export function readReminder(data: Uint8Array): Reminder | ReminderEnd {
  return reminder(data).body
}

/**
 * Judge a reminder or its end (rules REM-1 and REM-2); throws `NotCounted`.
 *
 * Which offices may be told, and which reminder is still to end, is the server's to judge: it alone acts on them.
 */
export async function checkReminder(
  member: Membership,
  entry: Entry,
  directory: Directory,
): Promise<Reminder | ReminderEnd> {
  const { statement, body } = reminder(entry.data)
  const signer = await signedByDevice(statement, entry, directory)
  if (!member.seated.has(signer.officeId)) {
    throw new NotCounted("not_seated", `${signer.officeId} is not seated in this channel`)
  }
  if (member.revoked.has(entry.device)) throw new NotCounted("device_revoked", "the signer is revoked here")
  if (body.channel !== member.channel) {
    throw new NotCounted("wrong_channel", "the statement is about another channel")
  }
  if (entry.epoch) throw new NotCounted("bad_reminder", "a reminder is of no epoch: it says 0")
  if (isReminderEnd(body)) {
    if (body.seq >= entry.seq) throw new NotCounted("bad_reminder", "an end names an earlier entry")
  } else if (![...member.seated].map(officeParty).includes(body.party)) {
    throw new NotCounted("not_seated", `${body.party} is not seated in this channel`)
  }
  return body
}

function reminder(data: Uint8Array): { statement: Statement; body: Reminder | ReminderEnd } {
  try {
    const statement = Statement.parse(data)
    const model: BodyModel<Reminder | ReminderEnd> = statement.label === ReminderEnd.LABEL ? ReminderEnd : Reminder
    return { statement, body: statement.read(model) }
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused
    throw new NotCounted("bad_reminder", refused.detail)
  }
}

function counted<T>(read: () => T): T {
  try {
    return read()
  } catch (refused) {
    return notCounted(refused)
  }
}

function notCounted(refused: unknown): never {
  if (!(refused instanceof Refused)) throw refused
  throw new NotCounted(refused.code, refused.detail)
}
