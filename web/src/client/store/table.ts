/**
 * Hold one table in memory; what a transaction changes is seen at once, and taken back where it fails.
 *
 * Rows are never changed in place: whoever changes one puts another.
 */

import type { Fields } from "./packing"

/** How a table's rows are kept. */
export interface Shape<V> {
  write(row: V): Fields
  read(fields: Fields): V
}

/** Told of every change of a table, also of what is taken back; keeps indexes. */
export type Changed<V> = (key: string, before: V | undefined, after: V | undefined) => void

export class Table<V> {
  readonly name: string
  readonly shape: Shape<V>
  /** Where each row stands in the database. */
  readonly places = new Map<string, number>()
  readonly #rows = new Map<string, V>()
  readonly #changed: Changed<V>

  constructor(name: string, shape: Shape<V>, changed: Changed<V> = () => undefined) {
    this.name = name
    this.shape = shape
    this.#changed = changed
  }

  get(key: string): V | undefined {
    return this.#rows.get(key)
  }

  has(key: string): boolean {
    return this.#rows.has(key)
  }

  get size(): number {
    return this.#rows.size
  }

  /** Give the rows in the order in which they were first put. */
  values(): V[] {
    return [...this.#rows.values()]
  }

  entries(): [string, V][] {
    return [...this.#rows.entries()]
  }

  /** Change a row in memory only: `Batch` and the opening store call it. */
  set(key: string, row: V | undefined): void {
    const before = this.#rows.get(key)
    if (row === undefined) this.#rows.delete(key)
    else this.#rows.set(key, row)
    this.#changed(key, before, row)
  }

  /** Forget everything in memory. */
  clear(): void {
    for (const key of [...this.#rows.keys()]) this.set(key, undefined)
    this.places.clear()
  }
}
