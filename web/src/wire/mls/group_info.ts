/** Reads GroupInfos and checks what the protocol fixes of them (RFC 9420 §8.1, §12.4.3). */

import { type Extension, PRATIQUE, readExtensions } from "./extension"
import { openMessage, WireFormat } from "./framing"
import { type MlsReader, MlsRefused } from "./refused"
import { HASH_BYTES, hex16, readSuite, readVersion, verifyWithLabel } from "./suite"

export interface GroupContext {
  readonly group_id: Uint8Array
  readonly epoch: number
  readonly tree_hash: Uint8Array
  readonly confirmed_transcript_hash: Uint8Array
  readonly extensions: readonly Extension[]
}

/** One GroupInfo as it was read; `signer` is a leaf index. */
export interface GroupInfo {
  readonly context: GroupContext
  readonly extensions: readonly Extension[]
  readonly confirmation_tag: Uint8Array
  readonly signer: number
  readonly signature: Uint8Array
  readonly signed: Uint8Array
}

/** Give the GroupInfo of an MLSMessage; throws `MlsRefused`. */
export function parseGroupInfo(message: Uint8Array): GroupInfo {
  const reader = openMessage(message, WireFormat.GROUP_INFO)
  const start = reader.at
  const context = readGroupContext(reader)
  const extensions = readExtensions(reader)
  const confirmation_tag = reader.opaque()
  const signer = reader.u32()
  const signed = reader.since(start)
  const signature = reader.opaque()
  reader.done()
  return { context, extensions, confirmation_tag, signer, signature, signed }
}

/**
 * Refuse a GroupInfo that the holder of this key, the leaf at `signer`, did not sign.
 *
 * Throws  MlsRefused: key_refused, signature_refused
 */
export async function verifyGroupInfo(groupInfo: GroupInfo, signatureKey: Uint8Array): Promise<void> {
  await verifyWithLabel(signatureKey, "GroupInfoTBS", groupInfo.signed, groupInfo.signature)
}

/**
 * Refuse a GroupInfo outside the profile: context extensions, an extension that is not ours, hashes of odd sizes.
 *
 * Throws  MlsRefused: extension_refused, hash_refused, tag_refused
 */
export function checkGroupInfo(groupInfo: GroupInfo): void {
  const { context } = groupInfo
  if (context.extensions.length) throw new MlsRefused("extension_refused", "GroupContext extensions stay empty")
  for (const { type } of groupInfo.extensions) {
    if (type !== PRATIQUE) {
      throw new MlsRefused("extension_refused", `a GroupInfo may not carry extension ${hex16(type)}`)
    }
  }
  // Epoch 0 confirms nothing yet: its transcript hash is empty (RFC 9420 §11).
  const transcriptBytes = context.epoch ? HASH_BYTES : 0
  if (context.tree_hash.length !== HASH_BYTES || context.confirmed_transcript_hash.length !== transcriptBytes) {
    throw new MlsRefused("hash_refused", "a tree hash or transcript hash does not have the size it must have")
  }
  if (groupInfo.confirmation_tag.length !== HASH_BYTES) {
    throw new MlsRefused("tag_refused", `a confirmation tag has ${HASH_BYTES} bytes`)
  }
}

function readGroupContext(reader: MlsReader): GroupContext {
  readVersion(reader)
  readSuite(reader)
  return {
    group_id: reader.opaque(),
    epoch: reader.huge(),
    tree_hash: reader.opaque(),
    confirmed_transcript_hash: reader.opaque(),
    extensions: readExtensions(reader),
  }
}
