/** Write entries as the lines that a person reads. */
import type { Acts, TimelineLine } from "../api"
import type { OpenedEntry } from "../client/opened"
import type { Posting } from "../client/store"
import { aboutOf, type Content, dumpContent, isPart, readContent } from "../contents/registry"
import type { Desk } from "../desk/desk"
import type { Said } from "../views/consignment"
import { tellsLess } from "../views/settling"
import { Kind, urgencyWord } from "../wire/entries"
import { DeviceUri } from "../wire/identity"
import { loads } from "../wire/strict_json"
import type { Here } from "./here"
import { revocationsIn } from "./revocations"

const KINDS: Readonly<Partial<Record<Kind, TimelineLine["kind"]>>> = {
  [Kind.APPLICATION]: "content",
  [Kind.REMINDER]: "reminder",
}

/** Write one entry; a content that breaks its form becomes a problem, never an error. */
export function lineOf(here: Here, entry: OpenedEntry, mark: string | null = null): TimelineLine {
  const uri = uriOf(entry.device)
  const own = here.device.uri
  const read = contentOf(entry)
  const problem = entry.problem ?? read.problem
  const revocations = entry.kind === Kind.ROSTER && problem === null ? revocationsIn(here, read.content) : []
  return {
    id: `${entry.channel}/${entry.seq}`,
    channel: entry.channel,
    seq: entry.seq,
    at_ms: entry.at_ms,
    party: entry.party,
    device: entry.device,
    person: uri?.person ?? "",
    kind: problem === null ? (KINDS[entry.kind] ?? "members") : "problem",
    type: entry.type,
    content: read.content,
    ...(problem === null ? {} : { problem }),
    ...(mark === null ? {} : { mark }),
    mine: uri !== null && uri.party === own.party && uri.person === own.person,
    urgency: urgencyWord(entry.urgency),
    ...(revocations.length === 0 ? {} : { revocations }),
  }
}

/** Give an entry's content as plain JSON; what is no content is given as it was said. */
function contentOf(entry: OpenedEntry): { content: Record<string, unknown> | null; problem: string | null } {
  if (entry.problem !== null) return { content: null, problem: null }
  try {
    if (entry.kind !== Kind.APPLICATION) return { content: plain(loads(entry.body)), problem: null }
    const read = readContent(entry.type, entry.body)
    return { content: read === null ? null : forPages(read), problem: null }
  } catch (refused) {
    const why = refused instanceof Error ? refused.message : String(refused)
    return { content: null, problem: `the content breaks its form: ${why}` }
  }
}

/** Give a content as plain JSON; the keys of files stay on this side. */
export function forPages(content: Content): Record<string, unknown> {
  if (content.TYPE !== "message" || content.photos === null) return { ...dumpContent(content) }
  const photos = content.photos.map(({ key: _key, segments: _segments, ...photo }) => photo)
  return { ...dumpContent({ ...content, photos: null }), photos }
}

function plain(value: unknown): Record<string, unknown> | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : null
}

export function uriOf(text: string): DeviceUri | null {
  try {
    return DeviceUri.parse(text)
  } catch {
    return null
  }
}

/** Read a content that may be wrong; null where it is, or where this version does not know it. */
export function quietly(entry: OpenedEntry): Content | null {
  return entry.problem !== null || entry.kind !== Kind.APPLICATION ? null : readable(entry.type, entry.body)
}

/** Read a content; null where it breaks its form or is of no kind that is known here. */
export function readable(type: string, body: Uint8Array): Content | null {
  try {
    return readContent(type, body)
  } catch {
    return null
  }
}

/** Give the entry at a place, or null. */
export function entryAt(here: Here, channel: string, seq: number): OpenedEntry | null {
  for (const entry of here.device.opened(channel, seq - 1)) return entry.seq === seq ? entry : null
  return null
}

/** Give what is kept here and not yet saved by the server. */
export function pendingLines(
  here: Here,
  wanted: (posting: Posting, content: Content | null) => boolean,
): TimelineLine[] {
  const lines: TimelineLine[] = []
  for (const [nth, posting] of here.device.unsentPostings().entries()) {
    for (const [at, [type, body]] of posting.contents.entries()) {
      const content = readContent(type, body)
      if (!wanted(posting, content)) continue
      lines.push({
        ...ownLine(here),
        id: `pending/${nth}/${at}`,
        channel: posting.channel,
        type,
        content: content === null ? null : forPages(content),
        pending: true,
        urgency: urgencyWord(posting.urgency),
      })
    }
  }
  return lines
}

/** Give everything that was said about a consignment, and who came and went on its lanes, oldest first. */
export function consignmentLines(here: Here, desk: Desk, reference: string): TimelineLine[] {
  const said = desk.board.said.get(reference) ?? []
  const marks = new Map(said.map((one) => [`${one.place.log}/${one.place.seq}`, one]))
  const copies = said.filter((one) => one.copy)
  const first = new Map<string, number>()
  for (const { place } of said) first.set(place.log, Math.min(first.get(place.log) ?? place.seq, place.seq))
  const lines: TimelineLine[] = []
  const stored = new Set<string>()
  for (const [log, from] of first) {
    for (const entry of here.device.opened(log, from - 1)) {
      const one = marks.get(`${log}/${entry.seq}`)
      stored.add(`${log}/${entry.seq}`)
      // The same event stands in several lanes; once is enough to read.
      if (one !== undefined && !one.copy) lines.push(withCopies(lineOf(here, entry, one.mark), one, copies))
      else if (entry.kind === Kind.COMMIT || entry.kind === Kind.ROSTER) lines.push(lineOf(here, entry))
      else if (entry.kind === Kind.REMINDER && entry.type === "reminder") {
        const reminder = desk.reading.reminders.find(log, entry.seq)
        if (reminder !== null && marks.has(`${log}/${reminder.about}`)) lines.push(lineOf(here, entry))
      }
    }
  }
  // What this browser sent stands on the board at once; the stream brings it later.
  for (const one of said) if (!one.copy && !stored.has(`${one.place.log}/${one.place.seq}`)) lines.push(withCopies(sentLine(here, one), one, copies))
  lines.sort((a, b) => a.at_ms - b.at_ms || (a.channel < b.channel ? -1 : 1) || a.seq - b.seq)
  return [...lines, ...pendingLines(here, (_, content) => aboutOf(content) === reference), ...keptLines(here, reference)]
}

/** Say where else the same event stands: in other lanes, some of which may read less of it. */
function withCopies(line: TimelineLine, { party, content: told }: Said, copies: readonly Said[]): TimelineLine {
  if (isPart(told)) return line
  const also = copies.flatMap(({ place, party: whose, content }) => {
    if (isPart(content) || whose !== party || content.id !== told.id) return []
    return { channel: place.log, seq: place.seq, less: content.TYPE !== told.TYPE || tellsLess(content, told) }
  })
  return also.length === 0 ? line : { ...line, also }
}

function sentLine(here: Here, { place, party, content, mark }: Said): TimelineLine {
  return {
    ...ownLine(here),
    id: `${place.log}/${place.seq}`,
    channel: place.log,
    seq: place.seq,
    at_ms: place.at_ms,
    party,
    type: content.TYPE,
    content: forPages(content),
    ...(mark === null ? {} : { mark }),
  }
}

/** Give what was reported while the server could not be reached. */
function keptLines(here: Here, reference: string): TimelineLine[] {
  return here.outbox.waiting().flatMap(({ id, intent: { name, given, at_ms, sealed } }) => {
    const { reference: about, type, said } = given as Acts["report"][0]
    // What is sealed stands among what is pending.
    if (name !== "report" || about !== reference || sealed !== undefined) return []
    return { ...ownLine(here), id: `kept/${id}`, at_ms, type, content: { ...said, about }, pending: true }
  })
}

function ownLine(here: Here): Omit<TimelineLine, "id" | "type" | "content"> {
  const { uri } = here.device
  const own = { party: uri.party, device: uri.toString(), person: uri.person, mine: true }
  return { ...own, channel: "", seq: 0, at_ms: here.nowMs(), kind: "content", urgency: "routine" }
}
