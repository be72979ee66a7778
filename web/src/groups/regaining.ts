/**
 * Come back into the channels after this device lost its state of them, with its key alone.
 *
 * The others still count its leaf, which opens nothing any more. So the server's old key packages go first, then it asks
 * in each channel to be removed and added anew (docs/protocol.md §6, LEAF-3); whoever of the others is awake does it.
 */

import type { ChannelState } from "../client/opened"
import type { Store } from "../client/store"
import { fromUtf8, utf8 } from "../wire/bytes"
import type { Channels } from "./channels"

const FACT = "regain"

interface Regain {
  /** The server's stock is of this store. */
  readonly stocked: boolean
  readonly asked: readonly string[]
}

/** ahead: not asked yet. asked: another device lets this one in. alone: nobody else holds a leaf. back: it is in. */
export interface Regained {
  readonly channel: string
  readonly state: "ahead" | "asked" | "alone" | "back"
}

/** Say that this store begins anew with a device that the others know. */
export async function beginRegain(store: Store): Promise<void> {
  await write(store, { stocked: false, asked: [] })
}

/** Give how far this device is back in its channels, or null where it lost nothing. */
export function regaining(store: Store, channels: readonly ChannelState[], own: string): Regained[] | null {
  const kept = read(store)
  if (kept === null) return null
  return channels.map((one) => {
    const alone = one.devices.length > 0 && one.devices.every((device) => device === own)
    const asked = one.surplus.includes(own) || kept.asked.includes(one.id)
    return { channel: one.id, state: one.own_leaf ? "back" : alone ? "alone" : asked ? "asked" : "ahead" }
  })
}

/** Drop the key packages whose private parts were lost, and stock anew. */
export async function regainStock({ follower, stock }: Channels): Promise<void> {
  const kept = read(follower.store)
  if (kept === null || kept.stocked) return
  await stock.dropStock()
  await stock.refill(follower.nowMs())
  await write(follower.store, { ...kept, stocked: true })
}

/** Ask to be let in anew where the others still count a leaf that this store knows nothing of. */
export async function regain(channels: Channels, channel: string): Promise<void> {
  const { store, logs, own } = channels.follower
  const kept = read(store)
  const { membership: member, state, trouble } = logs.load(channel)
  // Who was removed since was let in as another: two stores of one device would put each other out for ever.
  if (kept === null || member === null || state !== null || trouble?.startsWith("removed") === true) return
  // Where commits are withheld, the fold knows no leaf: then once is enough.
  const blind = member.leaves.size === 0
  const others = [...member.leaves.values()].some((leaf) => leaf.uri !== own)
  const standing = others && member.leafOf(own) !== null && !member.rejoining.has(own)
  if (blind ? kept.asked.includes(channel) : !standing) return
  await channels.rejoin(channel)
  const now = read(store) ?? kept
  await write(store, { ...now, asked: [...new Set([...now.asked, channel])] })
}

/** Note the end of it: this device is in every channel again, or was never in. */
export async function regained({ follower }: Channels, listed: readonly string[]): Promise<void> {
  const { store, logs, own } = follower
  const kept = read(store)
  if (kept === null) return
  const out = listed.some((channel) => {
    const { membership: member, state } = logs.load(channel)
    return state === null && (member === null || member.leafOf(own) !== null || kept.asked.includes(channel))
  })
  if (!out) await store.transaction((batch) => store.dropFact(batch, FACT))
}

function read(store: Store): Regain | null {
  const fact = store.fact(FACT)
  return fact === null ? null : (JSON.parse(fromUtf8(fact)) as Regain)
}

async function write(store: Store, kept: Regain): Promise<void> {
  await store.transaction((batch) => store.setFact(batch, FACT, utf8(JSON.stringify(kept))))
}
