/** The operation room: how each Member's desk works, and how the coordinator adapts the template. */
import { Adaptation } from "../contents/adaptation"
import { ContentRefused } from "../contents/content"
import { DeskHours } from "../contents/desk"
import type { Heard } from "./board"
import { byPlace, type Place } from "./consignment"

/** The newest word of each party about its own desk, and the coordinators' newest adaptation. */
export interface Room {
  /** The parties whose adaptation counts. */
  readonly coordinators: ReadonlySet<string>
  readonly desks: ReadonlyMap<string, DeskHours>
  readonly adaptation: Adaptation | null
  /** Where each of them stands, by who said it; the adaptation's under the empty name. */
  readonly places: ReadonlyMap<string, Place>
}

export function newRoom(coordinators: Iterable<string> = []): Room {
  return { coordinators: new Set(coordinators), desks: new Map(), adaptation: null, places: new Map() }
}

/** Fold opened entries of the room, in whatever order they come in. */
export function fold(room: Room, entries: Iterable<Heard>): Room {
  const desks = new Map(room.desks)
  const places = new Map(room.places)
  let { adaptation } = room
  for (const entry of entries) {
    const content = read(entry)
    if (content === null) continue
    const who = content.TYPE === "desk" ? entry.party : ""
    if (content.TYPE === "adaptation" && !room.coordinators.has(entry.party)) continue
    const place = { at_ms: entry.at_ms, log: entry.channel, seq: entry.seq }
    const newest = places.get(who)
    if (newest !== undefined && byPlace(place, newest) <= 0) continue
    places.set(who, place)
    if (content.TYPE === "desk") desks.set(who, content)
    else adaptation = content
  }
  return { coordinators: room.coordinators, desks, adaptation, places }
}

function read(entry: Heard): DeskHours | Adaptation | null {
  const form = entry.type === DeskHours.TYPE ? DeskHours : entry.type === Adaptation.TYPE ? Adaptation : null
  if (entry.problem !== null || form === null) return null
  try {
    return form.read(entry.body)
  } catch (refused) {
    if (refused instanceof ContentRefused) return null
    throw refused
  }
}
