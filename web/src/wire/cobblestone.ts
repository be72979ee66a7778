/**
 * Encrypts whole messages with Cobblestone-256: HKDF-Expand with SHA-512, then AES-256-GCM in chunks of 16 KiB.
 *
 * Shape   ciphertext = salt ‖ commitment ‖ chunks; the last chunk is shorter than the others, and may be empty
 * Source  c2sp.org/chunked-encryption
 */

import { expand } from "@noble/hashes/hkdf.js"
import { sha512 } from "@noble/hashes/sha2.js"
import { type Bytes, concat, equal, randomBytes, utf8 } from "./bytes"

export const KEY_BYTES = 32
const SALT_BYTES = 24
const NONCE_BYTES = 12
const COMMITMENT_BYTES = 32
const HEAD_BYTES = SALT_BYTES + COMMITMENT_BYTES
const TAG_BYTES = 16
const CHUNK_BYTES = 16 * 1024
const INFO = utf8("c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0")

interface Derived {
  readonly key: CryptoKey
  readonly nonce: Bytes
  readonly commitment: Bytes
}

/** Encrypt under a uniformly random key; only the same context decrypts. */
export async function encrypt(key: Uint8Array, context: Uint8Array, message: Uint8Array): Promise<Bytes> {
  const salt = randomBytes(SALT_BYTES)
  const derived = await derive(key, salt, context)
  const chunks: Uint8Array[] = [salt, derived.commitment]
  for (const [index, chunk] of chunksOf(message, CHUNK_BYTES).entries()) {
    chunks.push(new Uint8Array(await crypto.subtle.encrypt(gcm(derived, index), derived.key, chunk as Bytes)))
  }
  return concat(...chunks)
}

/** Give the message, or null for what was not encrypted whole under this key and context. */
export async function decrypt(key: Uint8Array, context: Uint8Array, data: Uint8Array): Promise<Bytes | null> {
  if (data.length < HEAD_BYTES) return null
  const derived = await derive(key, data.subarray(0, SALT_BYTES), context)
  if (!equal(derived.commitment, data.subarray(SALT_BYTES, HEAD_BYTES))) return null
  const sealed = chunksOf(data.subarray(HEAD_BYTES), CHUNK_BYTES + TAG_BYTES)
  try {
    const opened = sealed.map((chunk, index) => crypto.subtle.decrypt(gcm(derived, index), derived.key, chunk as Bytes))
    return concat(...(await Promise.all(opened)).map((chunk) => new Uint8Array(chunk)))
  } catch (failed) {
    if (failed instanceof DOMException && failed.name === "OperationError") return null
    throw failed
  }
}

async function derive(inputKey: Uint8Array, salt: Uint8Array, context: Uint8Array): Promise<Derived> {
  if (inputKey.length !== KEY_BYTES) throw new RangeError(`a key has ${KEY_BYTES} bytes`)
  const info = concat(INFO, salt, context)
  const okm = expand(sha512, inputKey, info, KEY_BYTES + NONCE_BYTES + COMMITMENT_BYTES) as Bytes
  const key = await crypto.subtle.importKey("raw", okm.subarray(0, KEY_BYTES), "AES-GCM", false, ["encrypt", "decrypt"])
  const rest = okm.subarray(KEY_BYTES)
  return { key, nonce: rest.subarray(0, NONCE_BYTES), commitment: rest.subarray(NONCE_BYTES) }
}

/** Cut into full chunks and one that is shorter: its size is what says that nothing was cut off behind it. */
function chunksOf(data: Uint8Array, size: number): Uint8Array[] {
  const count = Math.floor(data.length / size) + 1
  return Array.from({ length: count }, (_, index) => data.subarray(index * size, (index + 1) * size))
}

/** Give the parameters of one chunk: the base nonce with the chunk's number in its last four bytes. */
function gcm(derived: Derived, index: number): AesGcmParams {
  const iv = derived.nonce.slice()
  const view = new DataView(iv.buffer)
  view.setUint32(NONCE_BYTES - 4, view.getUint32(NONCE_BYTES - 4) ^ index)
  return { name: "AES-GCM", iv }
}
