/** How far a person has read, on this browser: per channel a number, per consignment a place in the server's time. */
import type { Said } from "../views/consignment"
import type { Shelf } from "../client/store"

export class Marks {
  readonly #shelf: Shelf

  constructor(shelf: Shelf) {
    this.#shelf = shelf
  }

  /** Give the number up to which a channel was read. */
  channel(id: string): number {
    return number(this.#shelf.get(`read channel ${id}`))
  }

  async readChannel(id: string, seq: number): Promise<boolean> {
    if (seq <= this.channel(id)) return false
    await this.#shelf.put(`read channel ${id}`, seq)
    return true
  }

  /** Give what others said about a consignment since a person last had it on the screen. */
  unread(reference: string, said: readonly Said[], own: string): Said[] {
    const mark = number(this.#shelf.get(`read consignment ${reference}`))
    return said.filter((one) => one.place.at_ms > mark && one.party !== own && !one.copy)
  }

  async readConsignment(reference: string, said: readonly Said[]): Promise<boolean> {
    const newest = said.reduce((at, one) => Math.max(at, one.place.at_ms), 0)
    if (newest <= number(this.#shelf.get(`read consignment ${reference}`))) return false
    await this.#shelf.put(`read consignment ${reference}`, newest)
    return true
  }
}

function number(value: unknown): number {
  return typeof value === "number" ? value : 0
}
