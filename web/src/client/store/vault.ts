/**
 * Hold the sealed rows of one device in IndexedDB: numbers and ciphertexts, nothing else.
 *
 * What table a row is of, and its key, stand inside the seal: whoever copies the disk learns how many rows there are
 * and how long each is. A row is bound to its number, so none can be moved to the place of another.
 * Shape  rows: number → nonce ‖ AES-256-GCM(packed row, AAD "pratique store v1/rows/" number); meta: "unlocking"
 */

import { Dexie, type Table as Stored } from "dexie"
import { StoreRefused } from "../errors"
import { addWrapping, findKey, makeKey, type Progress, type Unlocking, type Wrappings } from "../keystore"
import { pack, unpack, type Packed } from "./packing"

type Bytes = Uint8Array<ArrayBuffer>

export const FORMAT = 1
const NONCE_BYTES = 12
const AT_ONCE = 512

interface Meta {
  readonly format: number
  readonly wrappings: Wrappings
}

/** One sealed row as it is written, or a number whose row goes. */
export interface Written {
  readonly puts: readonly { readonly place: number; readonly row: Packed }[]
  readonly deletes: readonly number[]
}

class Base extends Dexie {
  readonly meta!: Stored<Meta, string>
  readonly rows!: Stored<Bytes, number>

  constructor(name: string) {
    // Keys must be on the disk before what depends on them leaves this machine.
    super(name, { chromeTransactionDurability: "strict" })
    this.version(1).stores({ meta: "", rows: "" })
  }
}

/** What can be told of a store that is not unlocked. */
export interface Locked {
  readonly unlock_by: readonly Unlocking["by"][]
  readonly passkey: { readonly credential: string; readonly salt: string } | null
}

export class Vault {
  readonly #base: Base
  readonly #key: CryptoKey
  #wrappings: Wrappings
  #gone = false

  private constructor(base: Base, key: CryptoKey, wrappings: Wrappings) {
    this.#base = base
    base.on("close", () => {
      this.#gone = true
    })
    this.#key = key
    this.#wrappings = wrappings
  }

  /** Make an empty vault; raises `StoreRefused` where there is one. */
  static async create(name: string, unlocking: Unlocking): Promise<Vault> {
    const base = new Base(name)
    try {
      if ((await metaOf(base)) !== null) {
        throw new StoreRefused("file_exists", "this browser holds a store already", "log out first")
      }
      const { key, wrappings } = await makeKey(unlocking)
      await stored(() => base.meta.add({ format: FORMAT, wrappings }, "unlocking"))
      return new Vault(base, key, wrappings)
    } catch (failed) {
      base.close()
      throw failed
    }
  }

  /** Unlock a vault; raises `StoreRefused`. */
  static async open(name: string, unlocking: Unlocking, progress?: Progress): Promise<Vault> {
    if (!(await Dexie.exists(name))) throw noStore()
    const base = new Base(name)
    try {
      const meta = await metaOf(base)
      if (meta === null) throw noStore()
      return new Vault(base, await findKey(meta.wrappings, unlocking, progress), meta.wrappings)
    } catch (failed) {
      base.close()
      throw failed
    }
  }

  /** Take a vault over from another worker of this browser that has unlocked it, with the key that it left. */
  static async resume(name: string, key: CryptoKey): Promise<Vault> {
    if (!(await Dexie.exists(name))) throw noStore()
    const base = new Base(name)
    try {
      const meta = await metaOf(base)
      if (meta === null) throw noStore()
      return new Vault(base, key, meta.wrappings)
    } catch (failed) {
      base.close()
      throw failed
    }
  }

  /** Say how a vault is unlocked; null where there is none; raises `StoreRefused("store_damaged")`. */
  static async look(name: string): Promise<Locked | null> {
    if (!(await Dexie.exists(name))) return null
    const base = new Base(name)
    try {
      const meta = await metaOf(base)
      return meta === null ? null : lockedOf(meta.wrappings)
    } finally {
      base.close()
    }
  }

  /** Delete a vault, locked or not. */
  static async destroy(name: string): Promise<void> {
    await Dexie.delete(name)
  }

  /** The key under which it is sealed: a handle that no script can read. */
  get key(): CryptoKey {
    return this.#key
  }

  /** Whether the browser took the database away while it was open. */
  get gone(): boolean {
    return this.#gone
  }

  get locked(): Locked {
    return lockedOf(this.#wrappings)
  }

  /** Have one more way to unlock, given one that works. */
  async addUnlocking(existing: Unlocking, added: Unlocking): Promise<void> {
    const wrappings = await addWrapping(this.#wrappings, existing, added)
    await stored(() => this.#base.meta.put({ format: FORMAT, wrappings }, "unlocking"))
    this.#wrappings = wrappings
  }

  /** Throw unless this opens the store: whoever takes a key out of an open browser shows that it is theirs. */
  async prove(unlocking: Unlocking, progress?: Progress): Promise<void> {
    await findKey(this.#wrappings, unlocking, progress)
  }

  /**
   * Keep what still opens of some tables and delete all else; throws `StoreRefused` where a row that is needed is lost.
   *
   * Takes  needed: `table/key` of what the rest is nothing without
   */
  async salvage(tables: readonly string[], needed: readonly string[]): Promise<void> {
    const places = await stored(() => this.#base.rows.toCollection().primaryKeys())
    const gone: number[] = []
    const found = new Set<string>()
    for (const place of places) {
      try {
        const { table, key } = unpack(await this.#open(place, await stored(() => this.#base.rows.get(place))))
        if (!tables.includes(table)) gone.push(place)
        else found.add(`${table}/${key}`)
      } catch (failed) {
        if (!(failed instanceof StoreRefused)) throw failed
        gone.push(place)
      }
    }
    if (!needed.every((one) => found.has(one))) {
      throw new StoreRefused("key_lost", "the device's key is among what was lost", "use the recovery file, or enrol anew")
    }
    await stored(() => this.#base.rows.bulkDelete(gone))
  }

  /** Open every row, in the order of their numbers; raises `StoreRefused("store_damaged")`. */
  async read(): Promise<{ place: number; row: Packed }[]> {
    const [places, values] = await stored(() =>
      this.#base.transaction("r", this.#base.rows, async () => [
        await this.#base.rows.toCollection().primaryKeys(),
        await this.#base.rows.toArray(),
      ] as const),
    )
    const found: { place: number; row: Packed }[] = []
    for (let start = 0; start < places.length; start += AT_ONCE) {
      const part = places.slice(start, start + AT_ONCE)
      const opened = await Promise.all(part.map((place, index) => this.#open(place, values[start + index])))
      part.forEach((place, index) => found.push({ place, row: unpack(opened[index] as Bytes) }))
    }
    return found
  }

  /** Seal and write rows in one transaction: all, or none; raises `StoreRefused`. */
  async write(written: Written): Promise<void> {
    const sealed = await Promise.all(written.puts.map(({ place, row }) => this.#seal(place, pack(row))))
    const places = written.puts.map((put) => put.place)
    await stored(() =>
      this.#base.transaction("rw", this.#base.rows, async () => {
        if (sealed.length > 0) await this.#base.rows.bulkPut(sealed, places)
        if (written.deletes.length > 0) await this.#base.rows.bulkDelete([...written.deletes])
      }),
    )
  }

  close(): void {
    this.#base.close()
  }

  async #seal(place: number, plain: Bytes): Promise<Bytes> {
    const iv = crypto.getRandomValues(new Uint8Array(NONCE_BYTES))
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(place) }, this.#key, plain)
    const all = new Uint8Array(NONCE_BYTES + sealed.byteLength)
    all.set(iv)
    all.set(new Uint8Array(sealed), NONCE_BYTES)
    return all
  }

  async #open(place: number, sealed: Bytes | undefined): Promise<Bytes> {
    try {
      if (!(sealed instanceof Uint8Array) || sealed.length < NONCE_BYTES) throw new TypeError("row")
      const how = { name: "AES-GCM", iv: sealed.subarray(0, NONCE_BYTES), additionalData: bound(place) }
      return new Uint8Array(await crypto.subtle.decrypt(how, this.#key, sealed.subarray(NONCE_BYTES)))
    } catch {
      throw new StoreRefused("store_damaged", "a sealed row does not open: it was altered", "log out and start anew")
    }
  }
}

function bound(place: number): Bytes {
  return new TextEncoder().encode(`pratique store v${FORMAT}/rows/${place}`)
}

function lockedOf(wrappings: Wrappings): Locked {
  const { passphrase, passkey } = wrappings
  const by: Unlocking["by"][] = []
  if (passphrase !== null) by.push("passphrase")
  if (passkey !== null) by.push("passkey")
  return { unlock_by: by, passkey: passkey === null ? null : { credential: passkey.credential, salt: passkey.salt } }
}

async function metaOf(base: Base): Promise<Meta | null> {
  const meta = await stored(() => base.meta.get("unlocking"))
  if (meta === undefined) {
    // Rows without what unlocks them: part of the database was lost.
    if ((await stored(() => base.rows.count())) > 0) throw new StoreRefused("store_damaged", "the store lost its key")
    return null
  }
  if (meta.format !== FORMAT) {
    throw new StoreRefused("store_version", `the store has format ${meta.format}, this program reads ${FORMAT}`)
  }
  return meta
}

function noStore(): StoreRefused {
  return new StoreRefused("no_store", "there is no store in this browser", "enrol this device first")
}

/** Say what IndexedDB refuses in our words. */
async function stored<T>(ask: () => PromiseLike<T>): Promise<T> {
  try {
    return await ask()
  } catch (failed) {
    if (failed instanceof StoreRefused) throw failed
    const name = reasonOf(failed)
    if (name.includes("QuotaExceededError")) {
      throw new StoreRefused("store_full", "this browser has no room left for the store", "free space, then try again")
    }
    if (name.includes("DatabaseClosedError")) throw new StoreRefused("store_locked", "the store is locked", "unlock it")
    throw new StoreRefused("store_damaged", `this browser's database fails: ${name}`, "reload; else log out")
  }
}

function reasonOf(failed: unknown): string {
  const names: string[] = []
  for (let one: unknown = failed; one instanceof Error; one = (one as { inner?: unknown }).inner) names.push(one.name)
  return names.join(", ") || String(failed)
}
