/** What was said, in the order of the server's time, across the channels a reader sees. */
import type { OpenedEntry } from "../client/opened"
import { ContentRefused } from "../contents/content"
import { aboutOf, type Content, readContent } from "../contents/registry"
import { byPlace } from "./consignment"

/** One entry as a person may see it; `problem` says why there is no content. */
export interface Line {
  readonly entry: OpenedEntry
  /** Null for a type that this version does not know, and for changes of membership. */
  readonly content: Content | null
  readonly problem: string | null
}

/** Lines, oldest first. */
export interface Timeline {
  readonly lines: readonly Line[]
}

export function newTimeline(): Timeline {
  return { lines: [] }
}

/** Give the consignment that a line is about. */
export function referenceOf(line: Line): string | null {
  return aboutOf(line.content)
}

/** Give the lines about one consignment. */
export function about(timeline: Timeline, reference: string): readonly Line[] {
  return timeline.lines.filter((line) => referenceOf(line) === reference)
}

/** Read one opened entry as a line; a content that breaks its form becomes a problem, never an error. */
export function readLine(entry: OpenedEntry): Line {
  try {
    const content = entry.problem ? null : readContent(entry.type, entry.body)
    return { entry, content, problem: entry.problem }
  } catch (refused) {
    if (!(refused instanceof ContentRefused)) throw refused
    return { entry, content: null, problem: `the content breaks its form: ${refused.detail}` }
  }
}

/** Fold opened entries; an entry seen before changes nothing. */
export function fold(timeline: Timeline, entries: Iterable<OpenedEntry>): Timeline {
  const known = new Set(timeline.lines.map(({ entry }) => keyOf(entry)))
  const fresh: Line[] = []
  for (const entry of entries) {
    if (known.has(keyOf(entry))) continue
    known.add(keyOf(entry))
    fresh.push(readLine(entry))
  }
  return fresh.length === 0 ? timeline : { lines: [...timeline.lines, ...fresh].sort(inOrder) }
}

/** Fold one opened entry. */
export function apply(timeline: Timeline, entry: OpenedEntry): Timeline {
  return fold(timeline, [entry])
}

function keyOf(entry: OpenedEntry): string {
  return `${entry.at_ms} ${entry.channel} ${entry.seq}`
}

function inOrder(one: Line, other: Line): number {
  return byPlace(placeOf(one.entry), placeOf(other.entry))
}

function placeOf({ at_ms, channel, seq }: OpenedEntry): { at_ms: number; log: string; seq: number } {
  return { at_ms, log: channel, seq }
}
