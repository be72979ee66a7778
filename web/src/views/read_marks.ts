/** Which party has read what in a channel, as its own devices say. */
import type { OpenedEntry } from "../client/opened"
import { readAs } from "../contents/content"
import { ReadMark } from "../contents/read_mark"

/** Each party marks what the others write: beyond this the marks would outnumber the words. */
export const MOST_PARTIES = 16
type Span = readonly [since: number, upto: number]

/** What one party has read: from an entry to an entry, apart and in order; and when it said so last. */
export interface Reading {
  readonly spans: readonly Span[]
  readonly said_ms: number
}

/** What is known of one channel; who is not named has said nothing, which does not mean that it read nothing. */
export interface ReadMarks {
  readonly by_party: ReadonlyMap<string, Reading>
}

export function newReadMarks(): ReadMarks {
  return { by_party: new Map() }
}

/** Say whether a party told that it has read an entry. */
export function hasRead(marks: ReadMarks, party: string, seq: number): boolean {
  return (marks.by_party.get(party)?.spans ?? []).some(([since, upto]) => since <= seq && seq <= upto)
}

/** Fold opened entries of one channel, in whatever order they come in. */
export function fold(marks: ReadMarks, entries: Iterable<OpenedEntry>): ReadMarks {
  let by_party: Map<string, Reading> | null = null
  for (const entry of entries) {
    const mark = readAs(ReadMark, entry)
    // Nobody has read what comes after its own word.
    if (mark === null || mark.upto >= entry.seq) continue
    by_party ??= new Map(marks.by_party)
    const known = by_party.get(entry.party) ?? { spans: [], said_ms: 0 }
    by_party.set(entry.party, {
      spans: joined([...known.spans, [mark.since, mark.upto]]),
      said_ms: Math.max(known.said_ms, entry.at_ms),
    })
  }
  return by_party === null ? marks : { by_party }
}

function joined(spans: readonly Span[]): Span[] {
  const apart: Span[] = []
  for (const [since, upto] of [...spans].sort(([a], [b]) => a - b)) {
    const last = apart.at(-1)
    if (last !== undefined && since <= last[1] + 1) apart[apart.length - 1] = [last[0], Math.max(last[1], upto)]
    else apart.push([since, upto])
  }
  return apart
}
