/**
 * Watch logs live: the stream's frames go the way of history pages, and what is shown comes from the store.
 *
 * So nothing is shown twice or skipped, whichever task of this device took it, and a lost stream costs only time.
 */

import type { Channels, Offices } from "../groups/channels"
import type { Events, Follower } from "../groups/following"
import { type Entry, inboxId, Kind } from "../wire/entries"
import { Refused } from "../wire/refused"
import * as strictJson from "../wire/strict_json"
import { PratiqueError, Problem, ServerMistrusted, Unreachable } from "./errors"
import { pauseFor } from "./http"
import { emptyReport, type Notice, type OpenedEntry } from "./opened"
import { NO_KEY } from "./reading"
import type { Row } from "./store"
import { type Sockets, Stream, StreamEnded } from "./stream"

/** Certificates are judged at the server's instants; a clock further off than this is a person's business. */
export const MOST_SKEW_MS = 5 * 60_000
const FIRST_PAUSE_MS = 200
const LONGEST_PAUSE_MS = 15_000
/** Who comes back sooner asks only for what it missed; what else changed comes by the logs themselves. */
const LOOK_AGAIN_MS = 5 * 60_000
/** After these, the channel may want a device added or removed. */
const STIRRING: ReadonlySet<Kind> = new Set([Kind.ROSTER, Kind.NOTICE, Kind.COMMIT])

/** How the live run stands; where coming back would not help, it throws. */
export type Connection = "connecting" | "live" | "offline"

export interface Watching {
  readonly sockets: Sockets
  /** Ends the run. */
  readonly signal: AbortSignal
  /** Only these logs; all where it is left out. */
  readonly only?: Iterable<string>
  /** The channels of a sync that ended just now, and how far it had read the inbox: what it asked is not asked again. */
  readonly synced?: { readonly listed: Iterable<string>; readonly inbox: number }
  readonly told?: (connection: Connection) => void
}

/** Entries of a log that are not shown yet because no key opens them; looked at again when the epoch moves. */
interface Held {
  readonly seqs: Set<number>
  epoch: number | null
}

/** One live run of one device. */
export class Watch {
  readonly #follower: Follower
  readonly #channels: Channels
  readonly #opened: (channel: string, after: number) => Iterable<OpenedEntry>
  readonly #how: Watching
  readonly #only: ReadonlySet<string> | null
  readonly #shown = new Map<string, number>()
  readonly #tending = new Map<string, Promise<void>>()
  readonly #stirred = new Set<string>()
  readonly #held = new Map<string, Held>()
  /** How far the inbox was heard of; others of this device may have taken more of it. */
  #greeted: number
  #looked_ms = -LOOK_AGAIN_MS
  #tended_ms = -LOOK_AGAIN_MS

  constructor(
    follower: Follower,
    channels: Channels,
    opened: (channel: string, after: number) => Iterable<OpenedEntry>,
    how: Watching,
  ) {
    this.#follower = follower
    this.#channels = channels
    this.#opened = opened
    this.#how = how
    this.#only = how.only === undefined ? null : new Set(how.only)
    this.#greeted = how.synced?.inbox ?? follower.logs.load(inboxId(follower.own)).seq
    if (how.synced !== undefined) this.#looked_ms = performance.now()
  }

  /** Yield what comes in these channels and new ones, until the signal; throws where coming back would not help. */
  async *run(listed: Iterable<string>): AsyncGenerator<OpenedEntry | Notice> {
    const { signal } = this.#how
    for (const log of listed) if (this.#wants(log)) this.#shown.set(log, this.#follower.logs.load(log).seq)
    let pause = FIRST_PAUSE_MS
    while (!signal.aborted) {
      let stream: Stream | null = null
      const leave = (): void => stream?.close()
      const network = new AbortController()
      const forget = onNetwork("offline", leave)
      const wake = onNetwork("online", () => network.abort())
      signal.addEventListener("abort", leave)
      try {
        this.#told("connecting")
        const alarm = await this.#lookAround()
        if (alarm !== null) yield alarm
        stream = await Stream.open(this.#follower.account, this.#how.sockets)
        if (signal.aborted) return
        this.#subscribe(stream)
        this.#told("live")
        for await (const one of this.#listen(stream)) {
          pause = FIRST_PAUSE_MS
          yield one
        }
      } catch (failed) {
        if (signal.aborted) return
        if (!worthComingBack(failed)) throw failed
        this.#told("offline")
        await pauseFor(pause, AbortSignal.any([signal, network.signal]))
        pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
      } finally {
        forget()
        wake()
        signal.removeEventListener("abort", leave)
        leave()
      }
    }
  }

  /** Send what is unsent; now and then look at party lists, key packages and clock. */
  async #lookAround(): Promise<Notice | null> {
    const follower = this.#follower
    const nowMs = follower.nowMs()
    await this.#channels.poster.flush()
    if (performance.now() - this.#looked_ms < LOOK_AGAIN_MS) return null
    const [serverMs] = await Promise.all([
      follower.directory.refreshParties(follower.account.http),
      this.#channels.stock.refill(nowMs),
    ])
    this.#looked_ms = performance.now()
    if (Math.abs(serverMs - nowMs) <= MOST_SKEW_MS) return null
    const facts = { notice: "clock_off", skew_ms: serverMs - nowMs }
    return { log: inboxId(follower.own), seq: 0, at_ms: nowMs, facts }
  }

  async *#listen(stream: Stream): AsyncGenerator<OpenedEntry | Notice> {
    yield* this.#greetAll(stream)
    for (const log of [...this.#shown.keys()]) yield* this.#fresh(log)
    for await (const frame of stream.frames()) {
      if (typeof frame === "string") {
        this.#shown.delete(frame)
        continue
      }
      const log = frame[0]?.log
      if (log === undefined) continue
      if (log === inboxId(this.#follower.own)) {
        await this.#follower.takeInbox(frame)
        yield* this.#greetAll(stream)
      } else {
        await this.#take(log, frame)
        yield* this.#fresh(log)
      }
      stream.ack(log, this.#follower.logs.load(log).seq)
    }
  }

  async #take(log: string, events: Events): Promise<void> {
    try {
      await this.#follower.take(log, events)
    } catch (failed) {
      if (!(failed instanceof ServerMistrusted) || failed.code !== "out_of_order") throw failed
      // A frame that does not continue the store's end is passed over; the page that does is fetched.
      await this.#follower.follow(log)
    }
    if (events.some((event) => "kind" in event && STIRRING.has(event.kind))) this.#stir(log)
  }

  /** Look at what came into the inbox, whoever took it: a join that looks for its welcome, or a sync, does so too. */
  async *#greetAll(stream: Stream): AsyncGenerator<Notice> {
    for (const row of this.#follower.logs.rows(inboxId(this.#follower.own), this.#greeted)) {
      this.#greeted = row.entry.seq
      yield* await this.#greet(stream, row)
    }
  }

  /** Look at an inbox entry: a channel that is new to this device is followed from now on. */
  async #greet(stream: Stream, row: Row): Promise<Notice[]> {
    const notice = row.entry.kind === Kind.NOTICE ? noticeOf(row.entry) : null
    if (notice === null) return []
    if (notice.facts["notice"] === "key_packages_low") await this.#channels.stock.refill(this.#follower.nowMs())
    const channel = String(notice.facts["channel"] ?? "")
    if (/^[0-9a-f]{64}$/.test(channel) && !this.#shown.has(channel) && this.#wants(channel)) {
      const after = this.#follower.logs.load(channel).seq
      this.#shown.set(channel, after)
      stream.subscribe([{ log: channel, after }])
    }
    return [notice]
  }

  #subscribe(stream: Stream): void {
    const logs = [inboxId(this.#follower.own), ...this.#shown.keys()]
    stream.subscribe(logs.map((log) => ({ log, after: this.#follower.logs.load(log).seq })))
    if (performance.now() - this.#tended_ms < LOOK_AGAIN_MS) return
    this.#tended_ms = performance.now()
    const offices = this.#channels.offices(this.#shown.keys())
    for (const log of this.#shown.keys()) this.#stir(log, offices)
  }

  /** Yield what the store holds past what was shown, and what waited for a key that is there now. */
  *#fresh(log: string): Generator<OpenedEntry> {
    const position = this.#follower.logs.load(log)
    const after = this.#shown.get(log) ?? 0
    let held = this.#held.get(log)
    if (held === undefined) this.#held.set(log, (held = { seqs: new Set(), epoch: null }))
    if (held.seqs.size > 0 && held.epoch !== position.state_epoch) {
      for (const one of this.#opened(log, Math.min(...held.seqs) - 1)) {
        if (!held.seqs.has(one.seq) || waits(one)) continue
        held.seqs.delete(one.seq)
        yield one
      }
    }
    held.epoch = position.state_epoch
    for (const one of this.#opened(log, after)) {
      if (one.seq > position.seq) break
      if (waits(one)) held.seqs.add(one.seq)
      else yield one
    }
    if (this.#shown.has(log)) this.#shown.set(log, Math.max(after, position.seq))
  }

  /** Tend a channel in the background, one run at a time. */
  #stir(log: string, offices?: Promise<Offices>): void {
    this.#stirred.add(log)
    if (this.#tending.has(log)) return
    this.#tending.set(log, this.#tend(log, offices).finally(() => this.#tending.delete(log)))
  }

  async #tend(log: string, asked?: Promise<Offices>): Promise<void> {
    // What was asked for all channels together serves the first look.
    for (let known = await asked; this.#stirred.has(log) && !this.#how.signal.aborted; known = undefined) {
      this.#stirred.delete(log)
      try {
        const { trouble } = this.#follower.logs.load(log)
        if (trouble?.startsWith("bad_commit") === true) await this.#channels.poster.flush()
        await this.#channels.tend(log, emptyReport(), { patient: true, ...(known && { offices: known }) })
      } catch (failed) {
        if (!(failed instanceof PratiqueError) && !(failed instanceof Refused)) throw failed
      }
    }
  }

  #wants(log: string): boolean {
    return this.#only === null || this.#only.has(log)
  }

  #told(connection: Connection): void {
    this.#how.told?.(connection)
  }
}

/** Read a server's notice; null where it is not one. */
export function noticeOf(entry: Entry): Notice | null {
  let facts: unknown
  try {
    facts = strictJson.loads(entry.data)
  } catch {
    return null
  }
  if (typeof facts !== "object" || facts === null || Array.isArray(facts)) return null
  if (!Object.values(facts).every((value) => ["string", "number", "boolean"].includes(typeof value))) return null
  return { log: entry.log, seq: entry.seq, at_ms: entry.at_ms, facts: facts as Notice["facts"] }
}

/** Give the notices among new entries of the inbox. */
export function noticesOf(rows: Iterable<Row>): Notice[] {
  return [...rows].flatMap((row) => (row.entry.kind === Kind.NOTICE ? (noticeOf(row.entry) ?? []) : []))
}

function worthComingBack(failed: unknown): boolean {
  if (failed instanceof StreamEnded) return !failed.final
  return failed instanceof Unreachable || (failed instanceof Problem && failed.action === "retry")
}

function waits(one: OpenedEntry): boolean {
  return one.problem?.startsWith(NO_KEY) === true
}

/** Hear of the network where the platform tells; give how to stop. */
function onNetwork(what: "online" | "offline", heard: () => void): () => void {
  if (typeof globalThis.addEventListener !== "function") return () => undefined
  globalThis.addEventListener(what, heard)
  return () => globalThis.removeEventListener(what, heard)
}
