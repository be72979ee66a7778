/**
 * Read and write the two files in which the command line keeps a small document: `ca.key`, sealed, and its key.
 *
 * Shape  key file: strict JSON {"kdf":"argon2id","salt","iterations","memory_kib","lanes","sealed"}
 *        file: nonce ‖ AES-256-GCM(strict JSON)
 */

import { concat, fromBase64, randomBytes, toBase64, utf8 } from "../wire/bytes"
import * as strictJson from "../wire/strict_json"
import { StoreRefused } from "./errors"
import { type Cost, derive, type Progress } from "./keystore"

type Bytes = Uint8Array<ArrayBuffer>

const FILE_PLACE = "pratique sealed file v1"
const KEY_PLACE = "pratique key file v1"
const NONCE_BYTES = 12
const KEY_BYTES = 32
/** As the command line's: RFC 9106, the second recommended choice. */
export const FILE_COST: Cost = { iterations: 3, memory_kib: 64 * 1024, lanes: 4 }

/** What stands in a key file. */
export interface KeyFile extends Cost {
  readonly kdf: "argon2id"
  readonly salt: string
  readonly sealed: string
}

/** Seal a document under a passphrase: the file, and what stands in its key file. */
export async function writeSealedFile(
  document: strictJson.JsonObject,
  passphrase: string,
  progress?: Progress,
): Promise<{ file: Bytes; keyFile: KeyFile }> {
  const key = randomBytes(KEY_BYTES)
  const salt = randomBytes(16)
  const sealed = await seal(await derive(passphrase, salt, FILE_COST, progress), key, KEY_PLACE)
  const keyFile: KeyFile = { kdf: "argon2id", ...FILE_COST, salt: toBase64(salt), sealed: toBase64(sealed) }
  return { file: await seal(key, strictJson.dumps(document), FILE_PLACE), keyFile }
}

/** Give the document; throws `StoreRefused`: wrong_passphrase, store_damaged. Deriving the key takes seconds. */
export async function readSealedFile(
  file: Uint8Array,
  keyFile: Uint8Array,
  passphrase: string,
  progress?: Progress,
): Promise<strictJson.JsonObject> {
  const { salt, sealed, cost } = readKeyFile(keyFile)
  const derived = await derive(passphrase, salt, cost, progress)
  const key = await unseal(derived, sealed, KEY_PLACE)
  if (key === null) throw new StoreRefused("wrong_passphrase", "the passphrase does not open the key file", "try again")
  const plain = key.length === KEY_BYTES ? await unseal(key, file, FILE_PLACE) : null
  if (plain === null) {
    throw new StoreRefused("store_damaged", "the file does not open under this key file", "take the two of one pair")
  }
  const read = strictJson.loads(plain)
  if (typeof read !== "object" || read === null || Array.isArray(read)) {
    throw new StoreRefused("store_damaged", "the file holds no document of ours")
  }
  return read
}

function readKeyFile(data: Uint8Array): { salt: Bytes; sealed: Bytes; cost: Cost } {
  try {
    const saved = strictJson.loads(data) as Record<string, unknown>
    const { kdf, salt, sealed, iterations, memory_kib, lanes } = saved
    if (kdf !== "argon2id" || typeof salt !== "string" || typeof sealed !== "string") throw new TypeError("fields")
    const numbers = [iterations, memory_kib, lanes]
    if (!numbers.every((one) => typeof one === "number")) throw new TypeError("cost")
    const cost = { iterations, memory_kib, lanes } as Cost
    return { salt: fromBase64(salt), sealed: fromBase64(sealed), cost }
  } catch {
    throw new StoreRefused("store_damaged", "this is not a key file of ours", "take the file that ends in .key.key")
  }
}

async function seal(key: Bytes, plain: Bytes, place: string): Promise<Bytes> {
  const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"])
  const iv = randomBytes(NONCE_BYTES)
  const how = { name: "AES-GCM", iv, additionalData: utf8(place) }
  return concat(iv, new Uint8Array(await crypto.subtle.encrypt(how, imported, plain)))
}

async function unseal(key: Bytes, sealed: Uint8Array, place: string): Promise<Bytes | null> {
  const imported = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"])
  const iv = new Uint8Array(sealed.subarray(0, NONCE_BYTES))
  const rest = new Uint8Array(sealed.subarray(NONCE_BYTES))
  try {
    const how = { name: "AES-GCM", iv, additionalData: utf8(place) }
    return new Uint8Array(await crypto.subtle.decrypt(how, imported, rest))
  } catch {
    return null
  }
}
