/** Who can see one entry: by who holds a leaf, what newcomers get here, who was removed since, and what was fetched. */
import type { Audience, Place } from "../api"
import type { OpenedEntry } from "../client/opened"
import { Kind } from "../wire/entries"
import { loads } from "../wire/strict_json"
import { partiesOf } from "./channels"
import type { Here, QueriesOf } from "./here"
import { hasRead } from "../views/read_marks"
import { entryAt, uriOf } from "./lines"
import { tellsReading } from "./reading"

export const queries: QueriesOf<"audience"> = {
  audience: (here, { places }) => places.flatMap((place) => audienceAt(here, place) ?? []),
}

function audienceAt(here: Here, { channel, seq, less }: Place): Audience | null {
  const state = here.device.channels().find((one) => one.id === channel)
  if (state === undefined) return null
  // What is on its way has no number yet: whoever is there now is meant.
  const at = seq === 0 ? Number.MAX_SAFE_INTEGER : seq
  const kind = entryAt(here, channel, seq)?.kind
  const sealed = kind === undefined || kind === Kind.APPLICATION
  const { history, purpose } = state.charter
  const since = sealed && history === "from_join" ? at : null
  const able = ableAt(here.device.leaves(channel), movesIn(here.device.opened(channel, at)), since)
  here.fetched.look(channel)
  const told = tellsReading(state)
  const read = (party: string): boolean => told && hasRead(here.rooms.of(state).read, party, seq)
  const of = (uris: readonly string[], party: string): string[] => uris.filter((uri) => uriOf(uri)?.party === party).sort()
  const parties = new Set([...partiesOf(state), ...able.gone.flatMap((uri) => uriOf(uri)?.party ?? [])])
  return {
    row: { id: channel, title: here.rooms.of(state).title, purpose, parties: partiesOf(state), history },
    less: less ?? false,
    sealed,
    reading: told ? "told" : purpose === "lane" ? "lane" : "many",
    parties: [...parties].sort().map((party) => ({
      party,
      devices: of(able.devices, party),
      gone: of(able.gone, party),
      later: of(able.later, party).length,
      fetched: read(party) || here.fetched.of(channel, party) >= at,
      read: read(party),
    })),
  }
}

interface Leaf {
  readonly uri: string
  readonly since_seq: number
}
/** Devices that came and went in one entry. */
export interface Moves {
  readonly added: readonly string[]
  readonly removed: readonly string[]
}

/**
 * Tell who can open something apart from who came too late and who was removed since.
 *
 * Takes  after: what moved since, oldest first; since: the entry whose key a newcomer lacks, null where all are handed on
 */
export function ableAt(
  leaves: readonly Leaf[],
  after: Iterable<Moves>,
  since: number | null,
): Record<"devices" | "later" | "gone", string[]> {
  const late = (leaf: Leaf): boolean => since !== null && leaf.since_seq > since
  const devices = leaves.filter((leaf) => !late(leaf)).map(({ uri }) => uri)
  const came = new Set<string>()
  const gone = new Set<string>()
  for (const { added, removed } of after) {
    for (const uri of removed) if (since === null || !came.has(uri)) gone.add(uri)
    for (const uri of added) came.add(uri)
  }
  for (const uri of devices) gone.delete(uri)
  return { devices, later: leaves.filter(late).map(({ uri }) => uri), gone: [...gone] }
}

function* movesIn(entries: Iterable<OpenedEntry>): Generator<Moves> {
  for (const entry of entries) {
    if (entry.kind !== Kind.COMMIT || entry.problem !== null || entry.body.length === 0) continue
    const told = loads(entry.body) as { added?: string[]; removed?: string[] }
    yield { added: told.added ?? [], removed: told.removed ?? [] }
  }
}
