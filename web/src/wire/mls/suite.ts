/** Fixes the one version and the one ciphersuite, and gives its signatures and hashes (RFC 9420 §5.1.2, §5.2). */

import { sha256Hex } from "../hash"
import * as keys from "../keys"
import { encode } from "../tls"
import { type MlsReader, MlsRefused } from "./refused"

export const MLS10 = 1
export const SUITE = 0x0001
export const HASH_BYTES = 32
export const KEM_OUTPUT_BYTES = 32
export const PATH_CIPHERTEXT_BYTES = 32 + 16
export const MAX_LEAVES = 2048

export function readVersion(reader: MlsReader): void {
  const version = reader.u16()
  if (version !== MLS10) throw new MlsRefused("version_refused", `protocol version ${version} is not mls10`)
}

export function readSuite(reader: MlsReader): void {
  const suite = reader.u16()
  if (suite !== SUITE) throw new MlsRefused("suite_refused", `ciphersuite ${hex16(suite)} is not 0x0001`)
}

/**
 * Refuse a signature that does not hold over the labelled content under a canonical key.
 *
 * Throws  MlsRefused: key_refused, signature_refused
 */
export async function verifyWithLabel(
  key: Uint8Array,
  label: string,
  content: Uint8Array,
  signature: Uint8Array,
): Promise<void> {
  checkSignatureKey(key)
  if (!(await keys.verify(key, encode(`MLS 1.0 ${label}`, content), signature))) {
    throw new MlsRefused("signature_refused", `the signature over ${label} does not hold`)
  }
}

/** Give a reference by hash, in hex (RFC 9420 §5.2). */
export function refHash(label: string, value: Uint8Array): string {
  return sha256Hex(encode(`MLS 1.0 ${label}`, value))
}

export function checkSignatureKey(key: Uint8Array): void {
  checked(() => keys.checkEd25519Public(key))
}

export function checkHpkeKey(key: Uint8Array): void {
  checked(() => keys.checkX25519Public(key))
}

export function hex16(value: number): string {
  return `0x${value.toString(16).padStart(4, "0")}`
}

function checked(check: () => void): void {
  try {
    check()
  } catch (refused) {
    if (refused instanceof keys.KeyRefused) throw new MlsRefused(refused.code, refused.detail)
    throw refused
  }
}
