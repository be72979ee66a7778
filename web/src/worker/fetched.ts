/**
 * Keep what the server tells of how far others have fetched: asked in the background, shown when it is there.
 *
 * No event says that somebody fetched. So while a page shows an entry that some party lacks, it is asked again: soon
 * after the entry came, then ever less often, then at the page's own occasions only.
 */
import type { Reader } from "../api"
import type { Device } from "../client/device"
import { Problem } from "../client/errors"
import { uriOf } from "./lines"

const FRESH_MS = 5_000
const SOON_MS = 1_500
const LONGEST_MS = 60_000

interface Kept {
  readonly at_ms: number
  /** Party → the furthest entry that a device of it has fetched. */
  readonly furthest: ReadonlyMap<string, number>
  /** The server does not give this channel to this device (any more). */
  readonly shut: boolean
}

/** An entry that a page shows, who is to fetch it, and when that is asked again. */
interface Awaited {
  readonly seq: number
  parties: readonly string[]
  pause_ms: number
  timer: ReturnType<typeof setTimeout> | undefined
}

export class Fetched {
  readonly #device: Device
  readonly #nowMs: () => number
  readonly #changed: () => void
  readonly #kept = new Map<string, Kept>()
  readonly #asking = new Set<string>()
  readonly #awaited = new Map<string, Awaited>()
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

  /** Ask anew where it was long ago; who shows it hears when there is news. */
  look(channel: string): void {
    if (this.#quiet(channel)) this.#begin(channel)
  }

  /**
   * Ask for what a page shows: anew where it was long ago, again while a party lacks the entry; who shows it hears.
   *
   * Takes  readers: as the page shows them; who has no device is not waited for
   */
  ask(channel: string, seq: number, readers: readonly Reader[]): void {
    const parties = readers.filter(({ devices, delivered }) => devices > 0 && !delivered).map(({ party }) => party)
    const before = this.#awaited.get(channel)
    const quiet = this.#quiet(channel)
    if (before?.seq !== seq) {
      clearTimeout(before?.timer)
      // Where much is said, one answer serves for several entries.
      this.#awaited.set(channel, { seq, parties, pause_ms: quiet ? SOON_MS : FRESH_MS, timer: undefined })
    } else before.parties = parties
    if (quiet && (before === undefined || before.seq === seq)) this.#begin(channel)
    else this.#arm(channel)
  }

  /** Ask nothing more. */
  stop(): void {
    for (const { timer } of this.#awaited.values()) clearTimeout(timer)
    this.#awaited.clear()
  }

  #quiet(channel: string): boolean {
    const kept = this.#kept.get(channel)
    return kept === undefined || this.#nowMs() - kept.at_ms >= FRESH_MS
  }

  #begin(channel: string): void {
    if (this.#asking.has(channel)) return
    this.#asking.add(channel)
    void this.#fetch(channel).finally(() => {
      this.#asking.delete(channel)
      this.#arm(channel)
    })
  }

  /** Ask again after a while, unless everybody has it or it was asked often enough. */
  #arm(channel: string): void {
    const one = this.#awaited.get(channel)
    if (one === undefined || one.timer !== undefined || one.pause_ms > LONGEST_MS || this.#asking.has(channel)) return
    if (one.parties.every((party) => this.of(channel, party) >= one.seq)) return
    const pause = one.pause_ms
    one.pause_ms *= 2
    one.timer = setTimeout(() => {
      one.timer = undefined
      this.#begin(channel)
    }, pause)
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
