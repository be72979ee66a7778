/** tree-operations, tree-validation, treekem. */
import { validateRatchetTree } from "ts-mls/clientState.js"
import { applyUpdatePathSecret } from "ts-mls/createCommit.js"
import { defaultAuthenticationService } from "ts-mls/authenticationService.js"
import { defaultLifetimeConfig } from "ts-mls/lifetimeConfig.js"
import { type CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import { verifyLeafNodeSignature, verifyLeafNodeSignatureKeyPackage, type LeafNodeKeyPackage } from "ts-mls/leafNode.js"
import { verifyParentHashes } from "ts-mls/parentHash.js"
import { getCommitSecret } from "ts-mls/pathSecrets.js"
import { type PrivateKeyPath, toPrivateKeyPath } from "ts-mls/privateKeyPath.js"
import { decodeProposal } from "ts-mls/proposal.js"
import {
  addLeafNode,
  decodeRatchetTree,
  encodeRatchetTree,
  type RatchetTree,
  removeLeafNode,
  resolution,
  updateLeafNode,
} from "ts-mls/ratchetTree.js"
import { treeHash, treeHashRoot } from "ts-mls/treeHash.js"
import { isLeaf, toLeafIndex, toNodeIndex } from "ts-mls/treemath.js"
import { applyUpdatePath, createUpdatePath, decodeUpdatePath, type UpdatePath } from "ts-mls/updatePath.js"
import type { GroupContext } from "ts-mls/groupContext.js"
import { bytes, context, decoded, type Hex, hex, holds, same, suiteOf, type Vector } from "./check.js"

type TreeOperations = Vector &
  Record<"proposal" | "tree_before" | "tree_after" | "tree_hash_before" | "tree_hash_after", Hex> & {
    proposal_sender: number
  }

export async function treeOperations(v: TreeOperations): Promise<void> {
  const cs = await suiteOf(v)
  const before = decoded("tree", decodeRatchetTree, v.tree_before)
  same("tree_hash_before", await treeHashRoot(before, cs.hash), v.tree_hash_before)
  const proposal = decoded("proposal", decodeProposal, v.proposal)
  let after: RatchetTree
  if (proposal.proposalType === "add") after = addLeafNode(before, proposal.add.keyPackage.leafNode)[0]
  else if (proposal.proposalType === "remove") after = removeLeafNode(before, toLeafIndex(proposal.remove.removed))
  else if (proposal.proposalType === "update")
    after = updateLeafNode(before, proposal.update.leafNode, toLeafIndex(v.proposal_sender))
  else throw new Error("a proposal that changes no tree")
  same("tree_after", encodeRatchetTree(after), v.tree_after)
  same("tree_hash_after", await treeHashRoot(after, cs.hash), v.tree_hash_after)
}

export async function treeValidation(
  v: Vector & { tree: Hex; group_id: Hex; tree_hashes: Hex[]; resolutions: number[][] },
): Promise<void> {
  const cs = await suiteOf(v)
  const tree = decoded("tree", decodeRatchetTree, v.tree)
  holds("the size of the tree", tree.length === v.resolutions.length)
  for (const [index, wanted] of v.resolutions.entries()) {
    const node = toNodeIndex(index)
    holds(`resolution of ${index}`, JSON.stringify(resolution(tree, node)) === JSON.stringify(wanted))
    same(`tree hash of ${index}`, await treeHash(tree, node, cs.hash), v.tree_hashes[index] as Hex)
  }
  holds("parent hashes", await verifyParentHashes(tree, cs.hash))
  for (const [index, node] of tree.entries()) {
    if (node?.nodeType !== "leaf") continue
    holds("leaves at even places", isLeaf(toNodeIndex(index)))
    const { leaf } = node
    const valid =
      leaf.leafNodeSource === "key_package"
        ? await verifyLeafNodeSignatureKeyPackage(leaf as LeafNodeKeyPackage, cs.signature)
        : await verifyLeafNodeSignature(leaf, bytes(v.group_id), index / 2, cs.signature)
    holds(`signature of leaf ${index / 2}`, valid)
  }
  const root = await treeHashRoot(tree, cs.hash)
  const gc = context(cs, { group_id: v.group_id, epoch: 0, tree_hash: hex(root), confirmed_transcript_hash: "" })
  const error = await validateRatchetTree(tree, gc, defaultLifetimeConfig, defaultAuthenticationService, root, cs)
  holds(`validity (${error?.message})`, error === undefined)
}

interface TreeKem extends Vector {
  group_id: Hex
  epoch: number
  confirmed_transcript_hash: Hex
  ratchet_tree: Hex
  leaves_private: {
    index: number
    encryption_priv: Hex
    signature_priv: Hex
    path_secrets: { node: number; path_secret: Hex }[]
  }[]
  update_paths: {
    sender: number
    update_path: Hex
    path_secrets: (Hex | null)[]
    commit_secret: Hex
    tree_hash_after: Hex
  }[]
}

export async function treeKem(v: TreeKem): Promise<void> {
  const cs = await suiteOf(v)
  const tree = decoded("tree", decodeRatchetTree, v.ratchet_tree)
  const tree_hash = hex(await treeHashRoot(tree, cs.hash))
  const gc = context(cs, { ...v, tree_hash })
  const privates = new Map<number, PrivateKeyPath>()
  // many leaves know the key of one node: it is tried once
  const tried = new Set<string>()
  const fits = async (node: number, key: Uint8Array): Promise<void> => {
    const what = `${node} ${hex(key)}`
    if (!tried.has(what)) await opens(tree, node, key, cs)
    tried.add(what)
  }
  for (const leaf of v.leaves_private) {
    const secrets = Object.fromEntries(leaf.path_secrets.map((s) => [s.node, bytes(s.path_secret)]))
    const path = await toPrivateKeyPath(secrets, leaf.index, cs)
    for (const [node, key] of Object.entries(path.privateKeys)) await fits(Number(node), key)
    path.privateKeys[leaf.index * 2] = bytes(leaf.encryption_priv)
    await fits(leaf.index * 2, bytes(leaf.encryption_priv))
    privates.set(leaf.index, path)
  }
  for (const given of v.update_paths) {
    const path = decoded("update path", decodeUpdatePath, given.update_path)
    const receivers = [...privates.values()].filter((p) => p.leafIndex !== given.sender)
    const arrived = await arrive(tree, given.sender, gc, path, cs)
    same("tree hash", arrived.context.treeHash, given.tree_hash_after)
    for (const receiver of receivers) {
      const got = await open(arrived, receiver, cs)
      same("path secret", got.pathSecret, given.path_secrets[receiver.leafIndex] ?? "the vector has none")
      same("commit secret", got.commitSecret, given.commit_secret)
    }
    const sender = v.leaves_private.find((leaf) => leaf.index === given.sender)
    holds("a private key of the sender", sender !== undefined)
    // what we send is of suite 1 only; of other suites' own paths one receiver is enough, as their curves are slow here
    const ownReceivers = v.cipher_suite === 1 ? receivers : receivers.slice(0, 1)
    // the library's own paths are sealed for the next epoch, the vectors' for the one they name
    const signKey = bytes(sender.signature_priv)
    const [newTree, ownPath, secrets] = await createUpdatePath(tree, toLeafIndex(given.sender), gc, signKey, cs)
    const last = secrets.at(-1)
    holds("a path", last !== undefined)
    const commitSecret = hex(await getCommitSecret(newTree, toNodeIndex(last.nodeIndex), last.secret, cs.kdf))
    const own = await arrive(tree, given.sender, { ...gc, epoch: gc.epoch + 1n }, ownPath, cs)
    same("own tree hash", own.context.treeHash, hex(await treeHashRoot(newTree, cs.hash)))
    for (const receiver of ownReceivers)
      same("own commit secret", (await open(own, receiver, cs)).commitSecret, commitSecret)
  }
}

interface Arrived {
  before: RatchetTree
  after: RatchetTree
  sender: number
  path: UpdatePath
  context: GroupContext
}

async function arrive(
  before: RatchetTree,
  sender: number,
  gc: GroupContext,
  path: UpdatePath,
  cs: CiphersuiteImpl,
): Promise<Arrived> {
  const after = await applyUpdatePath(before, toLeafIndex(sender), path, cs.hash)
  return { before, after, sender, path, context: { ...gc, treeHash: await treeHashRoot(after, cs.hash) } }
}

async function open(
  { before, after, sender, path, context: gc }: Arrived,
  receiver: PrivateKeyPath,
  cs: CiphersuiteImpl,
): Promise<Record<"pathSecret" | "commitSecret", Uint8Array>> {
  const { nodeIndex, pathSecret } = await applyUpdatePathSecret(before, receiver, toLeafIndex(sender), gc, path, [], cs)
  return { pathSecret, commitSecret: await getCommitSecret(after, toNodeIndex(nodeIndex), pathSecret, cs.kdf) }
}

async function opens(tree: RatchetTree, index: number, key: Uint8Array, cs: CiphersuiteImpl): Promise<void> {
  const node = tree[index]
  holds("a node for a private key", node !== undefined)
  const publicKey = node.nodeType === "leaf" ? node.leaf.hpkePublicKey : node.parent.hpkePublicKey
  const text = new Uint8Array([1, 2, 3])
  const { ct, enc } = await cs.hpke.seal(await cs.hpke.importPublicKey(publicKey), text, new Uint8Array())
  same("probe", await cs.hpke.open(await cs.hpke.importPrivateKey(key), enc, ct, new Uint8Array()), hex(text))
}
