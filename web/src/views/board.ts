/**
 * The board of consignments: the parts and events of all lanes, joined by reference.
 *
 * A state is the result of replaying what was said, in the order of the server's time: two readers that hold the same
 * entries hold the same board, however their logs came in. Lateness is asked afterwards and never stored.
 */
import type { OpenedEntry } from "../client/opened"
import { ContentRefused } from "../contents/content"
import type { Prenotification } from "../contents/prenotification"
import { aboutOf, type Content, type Event, isEvent, isPart, readContent } from "../contents/registry"
import { Urgency } from "../wire/entries"
import { NOT_AGREED } from "./closing"
import { byPlace, type Consignment, type Said } from "./consignment"
import { consignmentJson } from "./consignment_json"
import { settle } from "./settling"

/** Consignments by reference, and everything that was said about each. */
export interface Board {
  /** The parties whose word reopens what an origin wants reopened. */
  readonly coordinators: ReadonlySet<string>
  readonly said: ReadonlyMap<string, readonly Said[]>
  readonly consignments: ReadonlyMap<string, Consignment>
}

/** What a board reads of an opened entry. */
export type Heard = Pick<OpenedEntry, "channel" | "seq" | "at_ms" | "party" | "type" | "body" | "problem" | "urgency">

export function newBoard(coordinators: Iterable<string> = []): Board {
  return { coordinators: new Set(coordinators), said: new Map(), consignments: new Map() }
}

/** Give the consignments, oldest first. */
export function ordered(board: Board): readonly Consignment[] {
  return [...board.consignments.values()].sort(
    (one, other) => one.sent_ms - other.sent_ms || (one.reference < other.reference ? -1 : 1),
  )
}

/** Fold opened entries; others than pre-notifications and their events change nothing, nor do repeated ones. */
export function fold(board: Board, entries: Iterable<Heard>): Board {
  const fresh = new Map<string, Map<string, Said>>()
  for (const entry of entries) {
    const content = contentOf(entry)
    const reference = aboutOf(content)
    if (content === null || reference === null || !(isPart(content) || isEvent(content))) continue
    const place = { at_ms: entry.at_ms, log: entry.channel, seq: entry.seq }
    const heard = fresh.get(reference) ?? new Map<string, Said>()
    fresh.set(reference, heard)
    const key = keyOf(place)
    if (!heard.has(key)) heard.set(key, { place, party: entry.party, content, mark: null, copy: false, urgency: entry.urgency })
  }
  if (fresh.size === 0) return board
  const said = new Map(board.said)
  const consignments = new Map(board.consignments)
  let changed = false
  for (const [reference, heard] of fresh) {
    const known = said.get(reference) ?? []
    for (const one of known) heard.delete(keyOf(one.place))
    if (heard.size === 0) continue
    const all = [...known, ...heard.values()].sort((one, other) => byPlace(one.place, other.place))
    const [consignment, marked] = settle(reference, all, board.coordinators)
    said.set(reference, marked)
    changed = true
    if (consignment !== null) consignments.set(reference, consignment)
  }
  return changed ? { coordinators: board.coordinators, said, consignments } : board
}

/** Fold one opened entry. */
export function apply(board: Board, entry: Heard): Board {
  return fold(board, [entry])
}

/**
 * Give the mark that a content would get if this party said it now in this lane; null where it would count.
 *
 * The origin's wish to reopen counts as said: it waits for a coordinator.
 */
export function rehearse(
  board: Board,
  party: string,
  log: string,
  content: Prenotification | Event,
  atMs: number,
): string | null {
  const reference = aboutOf(content) ?? ""
  const known = board.said.get(reference) ?? []
  const last = known.reduce((most, one) => Math.max(most, one.place.at_ms), 0)
  const seq = known.reduce((most, one) => (one.place.log === log ? Math.max(most, one.place.seq) : most), 0) + 1
  const place = { at_ms: Math.max(atMs, last + 1), log, seq }
  const one = { place, party, content, mark: null, copy: false, urgency: Urgency.ROUTINE }
  const [, marked] = settle(reference, [...known, one], board.coordinators)
  const mark = marked.at(-1)?.mark ?? null
  return mark === NOT_AGREED ? null : mark
}

/** Give the board as people and other programs read it: one object per consignment, oldest first. */
export function toJson(board: Board, nowMs: number): { consignments: Record<string, unknown>[] } {
  return { consignments: ordered(board).map((one) => consignmentJson(one, nowMs)) }
}

function contentOf(entry: Heard): Content | null {
  if (entry.problem !== null) return null
  try {
    return readContent(entry.type, entry.body)
  } catch (refused) {
    if (refused instanceof ContentRefused) return null
    throw refused
  }
}

function keyOf(place: { readonly log: string; readonly seq: number }): string {
  return `${place.log}/${place.seq}`
}
