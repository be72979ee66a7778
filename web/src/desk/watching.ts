/** Tell what needs a look as it comes: an entry is folded before it is told, a reminder says of what. */
import type { Notice, OpenedEntry } from "../client/opened"
import { ReadMark } from "../contents/read_mark"
import { aboutOf, readContent } from "../contents/registry"
import { Kind, Urgency } from "../wire/entries"
import type { Desk } from "./desk"
import type { Alert } from "./results"

const ALERT = { reference: null, party: "", type: "", urgency: Urgency.ROUTINE, to_us: false, facts: {} } as const

/** Tell what one thing that the device saw means here; of other operations and of reminders' own entries nothing. */
export function alertOf(desk: Desk, seen: OpenedEntry | Notice): Alert | null {
  if ("facts" in seen) {
    desk.refresh()
    return ofNotice(desk, seen)
  }
  desk.reading.look(seen)
  return ofEntry(desk, seen)
}

function ofNotice(desk: Desk, notice: Notice): Alert | null {
  const { facts } = notice
  if (facts.notice !== "reminder") {
    return facts.notice === "clock_off" ? { ...ALERT, kind: "alarm", entry: notice, facts } : null
  }
  const [channel, seq] = [String(facts.channel ?? ""), Number(facts.seq)]
  if (!/^[0-9a-f]{64}$/.test(channel) || !Number.isSafeInteger(seq)) return null
  if (!desk.reading.knows(channel) && desk.device.channels().some((state) => state.id === channel)) return null
  const alert = { ...ALERT, kind: "reminder" as const, entry: notice, urgency: Urgency.URGENT, to_us: true, facts }
  const reminder = desk.reading.reminders.find(channel, seq)
  // An office above the desk is called without reading the lane: it knows that something waits, not what.
  if (reminder === null) return alert
  const [entry] = desk.device.opened(channel, reminder.about - 1)
  return { ...alert, reference: entry === undefined ? null : referenceOf(entry), party: reminder.party }
}

function ofEntry(desk: Desk, entry: OpenedEntry): Alert | null {
  if (!desk.reading.knows(entry.channel) || entry.kind === Kind.REMINDER || entry.type === ReadMark.TYPE) return null
  const { party, type, urgency } = entry
  if (entry.problem !== null) return { ...ALERT, kind: "alarm", entry, party, facts: { problem: entry.problem } }
  if (entry.kind !== Kind.APPLICATION) return { ...ALERT, kind: "members", entry, party, type }
  const reference = referenceOf(entry)
  const one = reference === null ? undefined : desk.board.consignments.get(reference)
  const onWay = one !== undefined && [one.origin, ...one.legs.map((leg) => leg.party)].includes(desk.party)
  return { ...ALERT, kind: "entry", entry, reference, party, type, urgency, to_us: onWay && party !== desk.party }
}

function referenceOf(entry: OpenedEntry): string | null {
  if (entry.problem !== null) return null
  try {
    return aboutOf(readContent(entry.type, entry.body))
  } catch {
    return null
  }
}
