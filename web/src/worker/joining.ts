/** How far this device is let in, and when it last knew all: what an empty page has to say before it says "nothing". */
import type { ChannelState } from "../client/opened"
import type { Shelf } from "../client/store"

const SYNCED = "synced"

/** Give in how many channels this device is, or null where none will let it in that has not yet. */
export function joining(states: readonly ChannelState[], own: string): { done: number; of: number } | null {
  // Where nobody else holds a leaf, nobody comes: that is the channel's own trouble and no wait.
  const waits = ({ trouble, devices }: ChannelState): boolean =>
    /^(waiting|rejoining):/.test(trouble ?? "") && !(devices.length > 0 && devices.every((one) => one === own))
  const waiting = states.filter(waits).length
  return waiting === 0 ? null : { done: states.filter((one) => one.own_leaf).length, of: states.length }
}

/** Give when this browser last knew all that the server had, before it was locked. */
export function syncedMs(shelf: Shelf): number | null {
  const kept = shelf.get(SYNCED)
  return typeof kept === "number" ? kept : null
}

export async function keepSynced(shelf: Shelf, atMs: number): Promise<void> {
  await shelf.put(SYNCED, atMs)
}
