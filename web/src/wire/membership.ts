/**
 * Fold a channel's log into seats and leaves: one function of the log, the same on the server and on every client.
 *
 *     charter ─▶ group_info ─▶ roster / commit / … ─▶ Membership(seated offices, leaves, epoch)
 *
 * An entry that the fold refuses does not count: the server never appends it, a client never believes it
 * (docs/protocol.md §6).
 * The fold sees no secret and no engine; path secrets, membership and confirmation tags are the engine's to check.
 */

import { BadCommit, Charter, Rejoin, Revocation, Roster } from "./bodies"
import { equal, toHex } from "./bytes"
import { decodeSeen, type Entry, Kind, kindWord } from "./entries"
import { DeviceUri, officeParty } from "./identity"
import { checkSealed, type Directory, type Leaf, Membership, NotCounted } from "./leaves"
import * as mls from "./mls"
import { Refused } from "./refused"
import { bodyOf, checkReminder, signedByDevice, statementOf } from "./stated"
import type { Statement } from "./statements"

export { adopt, checkSealed, type Directory, type Leaf, Membership, NotCounted, officeIdOf, skip } from "./leaves"

export const MAX_LEAVES = 1000

/** Begin a fold at a channel's first entry (rules CH-1 to CH-3); throws `NotCounted`. */
export async function found(entry: Entry, directory: Directory): Promise<Membership> {
  const statement = statementOf(entry)
  if (entry.kind !== Kind.CHARTER || entry.seq !== 1 || statement.digest !== entry.log) {
    throw new NotCounted("bad_charter", "a channel begins with the charter whose digest is its id")
  }
  const charter = bodyOf(statement, Charter)
  const signer = await signedByDevice(statement, entry, directory)
  if (!charter.owners.includes(signer.officeId)) {
    throw new NotCounted("bad_charter", "the signer's office is not an owner")
  }
  return new Membership({
    channel: entry.log,
    charter,
    founder: statement.signer,
    at_ms: entry.at_ms,
    roster_head: statement.digest,
    seated: new Set(charter.owners),
  })
}

/**
 * Fold one more entry, or throw `NotCounted` and leave the membership as it was.
 *
 * Takes  entry: the next of the same log, numbered member.seq + 1
 */
export async function advance(member: Membership, entry: Entry, directory: Directory): Promise<Membership> {
  if (entry.log !== member.channel || entry.seq !== member.seq + 1) {
    throw new NotCounted("out_of_order", `expected entry ${member.seq + 1} of this channel`)
  }
  if (entry.at_ms < member.at_ms) throw new NotCounted("time_fell", "an entry is not older than the one before it")
  if (member.epoch < 0 !== (entry.kind === Kind.GROUP_INFO)) {
    throw new NotCounted("bad_group_info", "entry 2 of a channel, and only it, is the GroupInfo of epoch 0")
  }
  const changed = await fold(member, entry, directory)
  return changed.with({ seq: entry.seq, at_ms: entry.at_ms })
}

/** Check that a revocation is signed by the device's own party CA or the root; throws `NotCounted`. */
export async function checkRevocation(statement: Statement, directory: Directory, atMs: number): Promise<Revocation> {
  const revocation = bodyOf(statement, Revocation)
  const host = counted(() => DeviceUri.parse(revocation.device).host)
  if (statement.signer !== "root" && statement.signer !== host) {
    throw new NotCounted("not_authority", "a device is revoked by its own party or by the root")
  }
  for (const key of await directory.authorityKeys(statement.signer, atMs)) {
    try {
      await statement.verify(key)
    } catch (refused) {
      if (refused instanceof Refused) continue
      throw refused
    }
    return revocation
  }
  throw new NotCounted("bad_signature", `the revocation is not signed by ${statement.signer}`)
}

async function fold(member: Membership, entry: Entry, directory: Directory): Promise<Membership> {
  switch (entry.kind) {
    case Kind.GROUP_INFO:
      return groupInfo(member, entry, directory)
    case Kind.ROSTER:
      return roster(member, entry, directory)
    case Kind.COMMIT:
      return commit(member, entry, directory)
    case Kind.APPLICATION:
    case Kind.LINK:
      return sealed(member, entry)
    case Kind.REMINDER:
      await checkReminder(member, entry, directory)
      return member
    case Kind.NOTICE:
      return member
    default: {
      const word = kindWord(entry.kind)
      throw new NotCounted("wrong_kind", `a channel's log holds no ${word} after its beginning`)
    }
  }
}

async function groupInfo(member: Membership, entry: Entry, directory: Directory): Promise<Membership> {
  const founder = await directory.device(member.founder, entry.at_ms)
  if (founder === null || entry.device !== member.founder) {
    throw new NotCounted("bad_group_info", "the GroupInfo of epoch 0 is the charter's signer's")
  }
  const info = counted(() => mls.parseGroupInfo(entry.data))
  await countedAsync(mls.verifyGroupInfo(info, founder.key))
  const { context } = info
  if (toHex(context.group_id) !== member.channel || context.epoch || info.signer || context.extensions.length) {
    throw new NotCounted("bad_group_info", "the GroupInfo is not of this channel's epoch 0 with one leaf")
  }
  const leaf = { uri: member.founder, key: founder.key, not_after_ms: founder.not_after_ms, since_seq: entry.seq }
  return member.with({ epoch: 0, leaves: new Map([[0, leaf]]) })
}

async function roster(member: Membership, entry: Entry, directory: Directory): Promise<Membership> {
  const statement = statementOf(entry)
  switch (statement.label) {
    case Roster.LABEL:
      return seats(member, entry, statement, directory)
    case Revocation.LABEL: {
      const { device } = await checkRevocation(statement, directory, entry.at_ms)
      if (member.revoked.has(device)) throw new NotCounted("no_change", "the device is already revoked here")
      return member.with({ revoked: new Set([...member.revoked, device]) })
    }
    case Rejoin.LABEL:
      return rejoin(member, entry, statement, directory)
    case BadCommit.LABEL: {
      const report = bodyOf(statement, BadCommit)
      await signedByDevice(statement, entry, directory)
      if (member.leafOf(entry.device) === null) {
        throw new NotCounted("no_leaf", "only a device with a leaf can fail to apply a commit")
      }
      if (report.channel !== member.channel || report.seq >= entry.seq) {
        throw new NotCounted("bad_report", "the report is not about an earlier entry of this channel")
      }
      return member
    }
    default:
      throw new NotCounted("wrong_statement", "this statement has no place in a channel")
  }
}

async function rejoin(member: Membership, entry: Entry, statement: Statement, known: Directory): Promise<Membership> {
  const said = bodyOf(statement, Rejoin)
  await signedByDevice(statement, entry, known)
  const index = member.leafOf(entry.device)
  const leaf = index === null ? undefined : member.leaves.get(index)
  if (said.channel !== member.channel || leaf === undefined) {
    throw new NotCounted("bad_rejoin", "only a device with a leaf here can rejoin here")
  }
  if (statement.seen.seq < leaf.since_seq) {
    throw new NotCounted("bad_rejoin", "the statement is older than the leaf, so it was replayed")
  }
  return member.with({ rejoining: new Set([...member.rejoining, entry.device]) })
}

async function seats(member: Membership, entry: Entry, statement: Statement, known: Directory): Promise<Membership> {
  const said = bodyOf(statement, Roster)
  const signer = await signedByDevice(statement, entry, known)
  const { charter } = member
  if (!charter.owners.includes(signer.officeId) || !member.seated.has(signer.officeId)) {
    throw new NotCounted("not_owner", "only a seated owner office changes seats")
  }
  if (member.revoked.has(signer.toString())) throw new NotCounted("device_revoked", "the signer is revoked here")
  if (said.channel !== member.channel) throw new NotCounted("wrong_channel", "the statement is about another channel")
  if (said.number !== member.roster_number + 1 || statement.follows !== member.roster_head) {
    throw new NotCounted("stale_roster", `the next statement is number ${member.roster_number + 1}`)
  }
  const seated = new Set(member.seated)
  for (const change of said.changes) {
    if (charter.parties.length && !charter.parties.includes(officeParty(change.office))) {
      throw new NotCounted("party_not_named", "no statement can seat a party that the charter does not name")
    }
    if (change.seated === seated.has(change.office)) {
      throw new NotCounted("no_change", `${change.office} is already so`)
    }
    if (change.seated) seated.add(change.office)
    else seated.delete(change.office)
  }
  if (!charter.owners.some((owner) => seated.has(owner))) {
    throw new NotCounted("no_owner_left", "one owner office stays seated")
  }
  return member.with({ seated, roster_number: said.number, roster_head: statement.digest })
}

async function commit(member: Membership, entry: Entry, directory: Directory): Promise<Membership> {
  const { made, own } = checkCommit(member, entry)
  const leaves = new Map([...member.leaves].filter(([index]) => !made.removes.includes(index)))
  const renewed = await directory.device(own.uri, entry.at_ms)
  if (renewed !== null && made.path !== null) {
    leaves.set(made.sender, { ...own, not_after_ms: renewed.not_after_ms })
  }
  for (const add of made.adds) {
    leaves.set(leftmostBlank(leaves), await added(member, leaves, add, entry, directory))
  }
  if (leaves.size > MAX_LEAVES) throw new NotCounted("group_full", `a channel holds at most ${MAX_LEAVES} devices`)
  const gone = new Set(made.removes.map((index) => member.leaves.get(index)?.uri))
  const rejoining = new Set([...member.rejoining].filter((uri) => !gone.has(uri)))
  return member.with({ epoch: member.epoch + 1, leaves, rejoining })
}

/** Judge all of a commit but whom it adds; give it with the committer's leaf. */
function checkCommit(member: Membership, entry: Entry): { made: mls.Commit; own: Leaf } {
  const { made, seen } = counted(() => {
    const parsed = mls.parseCommit(entry.data)
    return { made: parsed, seen: decodeSeen(parsed.aad) }
  })
  if (toHex(made.group_id) !== member.channel) throw new NotCounted("wrong_channel", "the commit is of another group")
  if (made.epoch !== member.epoch || entry.epoch !== member.epoch) {
    throw new NotCounted("stale_epoch", `the channel is at epoch ${member.epoch}`)
  }
  if (seen.seq >= entry.seq || seen.chain.length !== 64) {
    throw new NotCounted("bad_seen", "the commit has seen an entry that is not yet there")
  }
  const own = member.leaves.get(made.sender)
  if (own?.uri !== entry.device) {
    throw new NotCounted("not_own_leaf", "the commit's leaf is not the posting device's")
  }
  const surplus = member.surplus(entry.at_ms)
  if (surplus.includes(made.sender)) throw new NotCounted("no_leaf", "the committer's own leaf is surplus")
  if (!made.removes.every((index) => surplus.includes(index))) {
    throw new NotCounted("not_surplus", "a commit removes only surplus leaves")
  }
  const left = surplus.find((index) => !made.removes.includes(index))
  if (left !== undefined) throw new NotCounted("removal_pending", `leaf ${left} must be removed in this commit`)
  const renewal = made.path?.leaf
  if (renewal !== undefined && (renewal.identity !== own.uri || !equal(renewal.signature_key, own.key))) {
    throw new NotCounted("leaf_changed", "a committer keeps its URI and its signature key")
  }
  return { made, own }
}

async function added(
  member: Membership,
  leaves: ReadonlyMap<number, Leaf>,
  add: mls.KeyPackage,
  entry: Entry,
  directory: Directory,
): Promise<Leaf> {
  const { identity, signature_key: key } = add
  const uri = counted(() => DeviceUri.parse(identity))
  await countedAsync(mls.verifyKeyPackage(add, Math.floor(entry.at_ms / 1000)))
  const certificate = await directory.device(identity, entry.at_ms)
  if (certificate === null || !equal(certificate.key, key)) {
    throw new NotCounted("not_certified", `${identity} has no certificate in force for that key`)
  }
  if (!member.seated.has(uri.officeId)) {
    throw new NotCounted("not_seated", `${uri.officeId} is not seated in this channel`)
  }
  if (member.revoked.has(identity)) throw new NotCounted("device_revoked", `${identity} is revoked`)
  if ([...leaves.values()].some((leaf) => leaf.uri === identity || equal(leaf.key, key))) {
    throw new NotCounted("already_leaf", `${identity} holds a leaf already`)
  }
  return { uri: identity, key, not_after_ms: certificate.not_after_ms, since_seq: entry.seq }
}

function sealed(member: Membership, entry: Entry): Membership {
  checkSealed(member, entry.device, entry.epoch, entry.at_ms)
  if (entry.kind === Kind.LINK && member.charter.history !== "full") {
    throw new NotCounted("no_links", "this channel keeps no links to old epochs")
  }
  return member
}

function leftmostBlank(leaves: ReadonlyMap<number, Leaf>): number {
  let index = 0
  while (leaves.has(index)) index += 1
  return index
}

/** Let what a parser refuses count as refused by the fold. */
function counted<T>(read: () => T): T {
  try {
    return read()
  } catch (refused) {
    throw asNotCounted(refused)
  }
}

async function countedAsync<T>(checked: Promise<T>): Promise<T> {
  try {
    return await checked
  } catch (refused) {
    throw asNotCounted(refused)
  }
}

function asNotCounted(refused: unknown): unknown {
  return refused instanceof Refused ? new NotCounted(refused.code, refused.detail) : refused
}
