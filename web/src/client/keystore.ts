/**
 * Keep the one key under which a store is sealed: wrapped under a passphrase (Argon2id), a passkey's PRF, or both.
 *
 * The store key is random and not extractable. It is wrapped by `wrapKey`, so its bytes never stand in a script's
 * memory; only the instant that makes it, and the one that adds a second unlocking, hold it as an extractable handle.
 * For the same reason a second unlocking wants the first one again: an unlocked browser that somebody left alone must
 * not take a stranger's passkey.
 */

import { argon2idAsync } from "@noble/hashes/argon2.js"
import { StoreRefused } from "./errors"

type Bytes = Uint8Array<ArrayBuffer>

/** How a store is opened: what a person types, or what a passkey's PRF extension gives for `salt`. */
export type Unlocking =
  | { by: "passphrase"; passphrase: string }
  | { by: "passkey"; credential: string; salt: string; prf: Uint8Array }

/** So many letters a passphrase has that somebody chooses; the page says more about how strong it is. */
export const LEAST_LETTERS = 10

/** Let no store be opened by less than that, whichever page asks; raises `StoreRefused("short_passphrase")`. */
export function checkChosen(unlocking: { by: string; passphrase?: string }): void {
  if (unlocking.by === "passphrase" && [...(unlocking.passphrase ?? "")].length < LEAST_LETTERS) {
    const detail = `a passphrase has at least ${LEAST_LETTERS} characters`
    throw new StoreRefused("short_passphrase", detail, "take a few words that do not belong together")
  }
}

export interface Cost {
  readonly iterations: number
  readonly memory_kib: number
  readonly lanes: number
}

/** OWASP's first choice is 46 MiB and one pass, its second 19 MiB and two; this takes more passes of the second. */
export const COST: Cost = { iterations: 3, memory_kib: 19 * 1024, lanes: 1 }
const MOST: Cost = { iterations: 64, memory_kib: 1024 * 1024, lanes: 64 }

/** What stands in clear beside the sealed rows: enough to unlock, and nothing of whose it is. */
export interface Wrappings {
  readonly passphrase: { readonly salt: Bytes; readonly cost: Cost; readonly wrapped: Bytes } | null
  readonly passkey: { readonly credential: string; readonly salt: string; readonly wrapped: Bytes } | null
}

/** What the slow derivation tells while it runs, from 0 to 1. */
export type Progress = (done: number) => void

const NONCE_BYTES = 12
const WRAP = new TextEncoder().encode("pratique store key v1")

/** Make a store key and wrap it for the first time. */
export async function makeKey(unlocking: Unlocking): Promise<{ key: CryptoKey; wrappings: Wrappings }> {
  const made = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, true, ["encrypt", "decrypt"])
  const { wrappings, under, wrapped } = await wrap({ passphrase: null, passkey: null }, made, unlocking)
  return { key: await unwrap(wrapped, under, false, unlocking.by), wrappings }
}

/** Give the store key back; raises `StoreRefused("wrong_passphrase")` or `StoreRefused("wrong_passkey")`. */
export async function findKey(wrappings: Wrappings, unlocking: Unlocking, progress?: Progress): Promise<CryptoKey> {
  return await find(wrappings, unlocking, false, progress)
}

/** Wrap the store key under one more unlocking, in place of an older one of its kind. */
export async function addWrapping(wrappings: Wrappings, existing: Unlocking, added: Unlocking): Promise<Wrappings> {
  return (await wrap(wrappings, await find(wrappings, existing, true), added)).wrappings
}

/** Derive 32 bytes from a passphrase, giving way to others meanwhile. */
export async function derive(passphrase: string, salt: Uint8Array, cost: Cost, progress?: Progress): Promise<Bytes> {
  if (passphrase === "") throw new StoreRefused("no_passphrase", "the passphrase is empty")
  if (!affordable(cost)) throw new StoreRefused("store_damaged", "the cost of the passphrase is out of bounds")
  const options = { t: cost.iterations, m: cost.memory_kib, p: cost.lanes, dkLen: 32, asyncTick: 50 }
  const told = progress === undefined ? options : { ...options, onProgress: progress }
  const derived = new Uint8Array(await argon2idAsync(utf8(passphrase), salt, told))
  progress?.(1)
  return derived
}

function affordable(cost: Cost): boolean {
  return (["iterations", "memory_kib", "lanes"] as const).every(
    (name) => Number.isSafeInteger(cost[name]) && cost[name] > 0 && cost[name] <= MOST[name],
  )
}

async function wrap(
  before: Wrappings,
  key: CryptoKey,
  unlocking: Unlocking,
): Promise<{ wrappings: Wrappings; under: CryptoKey; wrapped: Bytes }> {
  const passphrase = unlocking.by === "passphrase"
  const salt = passphrase ? crypto.getRandomValues(new Uint8Array(16)) : utf8(unlocking.salt)
  const secret = passphrase ? await derive(unlocking.passphrase, salt, COST) : prfOf(unlocking)
  const under = await keyOf(secret, salt, unlocking.by)
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
  const sealed = new Uint8Array(await crypto.subtle.wrapKey("raw", key, under, aes(nonce)))
  const wrapped = new Uint8Array(NONCE_BYTES + sealed.length)
  wrapped.set(nonce)
  wrapped.set(sealed, NONCE_BYTES)
  const wrappings = passphrase
    ? { ...before, passphrase: { salt, cost: COST, wrapped } }
    : { ...before, passkey: { credential: unlocking.credential, salt: unlocking.salt, wrapped } }
  return { wrappings, under, wrapped }
}

async function find(
  wrappings: Wrappings,
  unlocking: Unlocking,
  extractable: boolean,
  progress?: Progress,
): Promise<CryptoKey> {
  const { passphrase, passkey } = wrappings
  if (unlocking.by === "passphrase" && passphrase !== null) {
    const secret = await derive(unlocking.passphrase, passphrase.salt, passphrase.cost, progress)
    const under = await keyOf(secret, passphrase.salt, "passphrase")
    return await unwrap(passphrase.wrapped, under, extractable, "passphrase")
  }
  if (unlocking.by === "passkey" && passkey !== null) {
    const under = await keyOf(prfOf(unlocking), utf8(passkey.salt), "passkey")
    return await unwrap(passkey.wrapped, under, extractable, "passkey")
  }
  throw new StoreRefused("store_locked", `this store is not opened by a ${unlocking.by}`, "use the other way")
}

async function unwrap(wrapped: Bytes, under: CryptoKey, extractable: boolean, by: string): Promise<CryptoKey> {
  const sealed = wrapped.slice(NONCE_BYTES)
  const uses: KeyUsage[] = ["encrypt", "decrypt"]
  try {
    return await crypto.subtle.unwrapKey("raw", sealed, under, aes(wrapped), "AES-GCM", extractable, uses)
  } catch {
    throw new StoreRefused(`wrong_${by}`, `the ${by} does not open this store`, "try again")
  }
}

function aes(nonce: Bytes): AesGcmParams {
  return { name: "AES-GCM", iv: nonce.slice(0, NONCE_BYTES), additionalData: WRAP }
}

/** Give the key that wraps, from 32 bytes that only this unlocking gives. */
async function keyOf(secret: Bytes, salt: Bytes, by: Unlocking["by"]): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"])
  const how = { name: "HKDF", hash: "SHA-256", salt, info: utf8(`pratique store ${by} v1`) }
  return await crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, ["wrapKey", "unwrapKey"])
}

function prfOf(unlocking: Unlocking & { by: "passkey" }): Bytes {
  if (unlocking.prf.length !== 32) throw new StoreRefused("wrong_passkey", "the passkey gave no 32 bytes")
  return new Uint8Array(unlocking.prf)
}

function utf8(text: string): Bytes {
  return new TextEncoder().encode(text)
}
