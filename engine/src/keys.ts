/** Which public keys are refused: those of small order, and those with more than one encoding (RFC 7748, RFC 8032). */
import { require } from "./errors.js"

const P = 2n ** 255n - 19n
const SIGN = 2n ** 255n

// the y of a point of order 8; the other one is its negative
const ED25519_ORDER_8 = 2707385501144840649318225287225658788936804267575313519463743609750303402022n

const X25519_SMALL = new Set([
  0n,
  1n,
  P - 1n,
  325606250916557431795983626356110631294008115727848805560023387167927233504n,
  39382357235489614581723060781553021112529911719440698176882885853963445705823n,
])

const ED25519_SMALL = new Set([0n, 1n, P - 1n, ED25519_ORDER_8, P - ED25519_ORDER_8])

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] as number)
  return value
}

/** Refuse an X25519 public key that is malformed, non-canonical or of small order. */
export function checkX25519(key: Uint8Array): void {
  require(key.length === 32, "bad_key", "an X25519 public key is not 32 bytes long")
  const u = littleEndian(key)
  require(u < P, "bad_key", "an X25519 public key is not canonical")
  require(!X25519_SMALL.has(u), "bad_key", "an X25519 public key is of small order")
}

/** Refuse an Ed25519 public key that is malformed, non-canonical or of small order. */
export function checkEd25519(key: Uint8Array): void {
  require(key.length === 32, "bad_key", "an Ed25519 public key is not 32 bytes long")
  const encoded = littleEndian(key)
  const y = encoded >= SIGN ? encoded - SIGN : encoded
  require(y < P, "bad_key", "an Ed25519 public key is not canonical")
  require(!ED25519_SMALL.has(y), "bad_key", "an Ed25519 public key is of small order")
}
