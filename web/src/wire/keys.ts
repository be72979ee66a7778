/**
 * Refuses public keys that curve code takes silently; signs with Ed25519, and verifies under the keys that remain.
 *
 * Source  RFC 8032 §5.1.3, RFC 7748 §5 and §6.1; RFC 9420 leaves both checks to the application
 */

import { type Bytes, concat, fromBase64Url, fromHex, randomBytes, toHex } from "./bytes"
import { Refused } from "./refused"

export const KEY_BYTES = 32
export const SIGNATURE_BYTES = 64

const P = 2n ** 255n - 19n
const L = 2n ** 252n + 27742317777372353535851937790883648493n
const SIGN_BIT = 1n << 255n
const ED25519 = { name: "Ed25519" }
/** A log is signed by the same few keys over and over, and to import one takes as long as to verify with it. */
const IMPORTED = new Map<string, CryptoKey>()
const MOST_IMPORTED = 1000
/** PKCS #8 around a private key of 32 bytes (RFC 8410 §7): WebCrypto takes none bare. */
const PKCS8_HEAD = fromHex("302e020100300506032b657004220420")

const ED25519_Y8 = 0x7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7n
/** The y of every point whose order divides 8 (x is its sign bit): orders 4, 1, 2, 8, 8. */
const ED25519_SMALL_ORDER_Y: ReadonlySet<bigint> = new Set([0n, 1n, P - 1n, ED25519_Y8, P - ED25519_Y8])

/** The u of every point of small order on the curve and on its twist; p and above are refused as not canonical. */
const X25519_SMALL_ORDER_U: ReadonlySet<bigint> = new Set([
  0n,
  1n,
  0x00b8495f16056286fdb1329ceb8d09da6ac49ff1fae35616aeb8413b7c7aebe0n,
  0x57119fd0dd4e22d8868e1c58c45c44045bef839c55b1d0b1248c50a3bc959c5fn,
  P - 1n,
])

/** Says that a public key is not one that an honest device can have. */
export class KeyRefused extends Refused {
  constructor(detail: string) {
    super("key_refused", detail)
  }
}

/** Refuse a key that is not 32 bytes, not canonical, or a point of small order; throws `KeyRefused`. */
export function checkEd25519Public(key: Uint8Array): void {
  const y = keyNumber(key) & ~SIGN_BIT
  if (y >= P) throw new KeyRefused("the Ed25519 key is not canonical")
  if (ED25519_SMALL_ORDER_Y.has(y)) throw new KeyRefused("the Ed25519 key is a point of small order")
}

/** Refuse a key that is not 32 bytes, not canonical, or of small order on the curve or its twist. */
export function checkX25519Public(key: Uint8Array): void {
  const u = keyNumber(key)
  if (u >= P) throw new KeyRefused("the X25519 key is not canonical")
  if (X25519_SMALL_ORDER_U.has(u)) throw new KeyRefused("the X25519 key is of small order")
}

/** Say whether a signature holds; a refused key and a malleable signature (S ≥ L) never do. */
export async function verify(key: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  try {
    checkEd25519Public(key)
  } catch {
    return false
  }
  if (signature.length !== SIGNATURE_BYTES || littleEndian(signature.subarray(32)) >= L) return false
  const imported = await importPublic(key)
  return imported !== null && crypto.subtle.verify(ED25519, imported, signature as Bytes, message as Bytes)
}

/** Give a key as the platform takes it, or null for one that is no point of the curve. */
async function importPublic(key: Uint8Array): Promise<CryptoKey | null> {
  const name = toHex(key)
  const known = IMPORTED.get(name)
  if (known !== undefined) return known
  try {
    const imported = await crypto.subtle.importKey("raw", key as Bytes, ED25519, false, ["verify"])
    if (IMPORTED.size >= MOST_IMPORTED) IMPORTED.clear()
    IMPORTED.set(name, imported)
    return imported
  } catch (failed) {
    // A key that is no point of the curve is refused here; a browser without Ed25519 is another matter.
    if (failed instanceof DOMException && failed.name === "NotSupportedError") throw failed
    return null
  }
}

/** Sign under a private key, given as its seed of 32 bytes. */
export async function sign(seed: Uint8Array, message: Uint8Array): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign(ED25519, await privateKey(seed, false), message as Bytes))
}

/** Give the public key of a seed. */
export async function publicKeyOf(seed: Uint8Array): Promise<Bytes> {
  const { x } = await crypto.subtle.exportKey("jwk", await privateKey(seed, true))
  if (x === undefined) throw new Error("the platform exports no public key")
  return fromBase64Url(x)
}

export function generateSeed(): Bytes {
  return randomBytes(KEY_BYTES)
}

function privateKey(seed: Uint8Array, extractable: boolean): Promise<CryptoKey> {
  if (seed.length !== KEY_BYTES) throw new KeyRefused(`the seed has ${seed.length} bytes instead of ${KEY_BYTES}`)
  return crypto.subtle.importKey("pkcs8", concat(PKCS8_HEAD, seed), ED25519, extractable, ["sign"])
}

function keyNumber(key: Uint8Array): bigint {
  if (key.length !== KEY_BYTES) throw new KeyRefused(`the key has ${key.length} bytes instead of ${KEY_BYTES}`)
  return littleEndian(key)
}

function littleEndian(bytes: Uint8Array): bigint {
  return bytes.reduceRight((value, byte) => (value << 8n) | BigInt(byte), 0n)
}
