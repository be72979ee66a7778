/**
 * Reads ratchet trees (RFC 9420 §12.4.3.3, appendix C). Only the server computes trees and their hashes.
 *
 * Shape  nodes stand in an array: leaves at even places, parents between; parent j of level k at (2j + 1) · 2^k - 1
 */

import { toHex } from "../bytes"
import { MAX_MESSAGE_BYTES } from "./framing"
import { type LeafNode, readLeaf } from "./leaf"
import { MlsReader, MlsRefused } from "./refused"
import { MAX_LEAVES } from "./suite"

const LEAF = 1
const PARENT = 2

export interface ParentNode {
  readonly encryption_key: Uint8Array
  readonly parent_hash: Uint8Array
  readonly unmerged_leaves: readonly number[]
}

/**
 * A tree as it was read.
 *
 * Shape  leaves: leaf index to leaf; parents: array place to parent
 */
export class RatchetTree {
  constructor(
    readonly leaves: ReadonlyMap<number, LeafNode>,
    readonly parents: ReadonlyMap<number, ParentNode>,
  ) {}

  /** Give the encryption keys of all nodes, in hex, but for some leaves'. */
  encryptionKeys(without: readonly number[] = []): Set<string> {
    const kept = [...this.leaves].filter(([index]) => !without.includes(index)).map(([, leaf]) => leaf)
    return new Set([...kept, ...this.parents.values()].map((node) => toHex(node.encryption_key)))
  }
}

/**
 * Give the tree of a `ratchet_tree` value (`optional<Node> ratchet_tree<V>`).
 *
 * Throws  MlsRefused: beside malformed ones: too_large, tree_refused
 */
export function parseRatchetTree(data: Uint8Array): RatchetTree {
  if (data.length > MAX_MESSAGE_BYTES) {
    throw new MlsRefused("too_large", `a ratchet tree has at most ${MAX_MESSAGE_BYTES} bytes`)
  }
  const outside = new MlsReader(data)
  const reader = outside.vector()
  const leaves = new Map<number, LeafNode>()
  const parents = new Map<number, ParentNode>()
  let place = 0
  let last = -1
  for (; reader.left; place++) {
    if (place > 2 * (MAX_LEAVES - 1)) throw new MlsRefused("tree_refused", `a tree has at most ${MAX_LEAVES} leaves`)
    if (!reader.flag()) continue
    last = place
    checkNodeType(reader.u8(), place)
    if (place % 2) parents.set(place, readParent(reader))
    else leaves.set(place / 2, readLeaf(reader))
  }
  if (last < 0 || last !== place - 1) throw new MlsRefused("tree_refused", "a tree is empty or ends with a blank node")
  const tree = new RatchetTree(leaves, parents)
  for (const [at, parent] of parents) checkUnmerged(tree, at, parent)
  outside.done()
  return tree
}

function readParent(reader: MlsReader): ParentNode {
  return { encryption_key: reader.opaque(), parent_hash: reader.opaque(), unmerged_leaves: reader.integers(4) }
}

function checkNodeType(kind: number, place: number): void {
  if (kind !== (place % 2 ? PARENT : LEAF)) {
    throw new MlsRefused("tree_refused", `the node at place ${place} is of the wrong type`)
  }
}

/** Hold the list of unmerged leaves to RFC 9420 §7.1: growing, each a leaf below this node. */
function checkUnmerged(tree: RatchetTree, place: number, parent: ParentNode): void {
  const half = (place + 1) & -(place + 1)
  const [first, behind] = [(place + 1 - half) / 2, (place + 1 + half) / 2]
  let before = -1
  for (const index of parent.unmerged_leaves) {
    if (index <= before || index < first || index >= behind || !tree.leaves.has(index)) {
      throw new MlsRefused("tree_refused", `the unmerged leaves of the node at place ${place} cannot be`)
    }
    before = index
  }
}
