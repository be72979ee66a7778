/** Who stands in a tree: leaves as (index, URI, key), and the hook that lets only vouched pairs in. */
import type { AuthenticationService } from "ts-mls/authenticationService.js"
import type { Credential } from "ts-mls/credential.js"
import type { LeafNode } from "ts-mls/leafNode.js"
import type { RatchetTree } from "ts-mls/ratchetTree.js"
import { toBase64 } from "./bytes.js"
import { EngineError, require } from "./errors.js"
import { checkEd25519, checkX25519 } from "./keys.js"
import { withReferees } from "./suite.js"

/** A device URI and the Ed25519 public key that a certificate binds to it. */
export interface Pair {
  uri: string
  key: Uint8Array
}

export interface Leaf extends Pair {
  index: number
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

export function uriOf(credential: Credential): string {
  require(credential.credentialType === "basic", "closed_list", "a credential is not a basic credential")
  try {
    return utf8.decode(credential.identity)
  } catch {
    if (withReferees) return `base64:${toBase64(credential.identity)}`
    throw new EngineError("bad_encoding", "a credential's identity is not UTF-8")
  }
}

export function pairOf(leaf: LeafNode): Pair {
  return { uri: uriOf(leaf.credential), key: leaf.signaturePublicKey }
}

export function samePair(a: Pair, b: Pair): boolean {
  return spell(a) === spell(b)
}

function spell(pair: Pair): string {
  return `${toBase64(pair.key)} ${pair.uri}`
}

/** Give the leaf node at an index, or nothing where it is blank or beyond the tree. */
export function leafAt(tree: RatchetTree, index: number): LeafNode | undefined {
  const node = tree[index * 2]
  return node?.nodeType === "leaf" ? node.leaf : undefined
}

export function leavesOf(tree: RatchetTree): Leaf[] {
  const leaves: Leaf[] = []
  for (let index = 0; index * 2 < tree.length; index++) {
    const leaf = leafAt(tree, index)
    if (leaf !== undefined) leaves.push({ index, ...pairOf(leaf) })
  }
  return leaves
}

/** The pairs that may stand in a tree, and the library's authentication hook over them. */
export class Allowed implements AuthenticationService {
  readonly #pairs: Set<string>

  constructor(pairs: readonly Pair[]) {
    this.#pairs = new Set(pairs.map(spell))
  }

  has(pair: Pair): boolean {
    return this.#pairs.has(spell(pair))
  }

  async validateCredential(credential: Credential, key: Uint8Array): Promise<boolean> {
    require(this.has({ uri: uriOf(credential), key }), "not_allowed", "a leaf's URI and key are not among the allowed")
    return true
  }
}

/** Refuse a tree in which any key is weak or stands twice: encryption keys of leaves and parents, signature keys of leaves. */
export function checkTreeKeys(tree: RatchetTree): void {
  const encryption = new Set<string>()
  const signature = new Set<string>()
  const once = (seen: Set<string>, key: Uint8Array): void => {
    const text = toBase64(key)
    require(!seen.has(text), "duplicate_key", "a public key stands twice in the tree")
    seen.add(text)
  }
  for (const node of tree) {
    if (node === undefined) continue
    const encryptionKey = node.nodeType === "leaf" ? node.leaf.hpkePublicKey : node.parent.hpkePublicKey
    checkX25519(encryptionKey)
    once(encryption, encryptionKey)
    if (node.nodeType === "leaf") {
      checkEd25519(node.leaf.signaturePublicKey)
      once(signature, node.leaf.signaturePublicKey)
    }
  }
}
