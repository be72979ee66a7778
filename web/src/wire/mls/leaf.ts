/** Reads leaf nodes with basic credentials and checks their signatures (RFC 9420 §7.2). */

import { concat, equal, utf8 } from "../bytes"
import { Writer } from "../tls"
import { type Extension, readExtensions } from "./extension"
import { type MlsReader, MlsRefused } from "./refused"
import { checkHpkeKey, checkSignatureKey, MLS10, SUITE, verifyWithLabel } from "./suite"

export const BASIC = 1
export const MAX_IDENTITY_BYTES = 512

export const LeafSource = { KEY_PACKAGE: 1, UPDATE: 2, COMMIT: 3 } as const
export type LeafSource = (typeof LeafSource)[keyof typeof LeafSource]

export interface Capabilities {
  readonly versions: readonly number[]
  readonly suites: readonly number[]
  readonly extensions: readonly number[]
  readonly proposals: readonly number[]
  readonly credentials: readonly number[]
}

/**
 * One leaf as it was read; `encoded` is its exact bytes.
 *
 * Unit  not_before, not_after: seconds since 1970, 0 unless the source is a key package
 */
export interface LeafNode {
  readonly encryption_key: Uint8Array
  readonly signature_key: Uint8Array
  readonly identity: string
  readonly capabilities: Capabilities
  readonly source: LeafSource
  readonly not_before: number
  readonly not_after: number
  readonly parent_hash: Uint8Array
  readonly extensions: readonly Extension[]
  readonly signature: Uint8Array
  readonly encoded: Uint8Array
  readonly signed: Uint8Array
}

export function readLeaf(reader: MlsReader): LeafNode {
  const start = reader.at
  const encryption_key = reader.opaque()
  const signature_key = reader.opaque()
  const identity = readIdentity(reader)
  const capabilities = {
    versions: reader.integers(2),
    suites: reader.integers(2),
    extensions: reader.integers(2),
    proposals: reader.integers(2),
    credentials: reader.integers(2),
  }
  const source = reader.known(LeafSource, "LeafSource", "leaf_source_refused")
  const of_package = source === LeafSource.KEY_PACKAGE
  const not_before = of_package ? reader.huge() : 0
  const not_after = of_package ? reader.huge() : 0
  const parent_hash = source === LeafSource.COMMIT ? reader.opaque() : new Uint8Array()
  const extensions = readExtensions(reader)
  const signed = reader.since(start)
  const signature = reader.opaque()
  return {
    encryption_key,
    signature_key,
    identity,
    capabilities,
    source,
    not_before,
    not_after,
    parent_hash,
    extensions,
    signature,
    encoded: reader.since(start),
    signed,
  }
}

/**
 * Refuse a leaf whose own signature does not hold at this place of this group.
 *
 * Throws  MlsRefused: key_refused, signature_refused
 */
export async function verifyLeaf(leaf: LeafNode, groupId: Uint8Array, leafIndex: number): Promise<void> {
  const place = leaf.source === LeafSource.KEY_PACKAGE ? [] : [new Writer().opaque(groupId).u32(leafIndex).getvalue()]
  await verifyWithLabel(leaf.signature_key, "LeafNodeTBS", concat(leaf.signed, ...place), leaf.signature)
}

/**
 * Refuse a leaf outside the profile: other keys, capabilities without suite 1 and basic, any extension.
 *
 * Throws  MlsRefused: key_refused, duplicate_key, capabilities_refused, extension_refused
 */
export function checkLeaf(leaf: LeafNode): void {
  checkSignatureKey(leaf.signature_key)
  checkHpkeKey(leaf.encryption_key)
  if (equal(leaf.signature_key, leaf.encryption_key)) {
    throw new MlsRefused("duplicate_key", "one key serves as signature key and as encryption key")
  }
  const { versions, suites, credentials } = leaf.capabilities
  if (!versions.includes(MLS10) || !suites.includes(SUITE) || !credentials.includes(BASIC)) {
    throw new MlsRefused(
      "capabilities_refused",
      "the leaf does not offer mls10, suite 0x0001 and basic credentials",
    )
  }
  if (leaf.extensions.length) throw new MlsRefused("extension_refused", "the leaf carries an extension")
}

function readIdentity(reader: MlsReader): string {
  const kind = reader.u16()
  if (kind !== BASIC) throw new MlsRefused("credential_refused", `credential type ${kind} is not basic`)
  const identity = reader.text()
  const size = utf8(identity).length
  if (size === 0 || size > MAX_IDENTITY_BYTES) {
    throw new MlsRefused("identity_refused", `an identity has 1 to ${MAX_IDENTITY_BYTES} bytes`)
  }
  return identity
}
