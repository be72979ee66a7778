/**
 * Decide what a channel needs: which devices to add, which leaves to remove, when to renew the own leaf; pure.
 *
 * Every member can do all of it, so an order that all can compute says who goes first; a race's loser sees it done.
 */

import type { ActiveDevice } from "../client/directory"
import { concat, fromHex, toHex, utf8 } from "../wire/bytes"
import { sha256, sha256Hex } from "../wire/hash"
import type { Membership } from "../wire/membership"
import { encode, Writer } from "../wire/tls"

export const DAY_MS = 86_400_000
/** Every leaf is renewed at least every 7 days; devices spread over the last one. */
export const UPDATE_MS = 7 * DAY_MS
export const STOCK = 100
export const REFILL_BELOW = 25
export const LIFETIME_S = 28 * 86_400
/** A last resort is replaced when less than this is left of its 28 days. */
export const LAST_RESORT_MS = 14 * DAY_MS
export const MOST_ADDS = 200

/** The active, verified devices of offices. */
export type Offices = Map<string, readonly ActiveDevice[]>

/** What a channel needs from one of its members: devices to add, leaves to remove. */
export interface Need {
  readonly adds: readonly string[]
  readonly removes: readonly number[]
}

/**
 * Give the active devices of seated offices that hold no leaf, and the leaves that must go.
 *
 * Takes  offices: the active, verified devices of seated offices, as far as they are known
 */
export function need(member: Membership, offices: Offices, atMs: number): Need {
  const removes = member.surplus(atMs)
  const kept = [...member.leaves].filter(([index]) => !removes.includes(index)).map(([, leaf]) => leaf)
  const uris = new Set(kept.map((leaf) => leaf.uri))
  const keys = new Set(kept.map((leaf) => toHex(leaf.key)))
  const missing = [...offices]
    .filter(([office]) => member.seated.has(office))
    .flatMap(([, devices]) => devices)
    .filter(({ uri, certificate }) => {
      return !uris.has(uri) && !member.revoked.has(uri) && !keys.has(toHex(certificate.key))
    })
    .map((device) => device.uri)
  return { adds: missing.sort().slice(0, MOST_ADDS), removes }
}

/** Give this device's place in the order of who commits first, the same for all who see the same log. */
export function rank(chain: string, own: string, member: Membership): number {
  const turn = (uri: string): string => sha256Hex(encode(fromHex(chain), uri))
  if (member.leafOf(own) === null) return member.leaves.size
  const mine = turn(own)
  return [...member.leaves.values()].filter((leaf) => turn(leaf.uri) < mine).length
}

/** Say whether this device's leaf wants a fresh path: between 6 and 7 days after the last, each at its own hour. */
export function updateDue(own: string, lastMs: number, nowMs: number): boolean {
  const digest = sha256(concat(utf8(own), new Writer().u64(lastMs).getvalue()))
  const jitter = Number(new DataView(digest.buffer, digest.byteOffset).getBigUint64(0) % BigInt(DAY_MS))
  return nowMs - lastMs >= UPDATE_MS - jitter
}
