/** Make posts that hold no commit: sealed contents with reminders, and signed statements for a channel's roster. */

import { PratiqueError } from "../client/errors"
import type { LogPosition, Logs } from "../client/store/logs"
import type { Outgoing, Posting } from "../client/store/outbox"
import { BadCommit, Rejoin, Reminder, ReminderEnd, Roster, type SeatChange } from "../wire/bodies"
import { randomBytes, toHex } from "../wire/bytes"
import { draft, Kind, type Seen } from "../wire/entries"
import { type EpochKey, seal } from "../wire/sealing"
import { readReminder } from "../wire/stated"
import { type BodyModel, sign, type Statement } from "../wire/statements"
import { entriesPath, newPostId, postBody, type Signer } from "./committing"

export const MOST_DRAFTS = 64

/**
 * Seal contents under the current epoch and state reminders and their ends, as one post; contents come first.
 *
 * Takes   postId: the same again where an earlier sealing was refused as stale, so that it can count only once
 * Throws  SealRefused("content_too_large"), PratiqueError("wrong_size")
 */
export async function sealedPost(
  signer: Signer,
  position: LogPosition,
  epoch: EpochKey,
  posting: Posting,
  postId: string = newPostId(),
): Promise<Outgoing> {
  const { contents, reminders, ends, urgency } = posting
  const count = contents.length + reminders.length + ends.length
  if (count === 0 || count > MOST_DRAFTS) {
    throw new PratiqueError("wrong_size", `a post holds 1 to ${MOST_DRAFTS} contents and reminders`, "split it")
  }
  const place = { channel: position.id, device: signer.uri, post_id: postId }
  const seen = seenAt(position)
  const sealing = contents.map(async ([type, body]) => {
    const sealed = await seal({ type, seen, body }, place, epoch, signer.key)
    return draft(Kind.APPLICATION, sealed, { epoch: epoch.epoch, urgency })
  })
  const by = { signer: signer.uri, seed: signer.key, seen }
  const stating = [
    ...reminders.map(([party, rings]) => {
      return sign(Reminder, { channel: posting.channel, party, rings, nonce: nonce() }, by)
    }),
    ...ends.map((seq) => sign(ReminderEnd, { channel: posting.channel, seq }, by)),
  ].map(async (statement) => draft(Kind.REMINDER, (await statement).raw, { urgency }))
  const body = postBody(postId, await Promise.all([...sealing, ...stating]))
  return { post_id: postId, log: position.id, path: entriesPath(position.id), body, again: posting, staged: [] }
}

/** Leave out the ends of reminders that somebody else ended; the log shows it. */
export function openEnds(logs: Logs, posting: Posting): number[] {
  if (!posting.ends.length) return []
  const ended = new Set<number>()
  for (const row of logs.rows(posting.channel, Math.min(...posting.ends), [Kind.REMINDER])) {
    const said = row.state === "counted" ? readReminder(row.entry.data) : null
    if (said !== null && "seq" in said) ended.add(said.seq)
  }
  return [...new Set(posting.ends)].filter((seq) => !ended.has(seq))
}

/** State the next roster of a channel. */
export async function seatsPost(
  signer: Signer,
  position: LogPosition,
  changes: readonly SeatChange[],
): Promise<Outgoing> {
  const member = position.membership
  if (member === null) throw new Error("a roster follows a charter")
  const roster = { channel: position.id, number: member.roster_number + 1, changes }
  return stated(signer, position, Roster, roster, member.roster_head)
}

/** Ask to be removed and added anew. */
export async function rejoinPost(signer: Signer, position: LogPosition): Promise<Outgoing> {
  return stated(signer, position, Rejoin, { channel: position.id, nonce: nonce() })
}

/** Report that this device cannot apply the commit at `seq`. */
export async function badCommitReport(
  signer: Signer,
  position: LogPosition,
  seq: number,
  chain: string,
): Promise<Outgoing> {
  return stated(signer, position, BadCommit, { channel: position.id, seq, chain })
}

/** Draw what makes two equal statements two. */
export function nonce(): string {
  return toHex(randomBytes(16))
}

async function stated<T>(
  signer: Signer,
  position: LogPosition,
  model: BodyModel<T>,
  body: T,
  follows = "",
): Promise<Outgoing> {
  const by = { signer: signer.uri, seed: signer.key, follows, seen: seenAt(position) }
  const statement: Statement = await sign(model, body, by)
  const post_id = newPostId()
  const bytes = postBody(post_id, [draft(Kind.ROSTER, statement.raw)])
  return { post_id, log: position.id, path: entriesPath(position.id), body: bytes, again: null, staged: [] }
}

function seenAt(position: LogPosition): Seen {
  return { seq: position.seq, chain: position.chain }
}
