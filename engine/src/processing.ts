/** What a device receives: the commits of others. */
import { processPublicMessage } from "ts-mls/processMessages.js"
import { emptyPskIndex } from "ts-mls/pskIndex.js"
import { checkPrivatePath, type Epoch, epochOf } from "./epoch.js"
import { require } from "./errors.js"
import { Allowed, checkTreeKeys, leafAt, type Pair, pairOf, samePair } from "./leaves.js"
import { decodePublicMessage } from "./messages.js"
import { checkCommit, sameGroup } from "./rules.js"
import { loadState, saveState } from "./state.js"
import { suite } from "./suite.js"

export interface Processed {
  state: Uint8Array
  /** nothing where the commit removed this device: the removed cannot know the new epoch */
  epoch: Epoch | null
  removed: boolean
}

/** Follow another device's commit into the next epoch, or refuse it and leave the state as it was.
 *
 * Takes   allowed: the pairs that may be added; committer: who is known to have posted it
 * Unit    at: seconds since 1970, the instant at which added key packages must be valid
 */
export async function process(p: {
  state: Uint8Array
  message: Uint8Array
  allowed: Pair[]
  committer: Pair
  at: number
}): Promise<Processed> {
  const state = loadState(p.state, p.allowed)
  const message = decodePublicMessage(p.message)
  const { content } = message
  sameGroup(content.groupId, state.groupContext.groupId)
  require(content.epoch === state.groupContext.epoch, "wrong_epoch", "the commit is for another epoch")
  require(content.sender.senderType === "member", "closed_list", "the sender is not a member")
  require(content.contentType === "commit", "closed_list", "the message is not a commit")
  require(content.sender.leafIndex !== state.privatePath.leafIndex, "own_commit", "the commit is this device's own")
  const committer = leafAt(state.ratchetTree, content.sender.leafIndex)
  require(committer !== undefined, "wrong_committer", "the commit's sender is not in the tree")
  require(samePair(pairOf(committer), p.committer), "wrong_committer", "the commit's sender is not who posted it")
  checkCommit(content.commit, committer, new Allowed(p.allowed), BigInt(p.at))

  const { newState } = await processPublicMessage(state, message, emptyPskIndex, await suite())
  const removed = newState.groupActiveState.kind === "removedFromGroup"
  checkTreeKeys(newState.ratchetTree)
  if (!removed) await checkPrivatePath(newState)
  return { state: saveState(newState), epoch: removed ? null : await epochOf(newState), removed }
}
