/** Tell the server how this device is told while it is away, and the service worker how to say it. */
import type { Preferences, Queries } from "../api"
import { PratiqueError, Unreachable } from "../client/errors"
import { keepRecord } from "../sw/notices"
import { fromBase64Url } from "../wire/bytes"
import { text } from "../client/http"
import type { Here } from "./here"

/** The shelf's name for what the browser's push service gave. */
const PLACE = "push"
const PATH = "/v1/push-subscriptions"
const GOODBYE_MS = 3_000
interface Kept {
  readonly endpoint: string
  readonly p256dh: string
  readonly auth: string
}

/** Ask the server how it can tell this browser. */
export async function offered({ device }: Here): Promise<Queries["push_offer"][1]> {
  const answer = await device.account.call("GET", "/v1/push-key")
  const told = answer.json() as { key: unknown; mail: unknown }
  return { key: told.key === null ? null : text(answer.get("key", "bytes")), mail: told.mail === true }
}

/** Be told by push from now on, or no more; said again at every start, for the server may have forgotten. */
export async function subscribe(here: Here, subscription: unknown, after: Preferences): Promise<void> {
  const push = subscription === null ? null : readSubscription(subscription)
  await tell(here, push, after)
  await here.device.shelf.put(PLACE, push)
  await keepWishes(here, after)
}

/** Hand on what changed in the preferences, where somebody else goes by it. */
export async function changed(here: Here, before: Preferences, after: Preferences): Promise<void> {
  const differs = (name: keyof Preferences): boolean => JSON.stringify(before[name]) !== JSON.stringify(after[name])
  const mail = differs("mail")
  const wishes = (before.push || before.mail !== null) && (differs("notify") || differs("language"))
  if (mail || wishes) {
    try {
      await tell(here, here.device.shelf.get(PLACE) as Kept | null, after)
    } catch (failed) {
      // Offline, wishes are said at the next start; a mail is not switched on by hoping.
      if (mail || !(failed instanceof Unreachable)) throw failed
    }
  }
  if (differs("quiet") || differs("notify") || differs("language")) await keepWishes(here, after)
}

/** Let the server forget how to tell this device, as far as it can be reached just now. */
export async function unsubscribe(here: Here): Promise<void> {
  const { device } = here
  if (device.shelf.get(PLACE) === null && (device.shelf.get("preferences") as Partial<Preferences> | null)?.mail == null) return
  const said = device.account.call("DELETE", PATH).catch(() => undefined)
  await Promise.race([said, new Promise((late) => setTimeout(late, GOODBYE_MS))])
}

/** Leave the service worker the language, the quiet hours and the least urgencies, by the operations' codes. */
export async function keepWishes(here: Here, { language, quiet, notify }: Preferences): Promise<void> {
  const codes = new Map(here.desks.operations().map(({ id, terms }) => [id, terms.code]))
  const least = Object.fromEntries(notify.flatMap((rule) => (codes.has(rule.operation) ? [[codes.get(rule.operation)!, rule.least]] : [])))
  await keepRecord({ language, quiet, least })
}

async function tell(here: Here, push: Kept | null, { mail, language, notify }: Preferences): Promise<void> {
  const { account } = here.device
  if (push === null && mail === null) {
    await account.call("DELETE", PATH, null, { repeat: true })
    return
  }
  const least = Object.fromEntries(notify.map((rule) => [rule.operation, rule.least]))
  await account.call("POST", PATH, { push, mail: mail === null ? null : { ...mail, language }, least }, { repeat: true })
}

/** Read what `PushSubscription.toJSON()` gives; its keys are base64url, the server's base64. */
function readSubscription(given: unknown): Kept {
  const { endpoint, keys } = (given ?? {}) as { endpoint?: unknown; keys?: { p256dh?: unknown; auth?: unknown } }
  const { p256dh, auth } = keys ?? {}
  if (typeof endpoint !== "string" || typeof p256dh !== "string" || typeof auth !== "string")
    throw new PratiqueError("wrong_subscription", "the browser gave a push subscription without an address or keys")
  return { endpoint, p256dh: text(fromBase64Url(p256dh)), auth: text(fromBase64Url(auth)) }
}
