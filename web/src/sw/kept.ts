/** What of a release is kept between two starts of the service worker: in the Cache, which workers reach as well. */
import { NOTICE_CACHE } from "./notices"

/** Whom this browser enrolled with; from then on only builds signed by that root are taken. */
export interface Pin {
  readonly deployment: string
  /** The root's Ed25519 key, 64 hex. */
  readonly root_key: string
}

/** Which builds are kept, by the SHA-256 of their release.json. */
export interface Kept {
  readonly current: string
  /** Complete and checked, waiting for the pages to begin anew. */
  readonly next: string | null
  /** What pages that began earlier may still ask for. */
  readonly previous: string | null
  /** Of the signed release taken last; 0 while none was. */
  readonly number: number
  /** Which build that was. */
  readonly signed: string | null
}

export const PIN_CACHE = "pratique-pin"
const KEPT_CACHE = "pratique-release"
const FILES_CACHE = "pratique-files-"

/** Let this browser take only builds that this root has signed; said anew at every unlock, as roots may be replaced. */
export async function pin(to: Pin): Promise<void> {
  if (hasCaches()) await write(PIN_CACHE, to)
}

/**
 * Leave nothing of this origin in the browser, as at a logout: the server's answer clears what this worker cannot reach.
 * Offline only the pin and the wishes are deleted here; the kept build, which is nobody's, stays.
 */
export async function goodbye(): Promise<void> {
  if (!hasCaches()) return
  await caches.delete(PIN_CACHE)
  await caches.delete(NOTICE_CACHE)
  await fetch("/goodbye", { method: "POST" }).catch(() => undefined)
}

export async function pinned(): Promise<Pin | null> {
  return (await read(PIN_CACHE)) as Pin | null
}

export async function kept(): Promise<Kept | null> {
  return (await read(KEPT_CACHE)) as Kept | null
}

let changing: Promise<unknown> = Promise.resolve()

/** Change what is kept, one change after the other; gives what is kept then. */
export function change(how: (now: Kept | null) => Kept | null): Promise<Kept | null> {
  const changed = changing.then(async () => {
    const now = await kept()
    const then = how(now)
    if (then !== null && then !== now) await write(KEPT_CACHE, then)
    return then
  })
  changing = changed.catch(() => undefined)
  return changed
}

/** Give the cache of a build's files. */
export function filesOf(build: string): Promise<Cache> {
  return caches.open(FILES_CACHE + build)
}

/** Forget the files of every other build. */
export async function dropOthers(builds: readonly (string | null)[]): Promise<void> {
  const stay = new Set(builds.map((build) => FILES_CACHE + build))
  for (const name of await caches.keys()) if (name.startsWith(FILES_CACHE) && !stay.has(name)) await caches.delete(name)
}

/** Outside a secure context, and in Node, there is no Cache and no service worker either. */
function hasCaches(): boolean {
  return "caches" in globalThis
}

async function read(name: string): Promise<unknown> {
  const found = await (await caches.open(name)).match("/")
  return found === undefined ? null : await found.json()
}

async function write(name: string, value: unknown): Promise<void> {
  await (await caches.open(name)).put("/", new Response(JSON.stringify(value)))
}
