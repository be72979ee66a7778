/** One desk per operation of this Member, made when it is first asked for, folded as entries come. */
import type { Device } from "../client/device"
import { PratiqueError } from "../client/errors"
import type { Notice, OpenedEntry, Operation } from "../client/opened"
import { Desk } from "../desk/desk"
import type { Alert } from "../desk/results"
import type { Consignment } from "../views/consignment"

export class Desks {
  readonly #device: Device
  readonly #clock: () => number
  readonly #operations = new Map<string, Operation>()
  readonly #desks = new Map<string, Desk>()
  readonly #operationOf = new Map<string, string>()
  #told: ReadonlySet<string> | null = null

  constructor(device: Device, clock: () => number) {
    this.#device = device
    this.#clock = clock
  }

  /** Take the operations that the store knows; reads no network. */
  async begin(): Promise<void> {
    this.know(await this.#device.operations({ stored: true }))
  }

  /** Take operations by their newest terms; an answer that was overtaken is passed over. Say whether any was news. */
  know(operations: readonly Operation[]): boolean {
    let news = false
    for (const one of operations) {
      const before = this.#operations.get(one.id)
      if (before !== undefined && before.terms.number >= one.terms.number) continue
      this.#operations.set(one.id, one)
      this.#desks.get(one.id)?.workUnder(one)
      news = true
    }
    return news
  }

  /**
   * Take all operations that the server tells of; those that it tells of no more stay as they were known.
   *
   * Gives  whether anything is other than before
   */
  knowAll(operations: readonly Operation[]): boolean {
    const news = this.know(operations)
    const before = this.#told
    this.#told = new Set(operations.map((one) => one.id))
    return news || before === null || before.size !== this.#told.size || [...before].some((id) => this.#told?.has(id) !== true)
  }

  /** Say whether the server told this party of an operation when it was asked last, or was not asked yet. */
  takesPart(operation: string): boolean {
    return this.#told?.has(operation) ?? true
  }

  operations(): Operation[] {
    return [...this.#operations.values()].sort((a, b) => b.terms.from_ms - a.terms.from_ms)
  }

  all(): Desk[] {
    return this.operations().map((one) => this.#open(one))
  }

  /** Give the desk of one operation; throws no_operation. */
  of(operation: string): Desk {
    const known = this.#operations.get(operation)
    if (known === undefined) {
      throw new PratiqueError("no_operation", "this operation is not known here", "sync, then look again")
    }
    return this.#open(known)
  }

  /** Give the desk of a channel's operation, or null. */
  ofChannel(channel: string): Desk | null {
    if (!this.#operationOf.has(channel)) {
      for (const state of this.#device.channels()) this.#operationOf.set(state.id, state.charter.operation)
    }
    const known = this.#operations.get(this.#operationOf.get(channel) ?? "")
    return known === undefined ? null : this.#open(known)
  }

  /** Give a consignment and its desk; throws no_consignment. */
  find(reference: string): { desk: Desk; one: Consignment } {
    const found = this.look(reference)
    if (found !== null) return found
    throw new PratiqueError("no_consignment", `nothing is known of ${reference}`, "the list shows what there is")
  }

  look(reference: string): { desk: Desk; one: Consignment } | null {
    for (const desk of this.all()) {
      const one = desk.board.consignments.get(reference)
      if (one !== undefined) return { desk, one }
    }
    return null
  }

  /** Fold what the store got since, everywhere. */
  refresh(): void {
    for (const desk of this.#desks.values()) desk.refresh()
  }

  /** Fold what the device saw; tell what it means. */
  alertOf(seen: OpenedEntry | Notice): Alert | null {
    for (const desk of this.all()) {
      const alert = desk.alertOf(seen)
      if (alert !== null) return alert
    }
    return null
  }

  #open(operation: Operation): Desk {
    let desk = this.#desks.get(operation.id)
    if (desk === undefined) {
      desk = Desk.open(this.#device, operation, this.#clock)
      this.#desks.set(operation.id, desk)
    }
    return desk
  }
}
