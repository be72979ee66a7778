/** The browser's own side of push: its permission, its subscription, and the notifications that are on the screen. */
import type { Client } from "../api"

/** unsupported: this browser has no push, or is not installed where the platform wants that. denied: it was forbidden. */
export type PushState = "unsupported" | "denied" | "possible"

export function pushState(): PushState {
  const held = globalThis as { PushManager?: unknown; Notification?: typeof Notification }
  if (!("serviceWorker" in navigator) || held.PushManager === undefined || held.Notification === undefined) return "unsupported"
  return held.Notification.permission === "denied" ? "denied" : "possible"
}

/** Ask the person, then the browser, then tell the server; false where the person said no. Call it from a click. */
export async function subscribe(client: Client): Promise<boolean> {
  if ((await Notification.requestPermission()) !== "granted") return false
  const { key } = await client.query("push_offer")
  if (key === null) return false
  const { pushManager } = await navigator.serviceWorker.ready
  await (await pushManager.getSubscription())?.unsubscribe()
  const subscription = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: base64Url(key) })
  await client.act("push_subscribe", { subscription: subscription.toJSON() })
  return true
}

export async function unsubscribe(client: Client): Promise<void> {
  await client.act("push_subscribe", { subscription: null })
  const registration = await navigator.serviceWorker.getRegistration()
  await (await registration?.pushManager.getSubscription())?.unsubscribe()
}

/**
 * Say at a start again what the browser's subscription is: push services replace and end them without telling a page.
 * A key of the server's that is another one by now needs another subscription.
 */
export async function refresh(client: Client): Promise<void> {
  if (pushState() !== "possible" || !(await client.query("preferences")).push) return
  const registration = await navigator.serviceWorker.getRegistration()
  if (registration === undefined || Notification.permission !== "granted") return
  const { key } = await client.query("push_offer")
  if (key === null) return
  let subscription = await registration.pushManager.getSubscription()
  if (subscription !== null && ownKey(subscription) !== base64Url(key)) {
    await subscription.unsubscribe()
    subscription = null
  }
  subscription ??= await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: base64Url(key) })
  await client.act("push_subscribe", { subscription: subscription.toJSON() })
}

/** Take away the notifications that are on the screen: whoever looks at the app has seen that something waits. */
export async function closeNotices(): Promise<void> {
  const registration = await navigator.serviceWorker?.getRegistration()
  for (const notice of (await registration?.getNotifications()) ?? []) notice.close()
}

function ownKey({ options }: PushSubscription): string {
  const key = options.applicationServerKey
  return key === null ? "" : base64Url(btoa(String.fromCharCode(...new Uint8Array(key))))
}

function base64Url(base64: string): string {
  return base64.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "")
}
