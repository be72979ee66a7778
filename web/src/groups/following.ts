/**
 * Follow logs: fetch or receive entries, judge them, move the engine, save the step, open what can be opened.
 *
 *     events ─▶ judge ─▶ engine, for commits ─▶ one transaction: cursor, chain, fold, state, keys, entries ─▶ open
 *
 * History pages and live frames come the same way. A loser of a race between tasks saves nothing and looks again.
 */

import type { Account } from "../client/account"
import type { LocalDirectory } from "../client/directory"
import { ServerMistrusted } from "../client/errors"
import { rolledBack } from "../client/listed"
import { Opener } from "../client/opening"
import { Keys } from "../client/store/keys"
import { type LogPosition, Logs, type Row, rowOf } from "../client/store/logs"
import { Outbox } from "../client/store/outbox"
import { type Batch, Lost, type Store } from "../client/store"
import { type Entry, entryDigest, inboxId, Kind, nextChain } from "../wire/entries"
import { decodeBatch, EventRefused, formatMs, isWithheld, type Withheld } from "../wire/events"
import * as mls from "../wire/mls"
import { Refused } from "../wire/refused"
import { Welcome } from "../wire/welcomes"
import type { Signer } from "./committing"
import type { Engine } from "./engine_host"
import { judge, named } from "./judge"
import { Mover, Step } from "./moving"
import { badCommitReport } from "./posts"

export const PAGE = 500
/** Leaves and adds are judged at the server's instants: one dated far ahead could evict whom the server chooses. */
const MOST_AHEAD_MS = 3_600_000

export type Events = readonly (Entry | Withheld)[]

/** One device's reading of its logs; the one owner of the store's tables of keys, logs and outbox. */
export class Follower {
  readonly keys: Keys
  readonly logs: Logs
  readonly outbox: Outbox
  readonly signer: Signer
  readonly #opener: Opener
  readonly #mover: Mover
  readonly #turns = new Map<string, Promise<unknown>>()

  constructor(
    readonly store: Store,
    readonly account: Account,
    readonly engine: Engine,
    readonly directory: LocalDirectory,
  ) {
    const keys = new Keys(store)
    const logs = new Logs(store, keys)
    const outbox = new Outbox(store)
    this.keys = keys
    this.logs = logs
    this.outbox = outbox
    this.signer = { uri: String(account.uri), key: account.key }
    this.#opener = new Opener(logs, keys)
    this.#mover = new Mover({ account, engine, directory, logs, keys, outbox, readInbox: () => this.readInbox() })
  }

  /** This device's URI. */
  get own(): string {
    return this.signer.uri
  }

  /** Give this machine's clock, UTC, in milliseconds. */
  nowMs(): number {
    return Date.now()
  }

  /** Give the least instant that a next entry could have: leaves are judged at it before anything is posted. */
  nextMs(position: LogPosition): number {
    return Math.max(position.at_ms, this.nowMs())
  }

  /** Read a log to its end and take what comes; give the number of new entries. */
  async follow(log: string): Promise<number> {
    let taken = 0
    for (;;) {
      const { events, head } = await this.page(log)
      taken += await this.take(log, events)
      const last = events.at(-1)
      if (last === undefined || last.seq >= head) return taken
    }
  }

  /** Fetch the events that follow where the store stands, and the number of the newest. */
  async page(log: string): Promise<{ events: Events; head: number }> {
    const after = this.logs.load(log).seq
    const answer = await this.account.call("GET", `/v1/logs/${log}/entries?after=${after}&limit=${PAGE}`)
    const told = answer.headers.get("pratique-head") ?? ""
    const head = /^[0-9]+$/.test(told) ? Number(told) : 0
    if (head < after) throw rolledBack(log, after, head)
    return { events: readEvents(answer.content), head }
  }

  /**
   * Take events of a channel that continue where the store stands; those known already are passed over.
   *
   * Throws  ServerMistrusted where they do not continue or cannot be honest; nothing of the rest is saved
   */
  async take(log: string, events: Events): Promise<number> {
    return this.#inTurn(log, async () => {
      for (;;) {
        const before = this.logs.load(log)
        const fresh = events.filter((event) => event.seq > before.seq)
        if (!fresh.length) return 0
        try {
          await this.#take(before, fresh)
        } catch (failed) {
          if (failed instanceof Lost) continue
          throw failed
        }
        return fresh.length
      }
    })
  }

  /** Read this device's inbox to its end, keep the welcomes, give the new entries. */
  async readInbox(): Promise<Row[]> {
    const found: Row[] = []
    for (;;) {
      const { events, head } = await this.page(inboxId(this.own))
      found.push(...(await this.takeInbox(events)))
      const last = events.at(-1)
      if (last === undefined || last.seq >= head) return found
    }
  }

  /** Take entries of this device's inbox; welcomes wait for the commit that they belong to. */
  async takeInbox(events: Events): Promise<Row[]> {
    return this.store.transaction((batch) => {
      const before = this.logs.load(inboxId(this.own))
      const { at, rows } = passOver(before, events)
      if (rows.length) this.logs.advance(batch, before, at, rows)
      for (const row of rows) this.#keepWelcome(batch, row.entry)
      return rows
    })
  }

  #keepWelcome(batch: Batch, entry: Entry): void {
    if (entry.kind !== Kind.WELCOME) return
    let welcome: Welcome
    let refs: readonly string[]
    try {
      welcome = Welcome.decode(entry.data)
      refs = mls.parseWelcome(welcome.welcome).refs
    } catch (refused) {
      if (refused instanceof Refused) return
      throw refused
    }
    for (const ref of refs) {
      if (this.keys.package(ref) !== null) this.keys.putWelcome(batch, welcome.channel, ref, entry.data)
    }
  }

  async #take(from: LogPosition, events: Events): Promise<void> {
    let before = from
    let step = new Step(before)
    // Who is met here for the first time is asked for together, not entry by entry.
    const met = new Set(events.flatMap((event) => [...named(event)]))
    const strangers = [...met].filter((uri) => this.directory.neverAsked(uri))
    await this.directory.prepare(this.account, strangers, this.nowMs())
    for (const event of events) {
      const entry = isWithheld(event) ? null : event
      if (entry !== null) await this.#prepare(entry)
      const chainAt = (seq: number): string | null => this.#mover.chainAt(step, seq)
      const judged = await judge(step.at, event, this.own, this.directory, chainAt)
      if (judged.adds_us && step.at.state === null && step.rows.length) {
        // A join looks back over the whole log, so what came before it is saved first.
        before = await this.#save(before, step)
        step = new Step(before)
      }
      step.rows.push(judged.row)
      step.chains.set(event.seq, judged.row.chain)
      step.at = judged.after
      if (judged.row.state === "counted" && entry !== null) await this.#mover.move(step, judged, entry)
    }
    await this.#save(before, step)
  }

  /** Fetch what the fold will ask for; take nothing from the future, which would end certificates at will. */
  async #prepare(event: Entry): Promise<void> {
    if (event.at_ms > this.nowMs() + MOST_AHEAD_MS) {
      const where = `entry ${event.seq} of log ${event.log.slice(0, 8)}`
      const detail = `${where} is dated in the future: ${formatMs(event.at_ms)}`
      throw new ServerMistrusted("time_ahead", detail, "compare this machine's clock with the server's")
    }
    const uris = named(event)
    if (uris.size) {
      const committer = event.kind === Kind.COMMIT ? event.device : null
      await this.directory.prepare(this.account, uris, event.at_ms, committer)
    }
    if (event.kind === Kind.ROSTER) await this.directory.prepareRevocation(this.account, event.data, event.at_ms)
  }

  /** Save a step in one transaction and open what its keys open; throws `Lost`. */
  async #save(before: LogPosition, step: Step): Promise<LogPosition> {
    const log = before.id
    const reports = step.bad.map((seq) => badCommitReport(this.signer, step.at, seq, step.chains.get(seq) ?? ""))
    const signed = await Promise.all(reports)
    return this.store.transaction(async (batch) => {
      this.logs.advance(batch, before, step.at, step.rows)
      for (const epoch of step.epochs) {
        this.keys.putEpoch(batch, log, epoch)
        this.outbox.settle(batch, log, epoch.epoch)
      }
      for (const ref of step.used) {
        this.keys.usePackage(batch, ref)
        this.keys.dropWelcomes(batch, log)
      }
      for (const report of signed) this.outbox.put(batch, report)
      await this.#opener.openWaiting(batch, log)
      return this.logs.load(log)
    })
  }

  async #inTurn<T>(log: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.#turns.get(log) ?? Promise.resolve()).then(work)
    this.#turns.set(
      log,
      mine.catch(() => undefined),
    )
    return mine
  }
}

/** Chain the new events of a log that is no channel; throws `ServerMistrusted`. */
export function passOver(before: LogPosition, events: Events): { at: LogPosition; rows: Row[] } {
  let at = before
  const rows: Row[] = []
  for (const event of events) {
    if (event.seq <= before.seq) continue
    if (isWithheld(event) || event.log !== before.id || event.seq !== at.seq + 1) {
      throw new ServerMistrusted("out_of_order", `expected entry ${at.seq + 1} of log ${before.id.slice(0, 8)}`)
    }
    const chain = nextChain(at.chain, event.seq, entryDigest(event))
    at = { ...at, seq: event.seq, chain, at_ms: event.at_ms }
    rows.push(rowOf(event, chain, "counted"))
  }
  return { at, rows }
}

/** Read a page or a frame; throws `ServerMistrusted`. */
export function readEvents(data: Uint8Array): Events {
  try {
    return decodeBatch(data)
  } catch (refused) {
    if (refused instanceof EventRefused) throw new ServerMistrusted(refused.code, refused.detail)
    throw refused
  }
}
