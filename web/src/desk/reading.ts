/**
 * Read what the device's store holds of one operation, once: each entry is folded when it is there, and not again.
 *
 * lanes ─▶ board      own lane ─▶ drafts, policy      operation room ─▶ desks of the parties, adaptation
 */
import type { ChannelState, OpenedEntry, Operation } from "../client/opened"
import { NO_KEY } from "../client/reading"
import type { Prenotification } from "../contents/prenotification"
import { isPart } from "../contents/registry"
import { Title } from "../contents/title"
import * as boards from "../views/board"
import * as drafting from "../views/drafts"
import * as rooms from "../views/room"
import { Kind } from "../wire/entries"
import { officeParty } from "../wire/identity"
import type { DeskDevice } from "./device"
import { type Awaited, OpenReminders } from "./open_reminders"

/** Where the newest part for an addressee stands. */
export interface Standing {
  readonly log: string
  readonly seq: number
  readonly part: Prenotification
}
export type Where = ReadonlyMap<string, Standing>

/** How far one channel is folded. */
interface Cursor {
  seq: number
  /** How long the channel was when `held` was looked at last: a commit or a link that came since may open some. */
  looked: number
  /** Entries behind `seq` that no key opened yet. */
  readonly held: Set<number>
  /** Entries past it that this desk posted itself. */
  readonly taken: Set<number>
}

/** Name a full set of parties. */
export const setOf = (parties: Iterable<string>): string => [...new Set(parties)].sort().join(" ")

/** One operation as one device's store tells it. */
export class Reading {
  readonly party: string
  readonly coordinators: ReadonlySet<string>
  board: boards.Board
  drafts: drafting.Drafts
  room: rooms.Room
  readonly reminders = new OpenReminders()
  /** Lane of a full set of parties, by `setOf`. */
  readonly lanes = new Map<string, string>()
  readonly parties = new Map<string, readonly string[]>()
  ownLane: string | null = null
  /** Of own lanes that died with their last device: entries. */
  deadLength = 0
  readonly rooms: string[] = []
  /** Counts what was folded, so that whoever keeps something made from it knows when to make it anew. */
  folded = 0
  readonly #device: DeskDevice
  readonly #operation: string
  readonly #cursors = new Map<string, Cursor>()
  readonly #foreign = new Set<string>()
  readonly #coordinated = new Set<string>()
  #dead = new Set<string>()

  constructor(device: DeskDevice, operation: Operation) {
    this.party = device.uri.party
    const named = operation.terms.participants.filter((one) => one.roles.includes("coordinator"))
    this.coordinators = new Set(named.map((one) => one.party))
    this.board = boards.newBoard(this.coordinators)
    this.drafts = drafting.newDrafts()
    this.room = rooms.newRoom(this.coordinators)
    this.#device = device
    this.#operation = operation.id
  }

  /** Fold what the store got since. */
  refresh(): void {
    const lanes: OpenedEntry[] = []
    const states = this.#device.channels()
    this.#bury(states)
    for (const state of states) {
      if (state.charter.operation !== this.#operation) {
        this.#foreign.add(state.id)
        continue
      }
      if (this.#dead.has(state.id)) continue
      if (state.charter.purpose === "lane") {
        this.knowLane(state.id, state.charter.parties)
        const fresh = this.#fresh(state.id, state)
        if (state.id === this.ownLane) this.drafts = drafting.fold(this.drafts, fresh)
        else for (const entry of fresh) lanes.push(entry)
      } else if (state.charter.owners.every((owner) => this.coordinators.has(officeParty(owner)))) {
        this.#coordinated.add(state.id)
        this.#hearRoom(state.id, this.#fresh(state.id, state))
      }
    }
    this.#takeIn(lanes)
  }

  /** Fold an entry that just came, and what stands before it in its channel. */
  look(entry: OpenedEntry): void {
    const cursor = this.#cursors.get(entry.channel)
    if (cursor === undefined || entry.type === Title.TYPE) {
      if (!this.#foreign.has(entry.channel)) this.refresh()
      return
    }
    this.#sortIn(this.#fresh(entry.channel, null))
  }

  /** Fold own posts at once; when the store shows them too, they are passed over. */
  take(entries: readonly OpenedEntry[]): void {
    const fresh = entries.filter((entry) => {
      const cursor = this.#cursor(entry.channel)
      // While the answer was on its way, the watch may have brought the entry.
      if (entry.seq <= cursor.seq || cursor.taken.has(entry.seq)) return false
      cursor.taken.add(entry.seq)
      return true
    })
    this.#sortIn(fresh)
  }

  /** Note the lane of a full set of parties. */
  knowLane(channel: string, parties: readonly string[]): void {
    this.lanes.set(setOf(parties), channel)
    this.parties.set(channel, parties)
    if (setOf(parties) === this.party) this.ownLane = channel
  }

  /** Say whether nothing of the own lane is hidden from this device; what no living lane holds is lost. */
  get ownLaneRead(): boolean {
    const cursor = this.ownLane === null ? undefined : this.#cursors.get(this.ownLane)
    return cursor === undefined || cursor.held.size === 0
  }

  /** Say whether a channel is one of this operation's. */
  knows(channel: string): boolean {
    return this.#cursors.has(channel)
  }

  /** Give where the newest part of each Member on the way stands, the destination's first. */
  parts(reference: string): Where {
    const found = new Map<string, Standing>()
    for (const said of this.board.said.get(reference) ?? []) {
      const part = said.content
      if (said.mark !== null || !isPart(part)) continue
      const before = found.get(part.addressee)
      if (before === undefined || before.part.version < part.version) {
        found.set(part.addressee, { log: said.place.log, seq: said.place.seq, part })
      }
    }
    const goods = [...found.values()].map((one) => one.part).find((part) => part.part === "goods")
    const onWay = goods?.part === "goods" ? new Set([goods.destination, ...goods.transit]) : new Set(found.keys())
    const ordered = [...found].sort(([, a], [, b]) => Number(a.part.part !== "goods") - Number(b.part.part !== "goods"))
    return new Map(ordered.filter(([party]) => onWay.has(party)))
  }

  /** Give the reminders of a reference in a lane that still wait for a party. */
  waiting(reference: string, party: string, lane: string, awaited: Awaited | null = null): number[] {
    const said = this.board.said.get(reference) ?? []
    const contents = said.filter((one) => one.place.log === lane).map((one) => one.place.seq)
    return [...this.reminders.waiting(lane, contents, party, awaited)].sort((a, b) => a - b)
  }

  /** Leave own lanes that died with their last device: what they held is lost, their length is not. */
  #bury(states: readonly ChannelState[]): void {
    const dead = states.filter(
      (one) =>
        one.charter.operation === this.#operation &&
        one.charter.purpose === "lane" &&
        setOf(one.charter.parties) === this.party &&
        !one.living,
    )
    this.#dead = new Set(dead.map((one) => one.id))
    this.deadLength = dead.reduce((sum, one) => sum + one.seq, 0)
    if (this.ownLane !== null && this.#dead.has(this.ownLane)) {
      this.lanes.delete(this.party)
      this.ownLane = null
      this.drafts = drafting.newDrafts()
    }
  }

  #sortIn(entries: readonly OpenedEntry[]): void {
    const own: OpenedEntry[] = []
    const lanes: OpenedEntry[] = []
    const told = new Map<string, OpenedEntry[]>()
    for (const entry of entries) {
      if (entry.channel === this.ownLane) own.push(entry)
      else if (this.parties.has(entry.channel)) lanes.push(entry)
      else if (this.#coordinated.has(entry.channel)) {
        told.set(entry.channel, [...(told.get(entry.channel) ?? []), entry])
      }
    }
    this.drafts = drafting.fold(this.drafts, own)
    for (const [channel, fresh] of told) this.#hearRoom(channel, fresh)
    this.#takeIn(lanes)
  }

  /** Fold what a coordinator's channel tells, if a coordinator has named it the room: others may sit in it too. */
  #hearRoom(channel: string, fresh: readonly OpenedEntry[]): void {
    const named = fresh.some((one) => this.coordinators.has(one.party) && namesRoom(one))
    if (named && !this.rooms.includes(channel)) this.rooms.push(channel)
    if (this.rooms.includes(channel)) this.room = rooms.fold(this.room, fresh)
    this.folded += fresh.length
  }

  #takeIn(entries: readonly OpenedEntry[]): void {
    this.reminders.take(entries)
    this.board = boards.fold(this.board, entries.filter((one) => one.kind === Kind.APPLICATION))
    this.folded += entries.length
  }

  #cursor(channel: string): Cursor {
    let cursor = this.#cursors.get(channel)
    if (cursor === undefined) {
      cursor = { seq: 0, looked: -1, held: new Set(), taken: new Set() }
      this.#cursors.set(channel, cursor)
    }
    return cursor
  }

  /** Give what was not folded, and what a key opened since. */
  #fresh(channel: string, state: ChannelState | null): OpenedEntry[] {
    const cursor = this.#cursor(channel)
    const found: OpenedEntry[] = []
    if (cursor.held.size > 0 && cursor.looked !== state?.seq) {
      for (const seq of [...cursor.held].sort((a, b) => a - b)) {
        const [entry] = this.#device.opened(channel, seq - 1)
        if (entry?.seq !== seq || waits(entry)) continue
        cursor.held.delete(seq)
        found.push(entry)
      }
    }
    if (state !== null) cursor.looked = state.seq
    for (const entry of this.#device.opened(channel, cursor.seq)) {
      cursor.seq = entry.seq
      if (waits(entry)) cursor.held.add(entry.seq)
      else if (!cursor.taken.delete(entry.seq)) found.push(entry)
    }
    if (state !== null) cursor.seq = Math.max(cursor.seq, state.seq)
    return found
  }
}

/** Say whether another key may still open an entry. */
function waits(entry: OpenedEntry): boolean {
  return entry.problem !== null && (entry.problem.startsWith(NO_KEY) || entry.problem.startsWith("cannot_open"))
}

function namesRoom(entry: OpenedEntry): boolean {
  if (entry.type !== Title.TYPE || entry.problem !== null) return false
  try {
    return Title.read(entry.body).purpose === "operation"
  } catch {
    return false
  }
}
