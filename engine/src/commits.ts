/** What a device sends: the first epoch of a group, and commits. */
import { createGroup } from "ts-mls/clientState.js"
import { createCommit } from "ts-mls/createCommit.js"
import type { Proposal } from "ts-mls/proposal.js"
import { encodeRatchetTree } from "ts-mls/ratchetTree.js"
import { checkPrivatePath, type Epoch, epochOf } from "./epoch.js"
import { EngineError, require } from "./errors.js"
import { Allowed, checkTreeKeys, leafAt, type Pair, pairOf } from "./leaves.js"
import { decodeKeyPackage, encodeMessage, groupInfoOf, ourExtension } from "./messages.js"
import { checkKeyPackage } from "./rules.js"
import { loadPrivate, loadState, saveState } from "./state.js"
import { configure, suite, withReferees } from "./suite.js"

export interface Created {
  state: Uint8Array
  group_info: Uint8Array
  ratchet_tree: Uint8Array
  epoch: Epoch
}

export interface Committed extends Created {
  commit: Uint8Array
  welcome: Uint8Array | null
}

/** Begin a group with one leaf, the own device's, at epoch 0. */
export async function create(p: {
  group_id: Uint8Array
  key_package: Uint8Array
  private: Uint8Array
}): Promise<Created> {
  const own = decodeKeyPackage(p.key_package)
  const allowed = new Allowed([pairOf(own.leafNode)])
  checkKeyPackage(own, allowed)
  const state = await createGroup(p.group_id, own, loadPrivate(p.private), [], await suite(), configure(allowed))
  await checkPrivatePath(state)
  return {
    state: saveState(state),
    group_info: await groupInfoOf(state, null),
    ratchet_tree: encodeRatchetTree(state.ratchetTree),
    epoch: await epochOf(state),
  }
}

/** Stage the next epoch: it is merged by keeping the new state, and dropped by keeping the old one.
 *
 * Takes   removes: leaf indices; aad: the commit's authenticated data; group_info_extension: bytes that stand in the
 *         GroupInfo, in the uploaded one as in the Welcome's
 */
export async function commit(p: {
  state: Uint8Array
  adds: Uint8Array[]
  removes: number[]
  aad: Uint8Array
  allowed: Pair[]
  group_info_extension: Uint8Array | null
}): Promise<Committed> {
  const state = loadState(p.state, p.allowed)
  const allowed = new Allowed(p.allowed)
  const adds = p.adds.map((bytes): Proposal => {
    const keyPackage = decodeKeyPackage(bytes)
    checkKeyPackage(keyPackage, allowed)
    return { proposalType: "add", add: { keyPackage } }
  })
  const removes = p.removes.map((removed): Proposal => {
    require(removed !== state.privatePath.leafIndex, "bad_request", "a device cannot remove itself")
    require(leafAt(state.ratchetTree, removed) !== undefined, "bad_request", "a leaf to remove does not exist")
    return { proposalType: "remove", remove: { removed } }
  })
  const made = await createCommit(
    { state, cipherSuite: await suite() },
    {
      wireAsPublicMessage: true,
      extraProposals: [...removes, ...adds],
      authenticatedData: p.aad,
      groupInfoExtensions: ourExtension(p.group_info_extension),
      ratchetTreeExtension: withReferees,
      // Adds need no path; with one the new epoch is fresh and the tree stays full, so that later commits are small
      forcePath: true,
    },
  )
  if (made.commit.wireformat !== "mls_public_message") throw new EngineError("internal", "the commit is not public")
  checkTreeKeys(made.newState.ratchetTree)
  return {
    commit: encodeMessage(made.commit),
    welcome: made.welcome === undefined ? null : encodeMessage({ wireformat: "mls_welcome", welcome: made.welcome }),
    state: saveState(made.newState),
    group_info: await groupInfoOf(made.newState, p.group_info_extension),
    ratchet_tree: encodeRatchetTree(made.newState.ratchetTree),
    epoch: await epochOf(made.newState),
  }
}
