/** The service worker: shows the build that was checked, and nothing else as a page or a script of this origin. */
import { Refused } from "../wire/refused"
import { OTHER_PAGE } from "./headers"
import { kept } from "./kept"
import type { FromServiceWorker, ReleaseState, ToServiceWorker } from "./messages"
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
interface Window {
  readonly id: string
  postMessage(message: FromServiceWorker): void
}
interface Scope {
  readonly location: Location
  readonly clients: { claim(): Promise<void>; matchAll(of: { type: "window"; includeUncontrolled: true }): Promise<Window[]> }
  addEventListener(name: "install" | "activate", hear: (event: Waiting) => void): void
  addEventListener(name: "fetch", hear: (event: Asked) => void): void
  addEventListener(name: "message", hear: (event: Waiting & { readonly data: ToServiceWorker }) => void): void
}
const scope = self as unknown as Scope

// What is asked of the server each time, and never kept.
const API = /^\/(v1\/|docs\/|goodbye$|healthz$|readyz$)/
const CHECK_EVERY_MS = 60_000
let checked_ms = 0
let checking: Promise<void> | null = null

scope.addEventListener("install", (event) => event.waitUntil(check()))
scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()))

scope.addEventListener("fetch", (event) => {
  const { request } = event
  const url = new URL(request.url)
  if (request.method !== "GET" || url.origin !== scope.location.origin) return
  if (request.mode === "navigate") {
    event.respondWith(page(event, url))
    if (Date.now() - checked_ms > CHECK_EVERY_MS) event.waitUntil(lookAndTell())
  } else if (!API.test(url.pathname)) event.respondWith(file(url.pathname.slice(1) || "index.html", request))
})

scope.addEventListener("message", (event) => {
  if (event.data.release === "check") event.waitUntil(lookAndTell())
  else if (event.data.release === "apply") event.waitUntil(apply().then((changed) => (changed ? tell({ reload: true }) : undefined)))
})

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

function lookAndTell(): Promise<void> {
  checking ??= look().finally(() => {
    checking = null
  })
  return checking
}

async function look(): Promise<void> {
  try {
    await tellState(await check())
    checked_ms = Date.now()
  } catch (fault) {
    // Without a network nothing is known and nothing is told.
    if (fault instanceof Refused) await tellState(refused(fault))
  }
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
