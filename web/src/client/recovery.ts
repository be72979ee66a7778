/**
 * Keep a device's identity in one file, and come back with it into a browser that lost its store.
 *
 * Shape  strict JSON: the fields of a key file, and "file": the sealed file in base64 (`sealed_file.ts`); sealed within:
 *        {"recovery": 1, "server", "root", "device", "seed"}
 */

import { beginRegain } from "../groups/regaining"
import { equal, fromBase64, fromUtf8, toBase64, utf8 } from "../wire/bytes"
import { DeviceUri } from "../wire/identity"
import { publicKeyOf } from "../wire/keys"
import { Refused } from "../wire/refused"
import * as strictJson from "../wire/strict_json"
import { Account } from "./account"
import { LocalDirectory } from "./directory"
import { PratiqueError, Problem, ServerMistrusted, StoreRefused } from "./errors"
import { Http } from "./http"
import type { Progress, Unlocking } from "./keystore"
import { readSealedFile, writeSealedFile } from "./sealed_file"
import { Store } from "./store"
import { DATABASE, type Surroundings } from "./surroundings"

export { regaining } from "../groups/regaining"

const VERSION = 1

/** What makes a device that device, wherever it runs. */
export interface Identity {
  readonly server: string
  readonly root: Uint8Array
  readonly uri: DeviceUri
  readonly seed: Uint8Array
}

/**
 * Seal the identity of an open store under a passphrase, as one file.
 *
 * Takes   existing: what opens the store, so that nobody takes the key out of a browser left open
 * Throws  StoreRefused: wrong_passphrase, wrong_passkey, no_passphrase
 */
export async function writeRecovery(
  store: Store,
  existing: Unlocking,
  passphrase: string,
  progress?: Progress,
): Promise<{ name: string; bytes: Uint8Array }> {
  await store.prove(existing)
  const { server, root, uri, seed } = identityOf(store)
  const document = { recovery: VERSION, server, root: toBase64(root), device: String(uri), seed: toBase64(seed) }
  const { file, keyFile } = await writeSealedFile(document, passphrase, progress)
  const name = `pratique-${uri.party}-${uri.person}-${uri.device}.recovery`
  return { name, bytes: strictJson.dumps({ ...keyFile, file: toBase64(file) }) }
}

/** Open a recovery file; throws `StoreRefused`: wrong_passphrase, bad_recovery, store_damaged. */
export async function readRecovery(bytes: Uint8Array, passphrase: string, progress?: Progress): Promise<Identity> {
  let file: Uint8Array
  try {
    file = fromBase64((strictJson.loads(bytes) as { file: string }).file)
  } catch {
    throw foreign()
  }
  const { recovery, server, root, device, seed } = await readSealedFile(file, bytes, passphrase, progress)
  if (recovery !== VERSION || ![server, root, device, seed].every((one) => typeof one === "string")) throw foreign()
  try {
    const read = { root: fromBase64(root as string), seed: fromBase64(seed as string) }
    if (read.seed.length !== 32) throw foreign()
    return { ...read, server: server as string, uri: DeviceUri.parse(device as string) }
  } catch {
    throw foreign()
  }
}

/**
 * Make the store of a device anew from its recovery file; it asks for its channels at the next sync.
 *
 * Throws  StoreRefused("file_exists") where this browser holds a store; PratiqueError: wrong_server, not_active
 */
export async function restore(
  around: Surroundings,
  bytes: Uint8Array,
  passphrase: string,
  progress?: Progress,
): Promise<Store> {
  const name = around.database ?? DATABASE
  await refuseSecond(name)
  const identity = await readRecovery(bytes, passphrase, progress)
  const http = new Http(around.url, around.fetch)
  if (identity.server !== http.url) {
    const hint = `open ${identity.server} and use the file there`
    throw new PratiqueError("wrong_server", `this is a device of ${identity.server}`, hint)
  }
  const told = await http.call("GET", "/v1/deployment")
  if (!equal(told.get("root_certificate", "bytes"), identity.root)) {
    throw new ServerMistrusted("wrong_root", "the server's root is not the one that this device had pinned")
  }
  const store = await Store.create(name, { by: "passphrase", passphrase })
  try {
    await store.transaction((batch) => {
      store.setSecret(batch, "device key", identity.seed)
      const facts = { server: utf8(http.url), root: identity.root, uri: utf8(String(identity.uri)) }
      for (const [fact, value] of Object.entries(facts)) store.setFact(batch, fact, value)
    })
    await confirm(http, store, identity)
    await store.transaction((batch) => store.setFact(batch, "enrolled", utf8("yes")))
    await beginRegain(store)
    // The tables of a store are claimed once: whoever works with it opens it anew.
    const { key } = store
    await store.close()
    return await Store.resume(name, key)
  } catch (failed) {
    await store.destroy()
    throw failed
  }
}

/** Keep what still opens of a damaged store, and have the device ask for its channels at the next sync. */
export async function repair(around: Surroundings, unlocking: Unlocking, progress?: Progress): Promise<Store> {
  const store = await Store.salvage(around.database ?? DATABASE, unlocking, progress)
  try {
    await beginRegain(store)
    return store
  } catch (failed) {
    await store.close()
    throw failed
  }
}

function identityOf(store: Store): Identity {
  const [server, root, uri] = [store.fact("server"), store.fact("root"), store.fact("uri")]
  if (server === null || root === null || uri === null || store.fact("enrolled") === null) {
    throw new StoreRefused("not_enrolled", "this device was not approved yet", "save the file once it was let in")
  }
  return { server: fromUtf8(server), root, uri: DeviceUri.parse(fromUtf8(uri)), seed: store.secret("device key") }
}

/** Refuse where a device lives here; clear away what is left of one that cannot be unlocked. */
async function refuseSecond(name: string): Promise<void> {
  let there: unknown
  try {
    there = await Store.look(name)
  } catch (failed) {
    if (!(failed instanceof StoreRefused)) throw failed
    await Store.wipe(name)
    return
  }
  if (there !== null) throw new StoreRefused("file_exists", "this browser holds a device already", "log out first")
}

/** Sign in as the device, and believe the server only where its certificate is of this very key. */
async function confirm(http: Http, store: Store, { root, uri, seed }: Identity): Promise<void> {
  const directory = await LocalDirectory.open(store, root)
  await directory.refreshParties(http)
  const account = new Account(http, uri, seed)
  try {
    await account.signIn()
    await directory.fetchOffice(account, uri.officeId)
  } catch (failed) {
    if (!(failed instanceof Problem) || failed.code !== "sign_in_refused") throw failed
    const hint = "ask your party's officer for a new invitation"
    throw new PratiqueError("not_active", "the server lets this device in no more: it was revoked", hint)
  }
  const found = await directory.device(String(uri), Date.now()).catch((failed: unknown) => {
    throw failed instanceof Refused ? new ServerMistrusted(failed.code, failed.detail) : failed
  })
  if (found === null || !equal(found.key, await publicKeyOf(seed))) {
    throw new PratiqueError("not_active", "the directory shows no certificate of this device", "ask your party's officer")
  }
}

function foreign(): StoreRefused {
  return new StoreRefused("bad_recovery", "this is not a recovery file", "take the file that ends in .recovery")
}
