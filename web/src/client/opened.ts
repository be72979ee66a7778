/** What the member side hands to views and people: opened entries, notices, and reports of what was done. */

import type { Charter, OperationTerms } from "../wire/bodies"
import type { Kind, Urgency } from "../wire/entries"

/**
 * One entry of a channel as this device may know it.
 *
 * APPLICATION carries type and body; COMMIT and ROSTER the type "members" and a JSON body of what they changed;
 * REMINDER the type "reminder" or "reminder_end" and the body of its statement. `problem` says why it could not be
 * opened or is not believed; type and body are then empty.
 */
export interface OpenedEntry {
  readonly channel: string
  readonly seq: number
  readonly kind: Kind
  readonly at_ms: number
  readonly device: string
  readonly party: string
  readonly epoch: number
  readonly post_id: string
  readonly urgency: Urgency
  readonly type: string
  readonly body: Uint8Array
  readonly problem: string | null
}

/** What the server noticed; it changes no state and is worth a look, not belief. */
export interface Notice {
  readonly log: string
  readonly seq: number
  readonly at_ms: number
  readonly facts: Readonly<Record<string, string | number>>
}

/** A post that the server saved: the place of its (first) entry. */
export interface Posted {
  readonly seq: number
  readonly at_ms: number
  readonly post_id: string
}

/** One posting that the server saved: the places of its contents in order, and the numbers of its reminders. */
export interface Sent {
  readonly posted: readonly Posted[]
  readonly reminders: readonly number[]
}

/** What a sync did: numbers per channel, and what a person should see; filled as it goes. */
export interface SyncReport {
  /** The channels that were looked at. */
  listed: string[]
  /** How far the inbox was read when they were listed. */
  inbox: number
  entries: number
  joined: string[]
  added: string[]
  removed: string[]
  problems: string[]
  notices: Notice[]
  /** The network was lost on the way: not every channel was read to its end. */
  cut: boolean
}

export function emptyReport(): SyncReport {
  return { listed: [], inbox: 0, entries: 0, joined: [], added: [], removed: [], problems: [], notices: [], cut: false }
}

/**
 * One channel as this device's own fold knows it.
 *
 * `trouble`: why the channel cannot be posted to, or null; `own_leaf`: whether this device holds a leaf; `living`:
 * whether any device holds one that was not revoked.
 */
export interface ChannelState {
  readonly id: string
  readonly charter: Charter
  readonly seq: number
  readonly epoch: number
  readonly seated: readonly string[]
  readonly devices: readonly string[]
  readonly surplus: readonly string[]
  readonly own_leaf: boolean
  readonly living: boolean
  readonly trouble: string | null
}

/** An operation by its newest terms; `id` is the digest of its first statement, `head` of its newest. */
export interface Operation {
  readonly id: string
  readonly head: string
  readonly terms: OperationTerms
}

/** One finding of `doctor`: what was looked at, how it is, what to do. */
export interface Check {
  readonly name: "store" | "server" | "clock" | "chain" | "engine" | "key packages" | "channels"
  readonly good: boolean
  readonly detail: string
  readonly hint: string
}
