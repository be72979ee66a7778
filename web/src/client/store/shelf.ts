/** Keep small values of this browser alone by name: preferences, read marks, half-written forms; sealed, never sent. */

import type { Store } from "./store"
import type { Shape, Table } from "./table"

const JSON_VALUES: Shape<{ readonly value: unknown }> = {
  write: ({ value }) => ({ value }),
  read: (fields) => ({ value: fields["value"] }),
}

export class Shelf {
  readonly #store: Store
  readonly #values: Table<{ readonly value: unknown }>

  constructor(store: Store) {
    this.#store = store
    this.#values = store.table("shelf", JSON_VALUES)
  }

  /** Give a value as it was put, or null. */
  get(name: string): unknown {
    return this.#values.get(name)?.value ?? null
  }

  /** List the names that begin with a text. */
  names(prefix = ""): string[] {
    return this.#values
      .entries()
      .map(([name]) => name)
      .filter((name) => name.startsWith(prefix))
      .sort()
  }

  /** Keep a JSON value; null drops it. */
  async put(name: string, value: unknown): Promise<void> {
    await this.#store.transaction((batch) => {
      if (value === null) batch.delete(this.#values, name)
      else batch.put(this.#values, name, { value })
    })
  }
}
