/** Keep what the server tells of how far others have fetched: asked in the background, shown when it is there. */
import type { Device } from "../client/device"
import { Problem } from "../client/errors"
import { uriOf } from "./lines"

const FRESH_MS = 5_000

interface Kept {
  readonly at_ms: number
  /** Party → the furthest entry that a device of it has fetched. */
  readonly furthest: ReadonlyMap<string, number>
  /** The server does not give this channel to this device (any more). */
  readonly shut: boolean
}

export class Fetched {
  readonly #device: Device
  readonly #nowMs: () => number
  readonly #changed: () => void
  readonly #kept = new Map<string, Kept>()
  readonly #asking = new Set<string>()
  #version = 0

  constructor(device: Device, nowMs: () => number, changed: () => void) {
    this.#device = device
    this.#nowMs = nowMs
    this.#changed = changed
  }

  /** Counts the news: what was written by an older one may be stale. */
  get version(): number {
    return this.#version
  }

  /** Give the furthest entry of a channel that a device of a party has fetched, as far as was told. */
  of(channel: string, party: string): number {
    return this.#kept.get(channel)?.furthest.get(party) ?? 0
  }

  /** Say whether the server no longer gives a channel to this device, as one whose office lost its seat. */
  shut(channel: string): boolean {
    return this.#kept.get(channel)?.shut ?? false
  }

  /** Ask anew where it was long ago; whoever shows it hears when there is news. */
  ask(channels: Iterable<string>): void {
    for (const channel of new Set(channels)) {
      const kept = this.#kept.get(channel)
      if (this.#asking.has(channel) || (kept !== undefined && this.#nowMs() - kept.at_ms < FRESH_MS)) continue
      this.#asking.add(channel)
      void this.#fetch(channel).finally(() => this.#asking.delete(channel))
    }
  }

  /** Somebody fetched more: ask again at the next occasion. */
  stale(channel: string): void {
    const kept = this.#kept.get(channel)
    if (kept !== undefined) this.#kept.set(channel, { ...kept, at_ms: 0 })
  }

  async #fetch(channel: string): Promise<void> {
    const before = this.#kept.get(channel)
    let furthest = before?.furthest ?? new Map<string, number>()
    let shut = false
    try {
      const told = new Map<string, number>()
      for (const [device, seq] of await this.#device.cursors(channel)) {
        const party = uriOf(device)?.party
        if (party !== undefined) told.set(party, Math.max(told.get(party) ?? 0, seq))
      }
      furthest = told
    } catch (failed) {
      // What was told before stays.
      shut = failed instanceof Problem ? failed.code === "not_found" : (before?.shut ?? false)
    }
    this.#kept.set(channel, { at_ms: this.#nowMs(), furthest, shut })
    const news = shut !== (before?.shut ?? false) || [...furthest].some(([party, seq]) => before?.furthest.get(party) !== seq)
    if (!news) return
    this.#version += 1
    this.#changed()
  }
}
