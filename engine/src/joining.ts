/** Joining by a Welcome, over a ratchet tree that comes from elsewhere. */
import { joinGroupWithExtensions } from "ts-mls/clientState.js"
import type { GroupInfo } from "ts-mls/groupInfo.js"
import { type KeyPackage, makeKeyPackageRef, type PrivateKeyPackage } from "ts-mls/keyPackage.js"
import { emptyPskIndex } from "ts-mls/pskIndex.js"
import { decodeRatchetTree, encodeRatchetTree } from "ts-mls/ratchetTree.js"
import { decryptGroupInfo, decryptGroupSecrets, type Welcome } from "ts-mls/welcome.js"
import { decodeWhole } from "./bytes.js"
import { checkPrivatePath, type Epoch, epochOf } from "./epoch.js"
import { require } from "./errors.js"
import { Allowed, checkTreeKeys, type Pair } from "./leaves.js"
import { decodeKeyPackage, decodeWelcome } from "./messages.js"
import { checkGroupContext, groupInfoExtension } from "./rules.js"
import { loadPrivate, saveState } from "./state.js"
import { configure, SUITE, suite } from "./suite.js"

export interface Joined {
  state: Uint8Array
  epoch: Epoch
  group_info_extension: Uint8Array | null
  signer: number
}

/** Read the GroupInfo that a Welcome encloses; nothing of it is verified yet. */
async function enclosedGroupInfo(welcome: Welcome, own: KeyPackage, keys: PrivateKeyPackage): Promise<GroupInfo> {
  const cs = await suite()
  const initKey = await cs.hpke.importPrivateKey(keys.initPrivateKey)
  const secrets = await decryptGroupSecrets(initKey, await makeKeyPackageRef(own, cs.hash), welcome, cs.hpke)
  require(secrets !== undefined, "bad_encoding", "the welcome's secrets cannot be decoded")
  require(secrets.psks.length === 0, "closed_list", "the welcome asks for a pre-shared key")
  // no PSK: RFC 9420 section 8 puts zeros in its place
  const groupInfo = await decryptGroupInfo(welcome, secrets.joinerSecret, new Uint8Array(cs.kdf.size), cs)
  require(groupInfo !== undefined, "bad_encoding", "the welcome's GroupInfo cannot be decoded")
  return groupInfo
}

/** Join a group. Every leaf of its tree must be among the allowed.
 *
 * Gives   signer: the leaf that signed the GroupInfo. That its confirmation tag and signer are those of the logged
 *         commit is the caller's to check: only the caller has the log.
 */
export async function join(p: {
  welcome: Uint8Array
  key_package: Uint8Array
  private: Uint8Array
  ratchet_tree: Uint8Array
  allowed: Pair[]
}): Promise<Joined> {
  const welcome = decodeWelcome(p.welcome)
  require(welcome.cipherSuite === SUITE, "closed_list", "the welcome is for another ciphersuite")
  const own = decodeKeyPackage(p.key_package)
  const tree = decodeWhole("ratchet tree", decodeRatchetTree, encodeRatchetTree, p.ratchet_tree)
  const groupInfo = await enclosedGroupInfo(welcome, own, loadPrivate(p.private))
  checkGroupContext(groupInfo.groupContext)
  const extension = groupInfoExtension(groupInfo.extensions)
  const [state] = await joinGroupWithExtensions(
    welcome,
    own,
    loadPrivate(p.private),
    emptyPskIndex,
    await suite(),
    tree,
    undefined,
    configure(new Allowed(p.allowed)),
  )
  checkTreeKeys(state.ratchetTree)
  await checkPrivatePath(state)
  return {
    state: saveState(state),
    epoch: await epochOf(state),
    group_info_extension: extension,
    signer: groupInfo.signer,
  }
}
