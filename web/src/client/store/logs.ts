/**
 * Keep where this device is in each log: cursor and chain, the fold, the engine's state, and every entry.
 *
 * A step forward is compare-and-swap on the cursor, and with it on the epoch: of two tasks one wins.
 */

import type { Entry, Kind, Urgency } from "../../wire/entries"
import { sha256Hex } from "../../wire/hash"
import { Membership, type SavedMembership } from "../../wire/leaves"
import type { Batch } from "./batch"
import type { Keys } from "./keys"
import type { Fields } from "./packing"
import { Lost, type Store } from "./store"
import type { Shape, Table } from "./table"

export const NO_POST = "0".repeat(32)

/**
 * Where this device is in one log; `chain` is hex.
 *
 * `state` is the engine's at `state_epoch`, or null; `trouble` why this channel cannot be posted to; `mistrusted` the
 * parties whose `seen` did not agree with this device's chain.
 */
export interface LogPosition {
  readonly id: string
  readonly seq: number
  readonly chain: string
  readonly at_ms: number
  readonly membership: Membership | null
  readonly state_epoch: number | null
  readonly state: Uint8Array | null
  readonly trouble: string | null
  readonly mistrusted: ReadonlySet<string>
  readonly tended_ms: number
}

/** waiting: sealed and not yet opened; before: older than this device's join. */
export type RowState = "counted" | "waiting" | "opened" | "refused" | "before" | "withheld"

/**
 * One entry as it is kept.
 *
 * `signer` is the leaf's key where a sealed entry counts; `body` the content's bytes, or the JSON of what it changed.
 */
export interface Row {
  readonly entry: Entry
  readonly chain: string
  readonly state: RowState
  readonly signer: Uint8Array
  readonly type: string
  readonly body: Uint8Array | null
  readonly problem: string | null
}

/** Give where a log stands before its first entry: its id is its chain. */
export function startOf(log: string): LogPosition {
  return {
    id: log,
    seq: 0,
    chain: log,
    at_ms: 0,
    membership: null,
    state_epoch: null,
    state: null,
    trouble: null,
    mistrusted: new Set(),
    tended_ms: 0,
  }
}

/** Give a row with nothing known of it but what is given. */
export function rowOf(entry: Entry, chain: string, state: RowState, more: Partial<Row> = {}): Row {
  return { entry, chain, state, signer: new Uint8Array(), type: "", body: null, problem: null, ...more }
}

interface Counted {
  readonly digest: string
  readonly seq: number
}

/** The logs of one store. */
export class Logs {
  readonly #keys: Keys
  readonly #logs: Table<LogPosition>
  readonly #entries: Table<Row>
  readonly #counted: Table<readonly Counted[]>
  /** By log the entries by number less one, and the numbers of those that wait. */
  readonly #rows = new Map<string, (Row | undefined)[]>()
  readonly #waiting = new Map<string, Set<number>>()

  constructor(store: Store, keys: Keys) {
    this.#keys = keys
    this.#logs = store.table("logs", POSITIONS)
    this.#entries = store.table("entries", ROWS, (_key, before, after) => this.#index(before, after))
    this.#counted = store.table("counted", COUNTED)
  }

  /** List the channels known here. */
  ids(): string[] {
    const known = this.#logs.values().filter((position) => position.membership !== null)
    return known.map((position) => position.id).sort()
  }

  /** Give per log, of whatever kind, the newest number that was processed and the chain at it. */
  ends(): Map<string, { seq: number; chain: string }> {
    return new Map(this.#logs.values().map(({ id, seq, chain }) => [id, { seq, chain }]))
  }

  /** Give the position in a log; a new log begins at 0 with its id as the chain. */
  load(log: string): LogPosition {
    return this.#logs.get(log) ?? startOf(log)
  }

  /** Save a step forward; throws `Lost` unless the store still stands where `before` does. */
  advance(batch: Batch, before: LogPosition, after: LogPosition, rows: readonly Row[]): void {
    this.check(before)
    batch.put(this.#logs, after.id, after)
    for (const row of rows) this.put(batch, row)
  }

  /** Throw `Lost` unless the store still stands where `before` does. */
  check(before: LogPosition): void {
    const now = this.load(before.id)
    if (now.seq !== before.seq || now.chain !== before.chain || now.state_epoch !== before.state_epoch) throw new Lost()
  }

  /** Save one entry, or replace what was known of it. */
  put(batch: Batch, row: Row): void {
    batch.put(this.#entries, `${row.entry.log}/${row.entry.seq}`, row)
  }

  /** Give this device's own chain at a number it has processed. */
  chainAt(log: string, seq: number): string | null {
    return seq === 0 ? log : (this.#rows.get(log)?.[seq - 1]?.chain ?? null)
  }

  /** Give one kept entry. */
  row(log: string, seq: number): Row | null {
    return this.#rows.get(log)?.[seq - 1] ?? null
  }

  /** Yield kept entries in order; a reader may stop, and others may write meanwhile. */
  *rows(log: string, after = 0, kinds: readonly Kind[] | null = null): Generator<Row> {
    for (let at = after; at < (this.#rows.get(log)?.length ?? 0); at++) {
      const row = this.#rows.get(log)?.[at]
      if (row !== undefined && (kinds === null || kinds.includes(row.entry.kind))) yield row
    }
  }

  /** List the kept entries of one post. */
  ofPost(log: string, device: string, postId: string): Row[] {
    const all = this.#rows.get(log) ?? []
    return all.filter((row): row is Row => row?.entry.post_id === postId && row.entry.device === device)
  }

  /** List sealed entries that are not opened although a key of their epoch is held. */
  waiting(log: string): Row[] {
    const seqs = [...(this.#waiting.get(log) ?? [])].sort((one, other) => one - other)
    const rows = seqs.map((seq) => this.row(log, seq)).filter((row) => row !== null)
    return rows.filter((row) => this.#keys.epochs(log, row.entry.epoch).length > 0)
  }

  /** Keep what is known of a log beside where it stands: its trouble, and whom not to believe. */
  note(batch: Batch, position: LogPosition): void {
    const now = this.#logs.get(position.id)
    if (now === undefined) return
    batch.put(this.#logs, position.id, { ...now, trouble: position.trouble, mistrusted: position.mistrusted })
  }

  /** Have sealed entries opened anew that no key of their epoch opened, since another key came. */
  waitAgain(batch: Batch, log: string, epoch: number): void {
    for (const row of this.#rows.get(log) ?? []) {
      if (row?.entry.epoch !== epoch || row.problem?.startsWith("cannot_open") !== true) continue
      this.put(batch, { ...row, state: "waiting" })
    }
  }

  /** Count a sealed entry, once for ever by device and post id; the entries of one post stand side by side. */
  count(batch: Batch, row: Row): boolean {
    const { log, device, post_id, seq, data } = row.entry
    const key = `${log}/${device}/${post_id}`
    const digest = sha256Hex(data)
    const kept = this.#counted.get(key) ?? []
    const before = kept.filter((one) => one.seq !== seq)
    if (before.some((one) => one.digest === digest)) return false
    if (before.length > 0 && !before.some((one) => Math.abs(one.seq - seq) === 1)) return false
    if (!kept.some((one) => one.digest === digest)) batch.put(this.#counted, key, [...kept, { digest, seq }])
    return true
  }

  /** Drop opened bodies from before an instant; give the epoch of the newest entry there, or 0. */
  forgetBefore(batch: Batch, log: string, atMs: number): number {
    let newest = 0
    for (const row of this.#rows.get(log) ?? []) {
      if (row === undefined || row.entry.at_ms >= atMs) continue
      newest = Math.max(newest, row.entry.epoch)
      if (row.state !== "opened") continue
      this.put(batch, { ...row, body: null, state: "refused", problem: "forgotten: past its retention" })
    }
    return newest
  }

  /** Drop the engine's state of a channel, as before a rejoin; only a fork stays a trouble; throws `Lost`. */
  forgetState(batch: Batch, before: LogPosition): void {
    const trouble = before.trouble?.startsWith("forked") === true ? before.trouble : null
    this.advance(batch, before, { ...before, state: null, state_epoch: null, trouble }, [])
  }

  #index(before: Row | undefined, after: Row | undefined): void {
    const entry = (after ?? before)?.entry
    if (entry === undefined) return
    const { log, seq } = entry
    let rows = this.#rows.get(log)
    if (rows === undefined) this.#rows.set(log, (rows = []))
    rows[seq - 1] = after
    while (rows.length > 0 && rows[rows.length - 1] === undefined) rows.pop()
    let waiting = this.#waiting.get(log)
    if (waiting === undefined) this.#waiting.set(log, (waiting = new Set()))
    if (after?.state === "waiting") waiting.add(seq)
    else waiting.delete(seq)
  }
}

const POSITIONS: Shape<LogPosition> = {
  write: ({ state, membership, mistrusted, ...plain }) => ({
    ...plain,
    membership: membership === null ? null : membership.toJson(),
    mistrusted: [...mistrusted].sort(),
    ...(state === null ? {} : { state }),
  }),
  read: (fields: Fields) => {
    const plain = fields as unknown as Omit<LogPosition, "membership" | "mistrusted"> & {
      membership: SavedMembership | null
      mistrusted: string[]
    }
    return {
      ...plain,
      state: plain.state ?? null,
      membership: plain.membership === null ? null : Membership.fromJson(plain.membership),
      mistrusted: new Set(plain.mistrusted),
    }
  },
}

const ROWS: Shape<Row> = {
  write: ({ entry, body, signer, ...plain }) => {
    const { data, ...head } = entry
    return { ...plain, head, data, signer, ...(body === null ? {} : { body }) }
  },
  read: (fields: Fields) => {
    const plain = fields as unknown as Omit<Row, "entry" | "body"> & {
      head: Omit<Entry, "data" | "urgency"> & { urgency: Urgency }
      data: Entry["data"]
      body?: Uint8Array
    }
    const { head, data, ...rest } = plain
    return { ...rest, body: plain.body ?? null, entry: { ...head, data } }
  },
}

const COUNTED: Shape<readonly Counted[]> = {
  write: (rows) => ({ rows }),
  read: (fields) => fields["rows"] as readonly Counted[],
}
