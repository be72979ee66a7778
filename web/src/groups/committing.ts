/**
 * Stage commits and new channels: the exact bytes to post, and the engine's state that they lead to.
 *
 * Nothing here is sent or believed: the bytes go to the outbox first; the state counts when the log shows the commit.
 */

import type { LogPosition } from "../client/store/logs"
import type { Outgoing, Staged } from "../client/store/outbox"
import { fromHex, toBase64 } from "../wire/bytes"
import { draft, type Draft, encodeSeen, Kind, kindWord, type Seen, urgencyWord } from "../wire/entries"
import { dashed } from "../wire/events"
import { sha256Hex } from "../wire/hash"
import * as mls from "../wire/mls"
import { type EpochKey, sealLink } from "../wire/sealing"
import type { Statement } from "../wire/statements"
import { dumps } from "../wire/strict_json"
import { binding, Welcome } from "../wire/welcomes"
import type { Committed, Engine, Epoch, KeyPackage, Pair } from "./engine_host"

export const CREATE_PATH = "/v1/channels"

/** Who posts: the device's URI and the seed of its signature key. */
export interface Signer {
  readonly uri: string
  readonly key: Uint8Array
}

/** What a commit stands on: the channel, its charter's bytes, its history, the engine's state, and what was seen. */
export interface Base {
  readonly channel: string
  readonly charter: Uint8Array
  readonly full: boolean
  readonly state: Uint8Array
  readonly epoch: EpochKey
  readonly seen: Seen
  readonly roster_head: string
}

/** What a commit changes: key packages of devices that the caller has judged, and every surplus leaf. */
export interface Changes {
  readonly adds?: readonly Uint8Array[]
  readonly removes?: readonly number[]
}

/** What a post of a commit carries beside its drafts. */
interface Blobs {
  readonly group_info?: Uint8Array
  readonly ratchet_tree?: Uint8Array
  readonly first_ratchet_tree?: Uint8Array
}

/** Give the path that a channel's posts go to. */
export function entriesPath(channel: string): string {
  return `/v1/channels/${channel}/entries`
}

/** Draw the id of a new post: 32 hex digits of a random UUID. */
export function newPostId(): string {
  return crypto.randomUUID().replaceAll("-", "")
}

/** Write the exact bytes of a post. */
export function postBody(postId: string, drafts: readonly Draft[], more: Blobs = {}): Uint8Array {
  const told = drafts.map((one) => ({
    kind: kindWord(one.kind),
    epoch: one.epoch,
    urgency: urgencyWord(one.urgency),
    data_base64: toBase64(one.data),
    ...(one.to.length ? { to: one.to } : {}),
  }))
  const blobs = Object.entries(more).map(([name, value]) => [name, toBase64(value as Uint8Array)] as const)
  return dumps({ post_id: dashed(postId), drafts: told, ...Object.fromEntries(blobs) })
}

/** Give what a commit stands on in a channel that this device follows with its engine. */
export function baseOf(position: LogPosition, charter: Uint8Array, epoch: EpochKey): Base {
  const { membership: member, state, id: channel, seq, chain } = position
  if (member === null || state === null) throw new Error("a commit stands on a fold and a state")
  const full = member.charter.history === "full"
  return { channel, charter, full, state, epoch, seen: { seq, chain }, roster_head: member.roster_head }
}

/** Give an epoch's key as it is kept. */
export function epochKeyOf(epoch: Epoch): EpochKey {
  return { epoch: epoch.number, key: epoch.key, authenticator: epoch.authenticator }
}

/** Stage a commit: Adds, Removes, or nothing but a fresh path. */
export async function stageCommit(engine: Engine, base: Base, signer: Signer, changes: Changes): Promise<Outgoing> {
  const postId = newPostId()
  const { committed, drafts } = await commit(engine, base, signer, postId, changes)
  const { group_info, ratchet_tree } = committed
  const body = postBody(postId, drafts, { group_info, ratchet_tree })
  const staged = [stagedAs(committed.epoch.number, committed.commit, committed.state)]
  return { post_id: postId, log: base.channel, path: entriesPath(base.channel), body, again: null, staged }
}

/** Stage a new channel: charter, GroupInfo of epoch 0, roster, and the commit that adds everybody else. */
export async function stageChannel(
  engine: Engine,
  signer: Signer,
  founding: {
    readonly charter: Statement
    readonly roster: Statement | null
    readonly own: KeyPackage
    readonly adds: readonly Uint8Array[]
    readonly full: boolean
  },
): Promise<Outgoing> {
  const { charter, roster, own, adds, full } = founding
  const postId = newPostId()
  const channel = charter.digest
  const created = await engine.create(fromHex(channel), own.key_package, own.private)
  const drafts = [draft(Kind.CHARTER, charter.raw), draft(Kind.GROUP_INFO, created.group_info)]
  if (roster !== null) drafts.push(draft(Kind.ROSTER, roster.raw))
  const staged = [stagedAs(0, created.group_info, created.state)]
  let newest: { group_info: Uint8Array; ratchet_tree: Uint8Array } = created
  if (adds.length) {
    const base: Base = {
      channel,
      charter: charter.raw,
      full,
      state: created.state,
      epoch: epochKeyOf(created.epoch),
      seen: { seq: 0, chain: channel },
      roster_head: (roster ?? charter).digest,
    }
    const { committed, drafts: more } = await commit(engine, base, signer, postId, { adds })
    drafts.push(...more)
    staged.push(stagedAs(committed.epoch.number, committed.commit, committed.state))
    newest = committed
  }
  const { group_info, ratchet_tree } = newest
  const body = postBody(postId, drafts, { group_info, ratchet_tree, first_ratchet_tree: created.ratchet_tree })
  return { post_id: postId, log: channel, path: CREATE_PATH, body, again: null, staged }
}

async function commit(
  engine: Engine,
  base: Base,
  signer: Signer,
  postId: string,
  { adds = [], removes = [] }: Changes,
): Promise<{ committed: Committed; drafts: Draft[] }> {
  const { channel, charter, seen, roster_head: head } = base
  const packages = adds.map(mls.parseKeyPackage)
  const committed = await engine.commit(base.state, {
    adds,
    removes,
    aad: encodeSeen(seen),
    allowed: packages.map((one): Pair => [one.identity, one.signature_key]),
    groupInfoExtension: binding(seen, head),
  })
  const epoch = committed.epoch.number
  const drafts = [draft(Kind.COMMIT, committed.commit, { epoch: base.epoch.epoch })]
  if (base.full) {
    const place = { channel, device: signer.uri, post_id: postId, kind: Kind.LINK }
    const link = await sealLink(base.epoch, epochKeyOf(committed.epoch), place, seen, signer.key)
    drafts.push(draft(Kind.LINK, link, { epoch }))
  }
  if (committed.welcome !== null) {
    const welcome = await new Welcome(committed.welcome, charter, seen, head, signer.uri).sign(signer.key)
    drafts.push(draft(Kind.WELCOME, welcome.encode(), { epoch, to: packages.map((one) => one.identity) }))
  }
  return { committed, drafts }
}

function stagedAs(epoch: number, data: Uint8Array, state: Uint8Array): Staged {
  return { epoch, digest: sha256Hex(data), state }
}
