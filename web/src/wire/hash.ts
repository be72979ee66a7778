/** SHA-256 without waiting: WebCrypto's digest would make every id and every fold asynchronous. */

import { sha256 as digest } from "@noble/hashes/sha2.js"
import { type Bytes, toHex } from "./bytes"

export function sha256(bytes: Uint8Array): Bytes {
  return digest(bytes) as Bytes
}

export function sha256Hex(bytes: Uint8Array): string {
  return toHex(digest(bytes))
}
