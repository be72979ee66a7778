/** What an empty page may say: "nothing" only once it is known; before, why not. */
import type { SyncState } from "../api"

export type Knowing = "catching_up" | "joining" | "offline" | "known"

/**
 * Say how much is known.
 *
 * Takes  inside: what stands in the channels is meant, so that those that have not let this device in matter
 */
export function knowing(sync: SyncState | undefined, inside: boolean): Knowing {
  if (sync === undefined) return "catching_up"
  if (["offline", "refused", "stopped"].includes(sync.connection)) return "offline"
  if (!sync.caught_up || sync.connection === "connecting") return "catching_up"
  return inside && sync.joining !== undefined ? "joining" : "known"
}
