/** Forms that are kept on this browser while they are sent: whatever is interrupted, what was sent is not offered again. */
import type { Announcement } from "../contents/prenotification"
import { digestOf } from "../desk/versions"
import { isObject } from "../templates/paths"
import type { Here } from "./here"

const nameOf = (key: string): string => `draft ${key}`

/** Send what is kept under a key; it is gone once it is sent. */
export async function sending<T>(here: Here, key: string | undefined, announcement: Announcement, send: () => Promise<T>): Promise<T> {
  if (key === undefined) return send()
  const { shelf } = here.device
  const digest = digestOf(announcement)
  const kept = shelf.get(nameOf(key))
  if (isObject(kept)) await shelf.put(nameOf(key), { ...kept, sending: digest })
  const sent = await send()
  const now = shelf.get(nameOf(key))
  if (isObject(now) && now.sending === digest) await shelf.put(nameOf(key), null)
  return sent
}

/** Give what is kept under a key, unless it was sent before this browser could put it away. */
export async function unsent(here: Here, key: string): Promise<unknown> {
  const { shelf } = here.device
  const kept = shelf.get(nameOf(key))
  if (!isObject(kept) || typeof kept.sending !== "string") return kept
  const sent = (): boolean =>
    here.desks.all().some((desk) => [...desk.drafts.by_id.values()].some((one) => one.reference !== null && one.digest === kept.sending))
  // It may have been sent without this browser having heard of it.
  if (!sent()) await here.syncNow().catch(() => undefined)
  if (!sent()) return kept
  await shelf.put(nameOf(key), null)
  return null
}
