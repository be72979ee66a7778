/**
 * Join by a welcome, where it leads into the very group whose log this device reads (docs/protocol.md §4, §6).
 *
 * A welcome could be into a private fork, into a tree with strangers, or about another log. Each is refused here: the
 * GroupInfo's confirmation tag and signer must be those of the logged commit, every leaf certified, and what the
 * committer had seen must be this device's own log.
 */

import { equal, toHex } from "../wire/bytes"
import type { DeviceCertificate } from "../wire/certificates"
import { decodeSeen, type Entry } from "../wire/entries"
import type { Directory, Leaf, Membership } from "../wire/membership"
import * as mls from "../wire/mls"
import { Refused } from "../wire/refused"
import { binding, type Welcome } from "../wire/welcomes"
import { type Engine, EngineError, EngineUnavailable, type Joined, type KeyPackage, type Pair } from "./engine_host"
import type { ChainAt } from "./judge"

/** A welcome that does not lead into the group that the log shows. */
export class JoinRefused extends Refused {}

/** Where a join finds devices; prepared for every leaf of the tree. */
export interface Devices extends Directory {
  /** Give the device's certificate that begins last and whose chain held at some time, lapsed or not. */
  newest(uri: string): Promise<DeviceCertificate | null>
  /** Give the device with its key where any chain ever held: what the engine's hook asks. */
  pair(uri: string): Promise<Pair | null>
}

/**
 * What a join starts from.
 *
 * Takes  entry, commit: the logged commit that adds this device; folded: the fold past it, without leaves where the
 *        earlier commits are withheld; group_info, ratchet_tree: of the new epoch, as the server gives them
 */
export interface Invited {
  readonly entry: Entry
  readonly commit: mls.Commit
  readonly folded: Membership
  readonly welcome: Welcome
  readonly package: KeyPackage
  readonly group_info: Uint8Array
  readonly ratchet_tree: Uint8Array
}

/**
 * What this device's own log says.
 *
 * Takes  rosterHeads: the digests that were the newest roster statement at some entry from `seen` to the commit;
 *        commits: in `full`, the data of entry 2 and of every counted commit up to this one
 */
export interface OwnLog {
  readonly chainAt: ChainAt
  readonly rosterHeads: readonly string[]
  readonly commits: readonly Uint8Array[]
}

/** Join, and give the leaves of the new epoch; throws `JoinRefused`, `Refused`, `EngineUnavailable`. */
export async function join(
  engine: Engine,
  invited: Invited,
  directory: Devices,
  log: OwnLog,
): Promise<{ joined: Joined; leaves: ReadonlyMap<number, Leaf> }> {
  await checkWelcome(invited, directory, log)
  const info = await groupInfo(invited, directory)
  const folded = invited.folded.leaves
  if (folded.size) checkTranscript(info, log.commits)
  const allowed = await allowedIn(invited.ratchet_tree, directory)
  const joined = await joinEngine(engine, invited, allowed)
  const { entry, commit, welcome } = invited
  const { epoch } = joined
  if (epoch.number !== commit.epoch + 1 || !equal(epoch.confirmation_tag, commit.confirmation_tag)) {
    throw new JoinRefused("private_fork", "the welcome leads into another epoch than the logged commit")
  }
  if (joined.signer !== commit.sender || !equal(epoch.tree_hash, info.context.tree_hash)) {
    throw new JoinRefused("private_fork", "the welcome's GroupInfo is not the committer's")
  }
  const bound = joined.group_info_extension
  if (bound === null || !equal(bound, binding(welcome.seen, welcome.roster_head))) {
    throw new JoinRefused("wrong_binding", "the welcome and its GroupInfo speak of different logs")
  }
  if (epoch.leaves.find((leaf) => leaf.index === joined.signer)?.uri !== entry.device) {
    throw new JoinRefused("private_fork", "the committer's leaf is not the posting device's")
  }
  if (folded.size && !sameLeaves(epoch.leaves, folded)) {
    throw new JoinRefused("wrong_tree", "the group's leaves are not those that the log shows")
  }
  return { joined, leaves: folded.size ? folded : await adopted(joined, invited, directory) }
}

/** Say whether the engine's leaves are those of a fold. */
export function sameLeaves(engines: Joined["epoch"]["leaves"], folded: ReadonlyMap<number, Leaf>): boolean {
  if (engines.length !== folded.size) return false
  return engines.every(({ index, uri, key }) => {
    const leaf = folded.get(index)
    return leaf?.uri === uri && equal(leaf.key, key)
  })
}

async function checkWelcome(invited: Invited, directory: Devices, log: OwnLog): Promise<void> {
  const { welcome, entry, folded, commit } = invited
  const committer = await directory.device(entry.device, entry.at_ms)
  if (committer === null || welcome.committer !== entry.device || welcome.channel !== entry.log) {
    throw new JoinRefused("wrong_welcome", "the welcome is not from the device whose commit the log shows")
  }
  await welcome.verify(committer.key)
  const claimed = decodeSeen(commit.aad)
  const { seq, chain } = welcome.seen
  if (claimed.seq !== seq || claimed.chain !== chain || log.chainAt(seq) !== chain) {
    throw new JoinRefused("seen_mismatch", `${entry.device} saw other entries than this device`)
  }
  if (!log.rosterHeads.includes(welcome.roster_head)) {
    throw new JoinRefused("wrong_roster", `${entry.device} saw other roster statements than this device`)
  }
  if (!folded.leaves.size && (!folded.seated.has(committer.uri.officeId) || folded.revoked.has(entry.device))) {
    // Where the commits before are withheld, the fold judged no leaf; the signed roster still says who is seated.
    throw new JoinRefused("not_seated", "the committer has no seat in this channel, or was revoked")
  }
  if (!mls.parseWelcome(welcome.welcome).refs.includes(invited.package.ref)) {
    throw new JoinRefused("wrong_welcome", "the welcome is not for this device's key package")
  }
}

async function groupInfo({ commit, entry, group_info }: Invited, directory: Devices): Promise<mls.GroupInfo> {
  const info = mls.parseGroupInfo(group_info)
  const signer = await directory.pair(entry.device)
  mls.checkGroupInfo(info)
  if (signer === null || info.signer !== commit.sender || !equal(info.confirmation_tag, commit.confirmation_tag)) {
    throw new JoinRefused("private_fork", "the server's GroupInfo is not that of the logged commit")
  }
  await mls.verifyGroupInfo(info, signer[1])
  if (toHex(info.context.group_id) !== entry.log || info.context.epoch !== commit.epoch + 1) {
    throw new JoinRefused("private_fork", "the server's GroupInfo is of another group or epoch")
  }
  return info
}

/** Recompute the transcript hash from the log: every commit of the group's past is the one logged. */
function checkTranscript(info: mls.GroupInfo, commits: readonly Uint8Array[]): void {
  let confirmed: Uint8Array = new Uint8Array()
  let interim: Uint8Array = new Uint8Array()
  for (const [number, data] of commits.entries()) {
    if (number === 0) {
      interim = mls.interimTranscriptHash(confirmed, mls.parseGroupInfo(data).confirmation_tag)
      continue
    }
    const commit = mls.parseCommit(data)
    confirmed = mls.nextConfirmedTranscriptHash(commit, interim)
    interim = mls.interimTranscriptHash(confirmed, commit.confirmation_tag)
  }
  if (!equal(confirmed, info.context.confirmed_transcript_hash)) {
    throw new JoinRefused("wrong_transcript", "the commits in the log are not those that made the group")
  }
}

/** Give every leaf of the tree, each certified by its party at some time. */
async function allowedIn(ratchetTree: Uint8Array, directory: Devices): Promise<Pair[]> {
  const allowed: Pair[] = []
  for (const { identity, signature_key: key } of mls.parseRatchetTree(ratchetTree).leaves.values()) {
    const pair = await directory.pair(identity)
    if (pair === null || !equal(pair[1], key)) {
      throw new JoinRefused("not_certified", `the tree holds ${identity}, which no party certified with that key`)
    }
    allowed.push(pair)
  }
  return allowed
}

async function joinEngine(engine: Engine, invited: Invited, allowed: readonly Pair[]): Promise<Joined> {
  const { welcome, package: own, ratchet_tree: tree } = invited
  try {
    return await engine.join(welcome.welcome, own.key_package, own.private, tree, allowed)
  } catch (refused) {
    if (!(refused instanceof EngineError) || refused instanceof EngineUnavailable) throw refused
    throw new JoinRefused(refused.code, `the engine refuses the welcome: ${refused.detail}`)
  }
}

/** Give the leaves of a channel whose earlier commits are withheld; certificates tell until when each counts. */
async function adopted(joined: Joined, { commit, entry }: Invited, directory: Devices): Promise<Map<number, Leaf>> {
  const added = new Set(commit.adds.map((one) => one.identity))
  const leaves = new Map<number, Leaf>()
  for (const { index, uri, key } of joined.epoch.leaves) {
    const certificate = (await directory.device(uri, entry.at_ms)) ?? (await directory.newest(uri))
    if (certificate === null) throw new Error("every leaf of the tree was certified")
    const since_seq = added.has(uri) ? entry.seq : 0
    leaves.set(index, { uri, key, not_after_ms: certificate.not_after_ms, since_seq })
  }
  return leaves
}
