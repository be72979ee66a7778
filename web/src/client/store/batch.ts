/** Gather what one transaction changes: seen in memory at once, written together, or taken back. */

import type { Table } from "./table"

interface Change {
  readonly table: Table<unknown>
  readonly key: string
  readonly before: unknown
}

export class Batch {
  readonly #changes: Change[] = []
  #open = true

  put<V>(table: Table<V>, key: string, row: V): void {
    this.#note(table, key)
    table.set(key, row)
  }

  delete<V>(table: Table<V>, key: string): void {
    if (!table.has(key)) return
    this.#note(table, key)
    table.set(key, undefined)
  }

  /** Give each changed row once. */
  changed(): { table: Table<unknown>; key: string }[] {
    const found = new Map<Table<unknown>, Set<string>>()
    for (const { table, key } of this.#changes) {
      let keys = found.get(table)
      if (keys === undefined) found.set(table, (keys = new Set()))
      keys.add(key)
    }
    return [...found].flatMap(([table, keys]) => [...keys].map((key) => ({ table, key })))
  }

  /** Take no more changes: the transaction is over. */
  end(): void {
    this.#open = false
  }

  /** Undo every change in memory, newest first. */
  takeBack(): void {
    this.end()
    for (const { table, key, before } of this.#changes.reverse()) table.set(key, before)
  }

  #note<V>(table: Table<V>, key: string): void {
    if (!this.#open) throw new Error(`${table.name}: this transaction is over`)
    this.#changes.push({ table: table as unknown as Table<unknown>, key, before: table.get(key) })
  }
}
