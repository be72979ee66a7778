/** Make opened entries from the vectors' JSON. */
import { readdirSync, readFileSync } from "node:fs"
import type { OpenedEntry } from "../../src/client/opened"
import { utf8 } from "../../src/wire/bytes"
import { Kind, Urgency } from "../../src/wire/entries"

export interface Saved {
  readonly log: string
  readonly seq: number
  readonly at_ms: number
  readonly party: string
  readonly device?: string
  readonly type: string
  readonly body: unknown
  readonly problem?: string
}
type Rows = Record<string, unknown>[]
export interface Story {
  readonly name: string
  readonly transition?: number
  readonly coordinators?: readonly string[]
  readonly now_ms: number
  readonly entries: readonly Saved[]
  readonly consignments: Rows
  readonly readers?: readonly { readonly logs: readonly string[]; readonly consignments: Rows }[]
  readonly delivered?: readonly { readonly log: string; readonly party: string; readonly seq: number }[]
  readonly shown?: Record<string, string>
  readonly told?: Record<string, unknown>
}

/** Read every vector of a view. */
export function stories(view: string): Story[] {
  const folder = new URL(`../../../vectors/views/${view}/`, import.meta.url)
  const names = readdirSync(folder).filter((name) => name.endsWith(".json"))
  return names.sort().map((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8")) as Story)
}

/** Make one opened entry. */
export function entry(saved: Saved): OpenedEntry {
  return {
    channel: saved.log,
    seq: saved.seq,
    kind: Kind.APPLICATION,
    at_ms: saved.at_ms,
    device: saved.device ?? `pratique://${saved.party}.stop.example/ncp/a.person/0001`,
    party: saved.party,
    epoch: 1,
    post_id: saved.seq.toString(16).padStart(32, "0"),
    urgency: Urgency.ROUTINE,
    type: saved.type,
    body: utf8(JSON.stringify(saved.body)),
    problem: saved.problem ?? null,
  }
}

/** Give the same things in an order that a number decides. */
export function shuffled<T>(things: readonly T[], seed: number): T[] {
  let state = seed
  const next = () => (state = (state * 1_103_515_245 + 12_345) % 2_147_483_648)
  return things
    .map((one) => [next(), one] as const)
    .sort((a, b) => a[0] - b[0])
    .map(([, one]) => one)
}
