/** Keep secrets of groups: epoch keys, the private parts of key packages, and welcomes that wait for their commit. */

import type { KeyPackage } from "../../groups/engine_answers"
import type { EpochKey } from "../../wire/sealing"
import type { Batch } from "./batch"
import type { Fields } from "./packing"
import type { Store } from "./store"
import type { Shape, Table } from "./table"

/** Where an epoch key came from: the engine, or the number of the link entry that carried it. */
export const FROM_ENGINE = 0
const DAY_MS = 86_400_000

/** How many key packages of this device wait on the server, as far as this store knows. */
export interface Stock {
  readonly uploaded: number
  readonly last_resort_until_ms: number
}

interface KeptKey extends EpochKey {
  readonly log: string
  readonly source: number
}

interface KeptPackage extends KeyPackage {
  readonly last_resort: boolean
  readonly uploaded: boolean
  readonly not_after_ms: number
}

interface KeptWelcome {
  readonly log: string
  readonly ref: string
  readonly data: Uint8Array
}

/** The keys of one store. */
export class Keys {
  readonly #epochs: Table<KeptKey>
  readonly #packages: Table<KeptPackage>
  readonly #welcomes: Table<KeptWelcome>
  /** By log and epoch what is held, the engine's own first. */
  readonly #held = new Map<string, Map<number, KeptKey[]>>()

  constructor(store: Store) {
    this.#epochs = store.table("epoch_keys", asIs<KeptKey>(), (_key, before, after) => this.#index(before, after))
    this.#packages = store.table("key_packages", asIs<KeptPackage>())
    this.#welcomes = store.table("welcomes", asIs<KeptWelcome>())
  }

  /** Keep an epoch's key. */
  putEpoch(batch: Batch, log: string, epoch: EpochKey, source: number = FROM_ENGINE): void {
    batch.put(this.#epochs, `${log}/${epoch.epoch}/${source}`, { ...epoch, log, source })
  }

  /** Give the keys held for one epoch, the engine's own first; links may have brought others. */
  epochs(log: string, epoch: number): readonly EpochKey[] {
    return this.#held.get(log)?.get(epoch) ?? []
  }

  /** Say whether the engine itself gave this epoch's key. */
  hasOwn(log: string, epoch: number): boolean {
    return this.#epochs.has(`${log}/${epoch}/${FROM_ENGINE}`)
  }

  /** Delete the keys of epochs below a number (history `from_join`, after the retention). */
  dropEpochs(batch: Batch, log: string, before: number): void {
    for (const [epoch, held] of this.#held.get(log) ?? []) {
      if (epoch >= before) continue
      for (const key of [...held]) batch.delete(this.#epochs, `${log}/${epoch}/${key.source}`)
    }
  }

  /** Keep a key package with its private part, before anybody else sees it. */
  putPackage(batch: Batch, made: KeyPackage, lastResort: boolean, notAfterMs: number): void {
    const kept = { ...made, last_resort: lastResort, uploaded: false, not_after_ms: notAfterMs }
    batch.put(this.#packages, made.ref, kept)
  }

  /** Give one of this device's key packages by its reference. */
  package(ref: string): KeyPackage | null {
    const found = this.#packages.get(ref)
    return found === undefined ? null : { key_package: found.key_package, private: found.private, ref: found.ref }
  }

  /** List key packages that the server has not acknowledged, and whether each is a last resort. */
  notUploaded(): { key_package: Uint8Array; last_resort: boolean }[] {
    return this.#packages.values().filter((kept) => !kept.uploaded)
  }

  /** Mark every key package as acknowledged. */
  markUploaded(batch: Batch): void {
    for (const kept of this.#packages.values()) {
      if (!kept.uploaded) batch.put(this.#packages, kept.ref, { ...kept, uploaded: true })
    }
  }

  /** Count what is kept. */
  stock(): Stock {
    const all = this.#packages.values()
    const until = all.filter((kept) => kept.last_resort).map((kept) => kept.not_after_ms)
    return {
      uploaded: all.filter((kept) => kept.uploaded && !kept.last_resort).length,
      last_resort_until_ms: Math.max(0, ...until),
    }
  }

  /** Delete the private part of a key package that served its one join; a last resort serves on. */
  usePackage(batch: Batch, ref: string): void {
    if (this.#packages.get(ref)?.last_resort === false) batch.delete(this.#packages, ref)
  }

  /** Delete key packages whose lifetime ended a day ago. */
  dropLapsed(batch: Batch, nowMs: number): void {
    for (const kept of this.#packages.values()) {
      if (kept.not_after_ms < nowMs - DAY_MS) batch.delete(this.#packages, kept.ref)
    }
  }

  /** Keep a welcome until the channel's log shows the commit that it belongs to. */
  putWelcome(batch: Batch, log: string, ref: string, data: Uint8Array): void {
    batch.put(this.#welcomes, `${log}/${ref}`, { log, ref, data })
  }

  /** Give the welcome for a key package into a channel. */
  welcome(log: string, ref: string): Uint8Array | null {
    return this.#welcomes.get(`${log}/${ref}`)?.data ?? null
  }

  /** Delete the welcomes into a channel. */
  dropWelcomes(batch: Batch, log: string): void {
    for (const kept of this.#welcomes.values()) {
      if (kept.log === log) batch.delete(this.#welcomes, `${log}/${kept.ref}`)
    }
  }

  #index(before: KeptKey | undefined, after: KeptKey | undefined): void {
    const one = after ?? before
    if (one === undefined) return
    let byEpoch = this.#held.get(one.log)
    if (byEpoch === undefined) this.#held.set(one.log, (byEpoch = new Map<number, KeptKey[]>()))
    const others = (byEpoch.get(one.epoch) ?? []).filter((kept) => kept.source !== one.source)
    const held = after === undefined ? others : [...others, after]
    if (held.length === 0) byEpoch.delete(one.epoch)
    else byEpoch.set(one.epoch, held.sort((first, second) => first.source - second.source))
  }
}

/** Keep flat rows of JSON values and bytes as they are. */
export function asIs<V extends object>(): Shape<V> {
  return { write: (row) => ({ ...row }) as Fields, read: (fields) => fields as V }
}
