/**
 * Keep everything that one device knows: in memory while open, sealed row by row in IndexedDB.
 *
 * One worker uses it (it holds the Web Lock), many tasks of that worker do: a transaction has the store to itself from
 * its begin to its end, and what it read before it began it checks again (`Lost`). Inside one nothing waits for the
 * network or the engine, and nobody begins another.
 */

import { StoreRefused } from "../errors"
import type { Progress, Unlocking } from "../keystore"
import { Batch } from "./batch"
import type { Fields } from "./packing"
import { Table, type Changed, type Shape } from "./table"
import { Vault, type Locked } from "./vault"

/** Another task changed what this change started from; load it anew. */
export class Lost extends Error {}

const BYTES: Shape<Uint8Array> = {
  write: (value) => ({ value }),
  read: (fields) => fields["value"] as Uint8Array,
}

export class Store {
  readonly name: string
  readonly #vault: Vault
  readonly #tables = new Map<string, Table<unknown>>()
  /** Rows of tables that nobody has asked for yet. */
  readonly #unclaimed = new Map<string, { place: number; key: string; fields: Fields }[]>()
  readonly #facts: Table<Uint8Array>
  readonly #secrets: Table<Uint8Array>
  #last = 0
  #turn: Promise<unknown> = Promise.resolve()

  private constructor(name: string, vault: Vault) {
    this.name = name
    this.#vault = vault
    this.#facts = this.table("facts", BYTES)
    this.#secrets = this.table("secrets", BYTES)
  }

  /** Make a new store; raises `StoreRefused` where there is one. */
  static async create(name: string, unlocking: Unlocking): Promise<Store> {
    return new Store(name, await Vault.create(name, unlocking))
  }

  /** Unlock the store and read all of it; raises `StoreRefused`. */
  static async open(name: string, unlocking: Unlocking, progress?: Progress): Promise<Store> {
    return await Store.#over(name, await Vault.open(name, unlocking, progress))
  }

  /** Take an unlocked store over from another worker, with the key that it left; throws `StoreRefused`. */
  static async resume(name: string, key: CryptoKey): Promise<Store> {
    return await Store.#over(name, await Vault.resume(name, key))
  }

  /** Unlock a damaged store and keep what says whose it is, and what a person set; throws `StoreRefused("key_lost")`. */
  static async salvage(name: string, unlocking: Unlocking, progress?: Progress): Promise<Store> {
    const vault = await Vault.open(name, unlocking, progress)
    try {
      await vault.salvage(["facts", "secrets", "shelf"], ["secrets/device key", "facts/uri", "facts/root", "facts/server"])
    } catch (failed) {
      vault.close()
      throw failed
    }
    return await Store.#over(name, vault)
  }

  static async #over(name: string, vault: Vault): Promise<Store> {
    try {
      const store = new Store(name, vault)
      for (const { place, row } of await vault.read()) {
        store.#last = Math.max(store.#last, place)
        store.#claim(row.table, place, row.key, row.fields)
      }
      return store
    } catch (failed) {
      vault.close()
      throw failed
    }
  }

  /** Say how a store is unlocked; null where there is none; raises `StoreRefused("store_damaged")`. */
  static async look(name: string): Promise<Locked | null> {
    return await Vault.look(name)
  }

  /** Delete a store that is not open. */
  static async wipe(name: string): Promise<void> {
    await Vault.destroy(name)
  }

  /** The key under which it is sealed: a handle that no script can read. */
  get key(): CryptoKey {
    return this.#vault.key
  }

  get locked(): Locked {
    return this.#vault.locked
  }

  /** Whether the browser took the database away while it was open. */
  get gone(): boolean {
    return this.#vault.gone
  }

  /** Throw `StoreRefused` unless this opens the store. */
  async prove(unlocking: Unlocking, progress?: Progress): Promise<void> {
    await this.#vault.prove(unlocking, progress)
  }

  /** Have one more way to unlock, given one that works; see `keystore` for why. */
  async addUnlocking(existing: Unlocking, added: Unlocking): Promise<void> {
    await this.#vault.addUnlocking(existing, added)
  }

  /** Give a table, with what the store holds of it; each name is asked for once. */
  table<V>(name: string, shape: Shape<V>, changed?: Changed<V>): Table<V> {
    if (this.#tables.has(name)) throw new Error(`table ${name} is in use`)
    const table = new Table(name, shape, changed)
    this.#tables.set(name, table as unknown as Table<unknown>)
    const rows = this.#unclaimed.get(name) ?? []
    this.#unclaimed.delete(name)
    for (const { place, key, fields } of rows) fill(table, place, key, fields)
    return table
  }

  /** Run changes that are saved together, or not at all; what `work` throws takes them back. */
  async transaction<T>(work: (batch: Batch) => Promise<T> | T): Promise<T> {
    const mine = this.#turn.then(() => this.#run(work))
    this.#turn = mine.catch(() => undefined)
    return await mine
  }

  /** Give a named value, or null. */
  fact(name: string): Uint8Array | null {
    return this.#facts.get(name) ?? null
  }

  setFact(batch: Batch, name: string, value: Uint8Array): void {
    batch.put(this.#facts, name, value)
  }

  dropFact(batch: Batch, name: string): void {
    batch.delete(this.#facts, name)
  }

  /** Give a named secret; raises `StoreRefused` where it is missing. */
  secret(name: string): Uint8Array {
    const found = this.#secrets.get(name)
    if (found === undefined) throw new StoreRefused("store_damaged", `the store lacks its ${name}`)
    return found
  }

  hasSecret(name: string): boolean {
    return this.#secrets.has(name)
  }

  setSecret(batch: Batch, name: string, value: Uint8Array): void {
    batch.put(this.#secrets, name, value)
  }

  dropSecret(batch: Batch, name: string): void {
    batch.delete(this.#secrets, name)
  }

  /** Finish what runs, then lock: nothing of it stays in memory here. */
  async close(): Promise<void> {
    await this.#turn
    this.#vault.close()
    for (const table of this.#tables.values()) table.clear()
    this.#unclaimed.clear()
  }

  /** Lock, and delete the database. */
  async destroy(): Promise<void> {
    await this.close()
    await Vault.destroy(this.name)
  }

  async #run<T>(work: (batch: Batch) => Promise<T> | T): Promise<T> {
    const batch = new Batch()
    try {
      const given = await work(batch)
      batch.end()
      await this.#save(batch)
      return given
    } catch (failed) {
      batch.takeBack()
      throw failed
    }
  }

  async #save(batch: Batch): Promise<void> {
    const changed = batch.changed()
    if (changed.length === 0) return
    let last = this.#last
    const puts = []
    const deletes = []
    for (const { table, key } of changed) {
      const row = table.get(key)
      const place = table.places.get(key)
      if (row !== undefined) {
        const at = place ?? ++last
        puts.push({ table, key, place: at, row: { table: table.name, key, fields: table.shape.write(row) } })
      } else if (place !== undefined) deletes.push({ table, key, place })
    }
    await this.#vault.write({ puts, deletes: deletes.map((one) => one.place) })
    this.#last = last
    for (const { table, key, place } of puts) table.places.set(key, place)
    for (const { table, key } of deletes) table.places.delete(key)
  }

  #claim(name: string, place: number, key: string, fields: Fields): void {
    const table = this.#tables.get(name)
    if (table !== undefined) {
      fill(table, place, key, fields)
      return
    }
    const rows = this.#unclaimed.get(name)
    if (rows === undefined) this.#unclaimed.set(name, [{ place, key, fields }])
    else rows.push({ place, key, fields })
  }
}

function fill<V>(table: Table<V>, place: number, key: string, fields: Fields): void {
  table.places.set(key, place)
  table.set(key, table.shape.read(fields))
}
