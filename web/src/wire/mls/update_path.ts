/** Reads the path of a commit: the committer's new leaf and the new keys above it (RFC 9420 §7.6). */

import { checkLeaf, type LeafNode, LeafSource, readLeaf } from "./leaf"
import { type MlsReader, MlsRefused } from "./refused"
import { checkHpkeKey, KEM_OUTPUT_BYTES, MAX_LEAVES, PATH_CIPHERTEXT_BYTES } from "./suite"

const MAX_PATH_NODES = Math.log2(MAX_LEAVES)

/** The path as the server sees it: per node its key, and how many path secrets are sealed below its copath child. */
export interface UpdatePath {
  readonly leaf: LeafNode
  readonly public_keys: readonly Uint8Array[]
  readonly secrets: readonly number[]
}

/**
 * Read an UpdatePath and check all of it that needs no tree.
 *
 * Throws  MlsRefused: leaf_source_refused, path_refused, key_refused, duplicate_key (in the leaf),
 *         capabilities_refused, extension_refused
 */
export function readUpdatePath(reader: MlsReader): UpdatePath {
  const leaf = readLeaf(reader)
  if (leaf.source !== LeafSource.COMMIT) {
    throw new MlsRefused("leaf_source_refused", "the leaf of a path says that it is not of a commit")
  }
  checkLeaf(leaf)
  const nodes = reader.vector()
  const keys: Uint8Array[] = []
  const counts: number[] = []
  while (nodes.left) {
    if (keys.length === MAX_PATH_NODES) {
      throw new MlsRefused("path_refused", `a path has at most ${MAX_PATH_NODES} nodes`)
    }
    const key = nodes.opaque()
    checkHpkeKey(key)
    keys.push(key)
    counts.push(countSecrets(nodes.vector()))
  }
  return { leaf, public_keys: keys, secrets: counts }
}

function countSecrets(reader: MlsReader): number {
  let count = 0
  while (reader.left) {
    const kemOutput = reader.opaque()
    const ciphertext = reader.opaque()
    if (kemOutput.length !== KEM_OUTPUT_BYTES || ciphertext.length !== PATH_CIPHERTEXT_BYTES) {
      throw new MlsRefused("path_refused", "a sealed path secret does not have the size that the suite gives it")
    }
    count += 1
  }
  // None at all is right where only leaves added by the same commit stand below.
  if (count > MAX_LEAVES) throw new MlsRefused("path_refused", `a path node is sealed for at most ${MAX_LEAVES} nodes`)
  return count
}
