/** The closed list: what a key package, a commit and a GroupInfo of ours may hold. All else is refused. */
import type { Commit } from "ts-mls/commit.js"
import type { Extension } from "ts-mls/extension.js"
import type { GroupContext } from "ts-mls/groupContext.js"
import type { KeyPackage } from "ts-mls/keyPackage.js"
import type { LeafNode } from "ts-mls/leafNode.js"
import { equal } from "./bytes.js"
import { require } from "./errors.js"
import { checkEd25519, checkX25519 } from "./keys.js"
import { type Allowed, pairOf, samePair } from "./leaves.js"
import { GROUP_INFO_EXTENSION, LAST_RESORT, SUITE, withReferees } from "./suite.js"

export function checkGroupContext(context: GroupContext): void {
  require(context.cipherSuite === SUITE, "closed_list", "the group uses another ciphersuite")
  require(context.extensions.length === 0, "closed_list", "the GroupContext holds extensions")
}

function checkLeaf(leaf: LeafNode): void {
  checkX25519(leaf.hpkePublicKey)
  checkEd25519(leaf.signaturePublicKey)
  require(leaf.extensions.length === 0, "closed_list", "a leaf holds extensions")
  require(leaf.capabilities.ciphersuites.includes(SUITE), "closed_list", "a leaf does not list the group's ciphersuite")
  require(leaf.capabilities.versions.includes("mls10"), "closed_list", "a leaf does not list the group's version")
}

/** Refuse a key package whose device is not allowed or whose form is not ours; its signatures are the library's to check. */
export function checkKeyPackage(keyPackage: KeyPackage, allowed: Allowed): void {
  require(keyPackage.cipherSuite === SUITE, "closed_list", "a key package is for another ciphersuite")
  checkX25519(keyPackage.initKey)
  checkLeaf(keyPackage.leafNode)
  require(allowed.has(pairOf(keyPackage.leafNode)), "not_allowed", "an added device is not among the allowed")
  require(keyPackage.extensions.every(
    (extension) => extension.extensionType === LAST_RESORT,
  ), "closed_list", "a key package holds an unknown extension")
}

/** Refuse a key package that is not valid at an instant. Unit: seconds since 1970. */
export function checkLifetime(keyPackage: KeyPackage, at: bigint): void {
  const { notBefore, notAfter } = keyPackage.leafNode.lifetime
  require(notBefore <= at && at <= notAfter, "lapsed_key_package", "a key package is not valid at that instant")
}

/** Refuse a commit that holds anything but Adds and Removes by value, or whose committer becomes another. */
export function checkCommit(commit: Commit, committer: LeafNode, allowed: Allowed, at: bigint): void {
  let pathRequired = commit.proposals.length === 0
  for (const item of commit.proposals) {
    require(item.proposalOrRefType === "proposal", "closed_list", "a commit holds a proposal by reference")
    const { proposal } = item
    if (proposal.proposalType === "remove") {
      pathRequired = true
    } else {
      require(proposal.proposalType ===
        "add", "closed_list", "a commit holds a proposal that is neither Add nor Remove")
      checkKeyPackage(proposal.add.keyPackage, allowed)
      checkLifetime(proposal.add.keyPackage, at)
    }
  }
  require(commit.path !== undefined || !pathRequired, "closed_list", "a commit lacks the path it requires")
  if (commit.path !== undefined) {
    checkLeaf(commit.path.leafNode)
    require(samePair(
      pairOf(commit.path.leafNode),
      pairOf(committer),
    ), "committer_changed", "the committer's new leaf has another URI or key")
  }
}

/** Give our GroupInfo extension's bytes, or nothing; refuse any other extension. */
export function groupInfoExtension(extensions: readonly Extension[]): Uint8Array | null {
  let found: Uint8Array | null = null
  for (const extension of extensions) {
    if (extension.extensionType === "ratchet_tree" && withReferees) continue
    require(extension.extensionType === GROUP_INFO_EXTENSION, "closed_list", "a GroupInfo holds an unknown extension")
    require(found === null, "closed_list", "a GroupInfo holds our extension twice")
    found = extension.extensionData
  }
  return found
}

export function sameGroup(a: Uint8Array, b: Uint8Array): void {
  require(equal(a, b), "wrong_group", "the message is for another group")
}
