/** The service worker: shows the build that was checked, and nothing else as a page or a script of this origin. */
import { Refused } from "../wire/refused"
import { OTHER_PAGE } from "./headers"
import { kept } from "./kept"
import type { FromServiceWorker, ReleaseState, ToServiceWorker } from "./messages"
import { keptRecord, noticeOf, readPushed } from "./notices"
import { apply, check, find } from "./releases"

// The types of a worker's scope and those of a page cannot stand in one project; these are the few that are used.
interface Waiting extends Event {
  waitUntil(done: Promise<unknown>): void
}
interface Asked extends Waiting {
  readonly request: Request
  readonly resultingClientId: string
  respondWith(answer: Promise<Response>): void
}
interface Told extends Waiting {
  readonly data: ToServiceWorker
  /** Where whoever asks wants the answer too. */
  readonly ports: readonly MessagePort[]
}
interface Pushed extends Waiting {
  readonly data: { text(): string } | null
}
interface Clicked extends Waiting {
  readonly notification: Notification
}
interface Window {
  readonly id: string
  focus(): Promise<unknown>
  postMessage(message: FromServiceWorker): void
}
interface Scope {
  readonly location: Location
  readonly registration: Pick<ServiceWorkerRegistration, "showNotification">
  readonly navigator: { setAppBadge?: () => Promise<void> }
  readonly clients: {
    claim(): Promise<void>
    matchAll(of: { type: "window"; includeUncontrolled: true }): Promise<Window[]>
    openWindow(url: string): Promise<unknown>
  }
  addEventListener(name: "install" | "activate", hear: (event: Waiting) => void): void
  addEventListener(name: "fetch", hear: (event: Asked) => void): void
  addEventListener(name: "message", hear: (event: Told) => void): void
  addEventListener(name: "push", hear: (event: Pushed) => void): void
  addEventListener(name: "notificationclick", hear: (event: Clicked) => void): void
}
const scope = self as unknown as Scope

// What is asked of the server each time, and never kept.
const API = /^\/(v1\/|docs\/|goodbye$|healthz$|readyz$)/
// What would run: of the build and from nowhere else, not even where the API is.
const RUNS: ReadonlySet<string> = new Set(["script", "worker", "sharedworker", "audioworklet", "paintworklet", "xslt", "object", "embed"])
const CHECK_EVERY_MS = 60_000
let checked_ms = 0
let checking: Promise<unknown> = Promise.resolve()

scope.addEventListener("install", (event) => event.waitUntil(check()))
scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()))

scope.addEventListener("fetch", (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== "GET" || url.origin !== scope.location.origin) return
  if (request.mode === "navigate") {
    event.respondWith(page(event, url))
    if (Date.now() - checked_ms > CHECK_EVERY_MS) event.waitUntil(lookAndTell())
  } else if (RUNS.has(request.destination) || !API.test(url.pathname)) event.respondWith(file(url.pathname.slice(1) || "index.html", request))
})

scope.addEventListener("message", (event) => {
  const { data, ports } = event
  if (data.release === "check") event.waitUntil(lookAndTell().then((state) => ports[0]?.postMessage(state)))
  else if (data.release === "apply") event.waitUntil(begin())
})

scope.addEventListener("push", (event) => event.waitUntil(show(event.data?.text() ?? "")))
scope.addEventListener("notificationclick", (event) => {
  event.notification.close()
  event.waitUntil(openToday())
})

/** Show a push; the browser has opened it, and whoever reads the screen learns no more than that something waits. */
async function show(text: string): Promise<void> {
  const { title, options } = noticeOf(readPushed(text), await keptRecord().catch(() => null), new Date())
  await scope.registration.showNotification(title, options)
  await scope.navigator.setAppBadge?.().catch(() => undefined)
}

async function openToday(): Promise<void> {
  const [open] = await windows()
  if (open === undefined) await scope.clients.openWindow("/#/today")
  else {
    open.postMessage({ today: true })
    await open.focus()
  }
}

/** A page of the build; what else this origin shows may be looked at, but runs nothing. */
async function page(event: Asked, url: URL): Promise<Response> {
  if (url.pathname === "/") {
    const others = (await windows()).filter((one) => one.id !== event.resultingClientId)
    if (others.length === 0) await apply()
    return await file("index.html", event.request)
  }
  const shown = await fetch(event.request)
  if ((await kept()) === null || shown.type === "opaqueredirect") return shown
  const headers = new Headers(shown.headers)
  headers.set("Content-Security-Policy", OTHER_PAGE)
  return new Response(shown.body, { status: shown.status, statusText: shown.statusText, headers })
}

/** The page itself, a script, style, font or picture: one of the build's, or none. */
async function file(path: string, request: Request): Promise<Response> {
  try {
    const found = await find(path)
    if (found !== null) return found
    return (await kept()) === null ? await fetch(request) : Response.error()
  } catch (fault) {
    if (!(fault instanceof Refused)) throw fault
    await tellState(refused(fault))
    return Response.error()
  }
}

/** Run the build that waits: every page begins anew. */
async function begin(): Promise<void> {
  if (await apply()) await tell({ reload: true })
}

/** Look once more, after whatever look is under way, and tell every page. */
function lookAndTell(): Promise<ReleaseState> {
  const looked = checking.then(look, look)
  checking = looked
  return looked
}

async function look(): Promise<ReleaseState> {
  let state: ReleaseState
  try {
    state = await check()
    checked_ms = Date.now()
  } catch (fault) {
    // Without a network nothing is known.
    if (!(fault instanceof Refused)) return { state: "unknown" }
    state = refused(fault)
  }
  await tellState(state)
  return state
}

function refused(fault: Refused): ReleaseState {
  return { state: "refused", code: fault.code, detail: fault.detail }
}

function tellState(release: ReleaseState): Promise<void> {
  return tell({ release })
}

async function tell(message: FromServiceWorker): Promise<void> {
  for (const one of await windows()) one.postMessage(message)
}

function windows(): Promise<Window[]> {
  return scope.clients.matchAll({ type: "window", includeUncontrolled: true })
}
