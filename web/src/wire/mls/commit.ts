/**
 * Reads commits: PublicMessages of members, holding nothing that the protocol closes.
 *
 * What needs the channel's state stays with the caller: the sender's leaf and device, certificates, seats, single use.
 */

import { toHex } from "../bytes"
import { ContentType, openMessage, readContentHead, SenderKind, WireFormat } from "./framing"
import type { KeyPackage } from "./key_package"
import { type Proposals, readProposals } from "./proposal"
import { type MlsReader, MlsRefused, nameOf } from "./refused"
import { HASH_BYTES, MAX_LEAVES } from "./suite"
import { readUpdatePath, type UpdatePath } from "./update_path"

/** One commit as it was read; `content` is the exact FramedContent, `sender` the committer's leaf index. */
export interface Commit {
  readonly group_id: Uint8Array
  readonly epoch: number
  readonly sender: number
  readonly aad: Uint8Array
  readonly adds: readonly KeyPackage[]
  readonly removes: readonly number[]
  readonly path: UpdatePath | null
  readonly signature: Uint8Array
  readonly confirmation_tag: Uint8Array
  readonly content: Uint8Array
}

/**
 * Give the commit of a PublicMessage, refusing by code every commit that the protocol closes.
 *
 * Throws  MlsRefused: beside those of `readProposals` and `readUpdatePath`: wire_format_refused, sender_refused,
 *         not_a_commit, path_missing, own_leaf_removed, duplicate_key, tag_refused
 */
export function parseCommit(message: Uint8Array): Commit {
  const reader = openMessage(message, WireFormat.PUBLIC_MESSAGE)
  const start = reader.at
  const head = readContentHead(reader)
  const sender = head.leaf_index
  if (sender === null) {
    const kind = nameOf(SenderKind, head.sender_kind)
    throw new MlsRefused("sender_refused", `a commit comes from a member, not from ${kind}`)
  }
  if (sender >= MAX_LEAVES) throw new MlsRefused("sender_refused", `a group has at most ${MAX_LEAVES} leaves`)
  if (head.content_type !== ContentType.COMMIT) {
    const kind = nameOf(ContentType, head.content_type)
    throw new MlsRefused("not_a_commit", `a commit was expected and this is ${kind}`)
  }
  const proposals = readProposals(reader)
  const path = reader.flag() ? readUpdatePath(reader) : null
  const content = reader.since(start)
  const signature = reader.opaque()
  const confirmation_tag = readTag(reader)
  readTag(reader)
  reader.done()
  checkProposals(proposals, path, sender)
  const { group_id, epoch, aad } = head
  return { group_id, epoch, sender, aad, ...proposals, path, signature, confirmation_tag, content }
}

function checkProposals({ adds, removes }: Proposals, path: UpdatePath | null, sender: number): void {
  if (path === null && (removes.length || !adds.length)) {
    throw new MlsRefused("path_missing", "a commit without a path holds Adds and nothing else")
  }
  if (removes.includes(sender)) throw new MlsRefused("own_leaf_removed", "a committer cannot remove its own leaf")
  const encryptionKeys = adds.map((add) => add.encryption_key)
  const signatureKeys = adds.map((add) => add.signature_key)
  const initKeys = adds.map((add) => add.init_key)
  if (path !== null) {
    encryptionKeys.push(path.leaf.encryption_key, ...path.public_keys)
    signatureKeys.push(path.leaf.signature_key)
  }
  for (const keys of [encryptionKeys, signatureKeys, initKeys]) {
    if (new Set(keys.map(toHex)).size !== keys.length) {
      throw new MlsRefused("duplicate_key", "a commit brings one key twice")
    }
  }
}

function readTag(reader: MlsReader): Uint8Array {
  const tag = reader.opaque()
  if (tag.length !== HASH_BYTES) {
    throw new MlsRefused("tag_refused", `a confirmation or membership tag has ${HASH_BYTES} bytes`)
  }
  return tag
}
