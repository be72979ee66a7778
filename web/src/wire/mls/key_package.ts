/** Reads key packages and checks all that can be checked without a certificate (RFC 9420 §10). */

import { equal } from "../bytes"
import { type Extension, LAST_RESORT, readExtensions } from "./extension"
import { openMessage, WireFormat } from "./framing"
import { checkLeaf, LeafSource, type LeafNode, readLeaf, verifyLeaf } from "./leaf"
import { type MlsReader, MlsRefused } from "./refused"
import { checkHpkeKey, hex16, readSuite, readVersion, refHash, verifyWithLabel } from "./suite"

export const MAX_LIFETIME_S = 28 * 86_400 + 3_600

/** One key package as it was read; `encoded` is the struct without MLSMessage header. */
export class KeyPackage {
  constructor(
    readonly init_key: Uint8Array,
    readonly leaf: LeafNode,
    readonly extensions: readonly Extension[],
    readonly signature: Uint8Array,
    readonly encoded: Uint8Array,
    readonly signed: Uint8Array,
  ) {}

  get identity(): string {
    return this.leaf.identity
  }

  get signature_key(): Uint8Array {
    return this.leaf.signature_key
  }

  get encryption_key(): Uint8Array {
    return this.leaf.encryption_key
  }

  get not_before(): number {
    return this.leaf.not_before
  }

  get not_after(): number {
    return this.leaf.not_after
  }

  get last_resort(): boolean {
    return this.extensions.some((extension) => extension.type === LAST_RESORT)
  }

  /** The KeyPackageRef, in hex (RFC 9420 §5.2). */
  get ref(): string {
    return refHash("KeyPackage Reference", this.encoded)
  }
}

/** Give the key package of an MLSMessage; throws `MlsRefused`. */
export function parseKeyPackage(message: Uint8Array): KeyPackage {
  const reader = openMessage(message, WireFormat.KEY_PACKAGE)
  const keyPackage = readKeyPackage(reader)
  reader.done()
  return keyPackage
}

export function readKeyPackage(reader: MlsReader): KeyPackage {
  const start = reader.at
  readVersion(reader)
  readSuite(reader)
  const initKey = reader.opaque()
  const leaf = readLeaf(reader)
  if (leaf.source !== LeafSource.KEY_PACKAGE) {
    throw new MlsRefused("leaf_source_refused", "the leaf of a key package says that it is not of a key package")
  }
  const extensions = readExtensions(reader)
  const signed = reader.since(start)
  const signature = reader.opaque()
  return new KeyPackage(initKey, leaf, extensions, signature, reader.since(start), signed)
}

/**
 * Refuse a key package that is not sound at this moment.
 *
 * Takes   atS: seconds since 1970; the lifetime may span 28 days and one hour, both ends counted in
 * Throws  MlsRefused: key_refused, duplicate_key, capabilities_refused, extension_refused, lifetime_refused,
 *         not_yet_valid, expired, signature_refused
 */
export async function verifyKeyPackage(keyPackage: KeyPackage, atS: number): Promise<void> {
  const { leaf, init_key: initKey } = keyPackage
  checkLeaf(leaf)
  checkHpkeKey(initKey)
  if (equal(initKey, leaf.encryption_key) || equal(initKey, leaf.signature_key)) {
    throw new MlsRefused("duplicate_key", "the init key of a key package is also a key of its leaf")
  }
  for (const extension of keyPackage.extensions) {
    if (extension.type !== LAST_RESORT || extension.data.length) {
      throw new MlsRefused("extension_refused", `a key package carries extension ${hex16(extension.type)}`)
    }
  }
  const life = leaf.not_after - leaf.not_before
  if (life < 0 || life > MAX_LIFETIME_S) throw new MlsRefused("lifetime_refused", "a key package lives at most 28 days")
  if (atS < leaf.not_before) throw new MlsRefused("not_yet_valid", "the key package's lifetime has not begun")
  if (atS > leaf.not_after) throw new MlsRefused("expired", "the key package's lifetime is over")
  await verifyLeaf(leaf, new Uint8Array(), 0)
  await verifyWithLabel(leaf.signature_key, "KeyPackageTBS", keyPackage.signed, keyPackage.signature)
}
