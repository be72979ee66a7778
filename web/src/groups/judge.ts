/**
 * Judge entries one by one, as a function of the log so far: the chain, the fold, and what each sender had seen.
 *
 *     event ─▶ judge(place, event) ─▶ Judged(place after, row, what the engine or the opener has to do next)
 *
 * No I/O, no engine, no secrets. An entry that is refused is kept with its reason and changes nothing but the chain.
 */

import { ServerMistrusted } from "../client/errors"
import { type LogPosition, NO_POST, type Row, rowOf } from "../client/store/logs"
import { Reminder, ReminderEnd } from "../wire/bodies"
import { fromHex } from "../wire/bytes"
import { decodeSeen, type Entry, entryDigest, Kind, nextChain, type Seen, Urgency } from "../wire/entries"
import { isWithheld, type Withheld } from "../wire/events"
import { DeviceUri } from "../wire/identity"
import { adopt, advance, type Directory, found, type Membership, NotCounted, skip } from "../wire/membership"
import * as mls from "../wire/mls"
import { Refused } from "../wire/refused"
import { Statement } from "../wire/statements"
import { dumps } from "../wire/strict_json"

export const CHANGES_TYPE = "members"
export const REMINDER_TYPES: Readonly<Record<string, string>> = {
  [Reminder.LABEL]: "reminder",
  [ReminderEnd.LABEL]: "reminder_end",
}

/** Gives this device's own chain at a number, or null where it has not processed it. */
export type ChainAt = (seq: number) => string | null

/**
 * One entry, judged: the position past it and the row as it will be kept.
 *
 * Takes  commit: where the fold counts it, for the engine; adds_us: a commit that adds this device, for joining
 */
export interface Judged {
  readonly after: LogPosition
  readonly row: Row
  readonly commit: mls.Commit | null
  readonly adds_us: boolean
}

/**
 * Judge the next entry of a channel's log.
 *
 * Takes   own: this device's URI; directory: prepared for every device that the entry names
 * Throws  ServerMistrusted where no honest server could have sent this
 */
export async function judge(
  before: LogPosition,
  event: Entry | Withheld,
  own: string,
  directory: Directory,
  chainAt: ChainAt,
): Promise<Judged> {
  if (event.log !== before.id || event.seq !== before.seq + 1) {
    throw new ServerMistrusted("out_of_order", `expected entry ${before.seq + 1} of log ${before.id.slice(0, 8)}`)
  }
  if (isWithheld(event)) return withheld(before, event, own)
  if (event.at_ms < before.at_ms) {
    throw new ServerMistrusted("time_fell", `entry ${event.seq} is older than the one before it`)
  }
  const chain = nextChain(before.chain, event.seq, entryDigest(event))
  const after = { ...before, seq: event.seq, chain, at_ms: event.at_ms }
  const member = before.membership
  if (member === null) return begin(after, event, directory)
  const blind = member.epoch >= 0 && member.leaves.size === 0
  const skipped = { ...after, membership: skip(member, event.seq) }
  if (blind && (event.kind === Kind.COMMIT || event.kind === Kind.APPLICATION || event.kind === Kind.LINK)) {
    return unfolded(skipped, event, own)
  }
  const claimed = claimedBy(event)
  if (claimed !== null) {
    const ours = chainAt(claimed.seq)
    if (ours !== claimed.chain) {
      const why = ours === null ? "has seen an entry that is not there" : "saw other entries than this device"
      return mistrusted(skipped, event, `seen_mismatch: the sender ${why} (up to ${claimed.seq})`)
    }
  }
  let changed: Membership
  try {
    changed = await advance(member, event, directory)
  } catch (refused) {
    if (!(refused instanceof NotCounted)) throw refused
    return judged(skipped, rowOf(event, chain, "refused", { problem: refused.message }))
  }
  return count(member, { ...after, membership: changed }, changed, event, own)
}

/** Note that a party's sender and this device saw different logs; from two parties, the channel stops. */
export function mistrust(position: LogPosition, device: string): LogPosition {
  const parties = new Set([...position.mistrusted, partyOf(device)])
  const named = [...parties].sort().join(", ")
  const stopped = `forked: the logs of ${named} and of this device differ; the server may show two logs`
  return { ...position, mistrusted: parties, trouble: position.trouble ?? (parties.size > 1 ? stopped : null) }
}

/** Give the party of a device as an entry names it; the whole text where it is no device's name. */
export function partyOf(device: string): string {
  try {
    return DeviceUri.parse(device).party
  } catch (refused) {
    if (refused instanceof Refused) return [...device].slice(0, 100).join("")
    throw refused
  }
}

/** Give the devices whose certificates the fold will ask for; empty where the entry cannot be read. */
export function named(event: Entry | Withheld): Set<string> {
  if (isWithheld(event)) return new Set()
  if (event.kind === Kind.APPLICATION || event.kind === Kind.LINK || event.kind === Kind.NOTICE) return new Set()
  const uris = new Set(event.device ? [event.device] : [])
  if (event.kind !== Kind.COMMIT) return uris
  for (const add of readOrNull(() => mls.parseCommit(event.data).adds) ?? []) uris.add(add.identity)
  return uris
}

function judged(after: LogPosition, row: Row, commit: mls.Commit | null = null, addsUs = false): Judged {
  return { after, row, commit, adds_us: addsUs }
}

async function begin(after: LogPosition, event: Entry, directory: Directory): Promise<Judged> {
  try {
    const membership = await found(event, directory)
    return judged({ ...after, membership }, rowOf(event, after.chain, "counted"))
  } catch (refused) {
    if (!(refused instanceof NotCounted)) throw refused
    throw new ServerMistrusted(refused.code, `channel ${after.id.slice(0, 8)}: ${refused.detail}`)
  }
}

/** Keep an entry that counts, with what the engine or the opener has to know of it. */
function count(member: Membership, after: LogPosition, changed: Membership, event: Entry, own: string): Judged {
  const { chain } = after
  if (event.kind === Kind.APPLICATION || event.kind === Kind.LINK) {
    const signer = member.leaves.get(member.leafOf(event.device) ?? -1)?.key
    if (signer === undefined) throw new Error("a sealed entry counts only from a leaf")
    return judged(after, rowOf(event, chain, "waiting", { signer }))
  }
  if (event.kind === Kind.REMINDER) {
    const said = Statement.parse(event.data)
    return judged(after, rowOf(event, chain, "counted", { type: REMINDER_TYPES[said.label] ?? "", body: said.body }))
  }
  const commit = event.kind === Kind.COMMIT ? mls.parseCommit(event.data) : null
  const told = changes(event, member, changed)
  const row = rowOf(event, chain, "counted", { type: told === null ? "" : CHANGES_TYPE, body: told })
  return judged(after, row, commit, addsDevice(commit, own))
}

function addsDevice(commit: mls.Commit | null, own: string): boolean {
  return commit !== null && commit.adds.some((add) => add.identity === own)
}

function withheld(before: LogPosition, event: Withheld, own: string): Judged {
  const member = before.membership
  if (member?.charter.history !== "from_join" || (before.state !== null && !isOut(member, before.at_ms, own))) {
    const detail = `the server withholds entry ${event.seq}, which this device may read`
    throw new ServerMistrusted("withheld", detail)
  }
  const { seq, digest } = event
  const chain = nextChain(before.chain, seq, digest)
  // What happened to the leaves is not for us to know: the welcome will tell which there are.
  const blind = adopt(skip(member, seq), Math.max(member.epoch, 0), new Map())
  const entry: Entry = {
    log: before.id,
    seq,
    kind: Kind.NOTICE,
    device: "",
    epoch: 0,
    post_id: NO_POST,
    urgency: Urgency.ROUTINE,
    at_ms: before.at_ms,
    data: fromHex(digest),
  }
  const after = { ...before, seq, chain, membership: blind, state: null, state_epoch: null }
  return judged(after, rowOf(entry, chain, "withheld"))
}

/** Say whether this device's leaf must go by its own fold: what follows until it is let in anew is not for it. */
function isOut(member: Membership, atMs: number, own: string): boolean {
  const leaf = member.leafOf(own)
  return leaf !== null && member.surplus(atMs).includes(leaf)
}

/** Step over a sealed entry or a commit from before this device's join, which it cannot fold. */
function unfolded(skipped: LogPosition, event: Entry, own: string): Judged {
  const { chain } = skipped
  if (event.kind !== Kind.COMMIT) return judged(skipped, rowOf(event, chain, "before"))
  let commit: mls.Commit
  try {
    commit = mls.parseCommit(event.data)
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused
    return judged(skipped, rowOf(event, chain, "refused", { problem: refused.message }))
  }
  return judged(skipped, rowOf(event, chain, "counted"), commit, addsDevice(commit, own))
}

function mistrusted(skipped: LogPosition, event: Entry, why: string): Judged {
  const problem = `${why}; ask ${event.device} and the server's operator`
  return judged(mistrust(skipped, event.device), rowOf(event, skipped.chain, "refused", { problem }))
}

/** Give what the sender of a commit or a statement says it had seen, where it says so in the clear. */
function claimedBy(event: Entry): Seen | null {
  if (event.kind === Kind.COMMIT) return readOrNull(() => decodeSeen(mls.parseCommit(event.data).aad))
  if ((event.kind !== Kind.ROSTER && event.kind !== Kind.REMINDER) || !event.device) return null
  const seen = readOrNull(() => Statement.parse(event.data).seen)
  return seen?.chain ? seen : null
}

/** Give the JSON that tells people what an entry changed, or null where nothing of theirs did. */
function changes(event: Entry, before: Membership, after: Membership): Uint8Array | null {
  let told: Record<string, string[]>
  if (event.kind === Kind.COMMIT) {
    const [old, now] = [urisOf(before), urisOf(after)]
    const renewed = new Set([...old].filter((uri) => before.rejoining.has(uri)))
    told = {
      added: [...now].filter((uri) => !old.has(uri) || renewed.has(uri)).sort(),
      removed: less(old, now),
    }
  } else if (event.kind === Kind.ROSTER) {
    told = {
      seated: less(after.seated, before.seated),
      unseated: less(before.seated, after.seated),
      revoked: less(after.revoked, before.revoked),
      rejoining: less(after.rejoining, before.rejoining),
    }
  } else return null
  const filled = Object.entries(told).filter(([, uris]) => uris.length > 0)
  return filled.length ? dumps(Object.fromEntries(filled)) : null
}

function urisOf(member: Membership): Set<string> {
  return new Set([...member.leaves.values()].map((leaf) => leaf.uri))
}

function less(all: ReadonlySet<string>, without: ReadonlySet<string>): string[] {
  return [...all].filter((one) => !without.has(one)).sort()
}

function readOrNull<T>(read: () => T): T | null {
  try {
    return read()
  } catch (refused) {
    if (refused instanceof Refused) return null
    throw refused
  }
}
