/** What a device knows of one epoch, and the check that its private keys open the nodes they stand for. */
import type { ClientState } from "ts-mls/clientState.js"
import { mlsExporter } from "ts-mls/keySchedule.js"
import { getHpkePublicKey } from "ts-mls/ratchetTree.js"
import { equal } from "./bytes.js"
import { EngineError, require } from "./errors.js"
import { type Leaf, leavesOf } from "./leaves.js"
import { suite } from "./suite.js"

const LABEL = "pratique epoch key"
const KEY_BYTES = 32

export interface Epoch {
  number: number
  /** MLS-Exporter("pratique epoch key", group_id, 32), RFC 9420 section 8.5 */
  key: Uint8Array
  authenticator: Uint8Array
  confirmation_tag: Uint8Array
  tree_hash: Uint8Array
  leaves: Leaf[]
  own_leaf: number
}

export async function epochOf(state: ClientState): Promise<Epoch> {
  const { groupContext, keySchedule } = state
  require(groupContext.epoch <= BigInt(Number.MAX_SAFE_INTEGER), "refused", "the epoch number is too large")
  return {
    number: Number(groupContext.epoch),
    key: await mlsExporter(keySchedule.exporterSecret, LABEL, groupContext.groupId, KEY_BYTES, await suite()),
    authenticator: keySchedule.epochAuthenticator,
    confirmation_tag: state.confirmationTag,
    tree_hash: groupContext.treeHash,
    leaves: leavesOf(state.ratchetTree),
    own_leaf: state.privatePath.leafIndex,
  }
}

/** Refuse a state in which a private key does not belong to the public key of its node (RFC 9420 sections 7.5 and 12.4.3.1).
 *
 * The library derives the keys of a path and never compares them: a garbled path secret would pass here and split the
 * group at a later commit.
 */
export async function checkPrivatePath(state: ClientState): Promise<void> {
  const { hpke } = await suite()
  const probe = new TextEncoder().encode("pratique key probe")
  for (const [index, privateKey] of Object.entries(state.privatePath.privateKeys)) {
    const node = state.ratchetTree[Number(index)]
    if (node === undefined) continue
    const { ct, enc } = await hpke.seal(await hpke.importPublicKey(getHpkePublicKey(node)), probe, new Uint8Array())
    const opened = await hpke
      .open(await hpke.importPrivateKey(privateKey), enc, ct, new Uint8Array())
      .catch(() => undefined)
    if (opened === undefined || !equal(opened, probe))
      throw new EngineError("path_key_mismatch", "a path secret does not give the public key of its node")
  }
}
