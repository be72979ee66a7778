/** Why a channel is stopped, as the last part of the keys `channels.stopped_…`. */
import { has } from "../i18n/i18n.svelte"

/** Give the code of a channel's trouble; `other` where there are no words for it. */
export function stoppedBy(trouble: string): string {
  if (trouble.startsWith("removed: this device was let in anew")) return "moved"
  const code = /^([a-z_]+):/.exec(trouble)?.[1] ?? ""
  if (code === "no_welcome") return "cannot_join"
  return has(`channels.stopped_${code}`) ? code : "other"
}
