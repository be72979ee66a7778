/** Show what the store holds of channels, as values for views and people; reads no network and no clock. */

import { partyOf } from "../groups/judge"
import { Kind } from "../wire/entries"
import type { ChannelState, OpenedEntry } from "./opened"
import type { LogPosition, Logs, Row } from "./store"

/** The code of an entry that has no key here yet; it may open later. */
export const NO_KEY = "no_key"
export const SHOWN: readonly Kind[] = [Kind.APPLICATION, Kind.COMMIT, Kind.ROSTER, Kind.LINK, Kind.REMINDER]
const NOTHING = new Uint8Array()

/** Yield contents, changes of members, reminders, and what was refused; what lies before the join is not there. */
export function* openedEntries(logs: Logs, channel: string, after = 0): Generator<OpenedEntry> {
  for (const row of logs.rows(channel, after, SHOWN)) {
    const shown = openedOf(row)
    if (shown !== null) yield shown
  }
}

/** Give one kept entry as it is shown, or null where there is nothing to show of it. */
export function openedOf(row: Row): OpenedEntry | null {
  const { entry } = row
  const problem = row.state === "waiting" ? `${NO_KEY}: could not be opened, epoch ${entry.epoch}` : row.problem
  if (problem === null && (row.body === null || row.state === "before")) return null
  return {
    channel: entry.log,
    seq: entry.seq,
    kind: entry.kind,
    at_ms: entry.at_ms,
    device: entry.device,
    party: partyOf(entry.device),
    epoch: entry.epoch,
    post_id: entry.post_id,
    urgency: entry.urgency,
    type: problem === null ? row.type : "",
    body: problem === null ? (row.body ?? NOTHING) : NOTHING,
    problem,
  }
}

/** Give a channel as this device's own fold knows it. */
export function stateOf(position: LogPosition, own: string, nowMs: number): ChannelState {
  const member = position.membership
  if (member === null) throw new Error("a log without a fold is no channel")
  const surplus = member.surplus(Math.max(nowMs, position.at_ms))
  let trouble = position.trouble
  if (trouble === null && position.state === null) {
    trouble = "waiting: this device was not added yet; any other member's device does it"
    if (member.rejoining.has(own)) trouble = "rejoining: this device asked to be let in anew; any other member's device does it"
    if (!member.living) trouble = "ended: every device that could add another was revoked"
  }
  const uriAt = (index: number): string => member.leaves.get(index)?.uri ?? ""
  return {
    id: position.id,
    charter: member.charter,
    seq: position.seq,
    epoch: member.epoch,
    seated: [...member.seated].sort(),
    devices: [...member.leaves.values()].map((leaf) => leaf.uri).sort(),
    surplus: surplus.map(uriAt).sort(),
    own_leaf: position.state !== null && member.leafOf(own) !== null,
    living: member.living,
    trouble,
  }
}
