/**
 * Takes builds: fetches what the server offers, checks every file and the root's signature, and only then keeps it.
 *
 *   release.json ─▶ signed by the pinned root? ─▶ each file of the SHA-256 named there ─▶ kept as next ─▶ current
 */
import { change, dropOthers, filesOf, kept, type Kept, pinned } from "./kept"
import { headersOf } from "./headers"
import { checkSigned, digestOf, type Manifest, readManifest, ReleaseRefused } from "./manifest"
import type { ReleaseState } from "./messages"

const MANIFEST = "release.json"
// The page that a person waits for comes first on a thin line.
const AT_ONCE = 2
const NONE = { number: 0, signed: null }

/** Looks at what the server offers and takes it if it may be taken; throws `Refused`, or `TypeError` without a network. */
export async function check(): Promise<ReleaseState> {
  const [offered, to, before] = await Promise.all([fetchFile(MANIFEST), pinned(), kept()])
  const build = await digestOf(offered)
  let { number, signed } = before ?? NONE
  if (to !== null && !(signed === build && before?.current === build)) {
    number = await checkSigned(await fetchStatement(), build, to, { number, signed })
    signed = build
  }
  if (build !== before?.current && build !== before?.next) await take(build, offered, before)
  // Meanwhile a page may have begun anew with the build that waited.
  const now = await change((one) => {
    if (one === null) return { current: build, next: null, previous: null, number, signed }
    return { ...one, next: one.current === build ? null : build, number, signed }
  })
  await dropOthers([now?.current ?? build, now?.next ?? null, now?.previous ?? null])
  return { state: now?.next === null ? "current" : "ready" }
}

/** Puts the build that waits in the place of the one that runs; says whether there was one. */
export async function apply(): Promise<boolean> {
  const to = await pinned()
  let replaced = false
  await change((one) => {
    if (one === null || one.next === null) return one
    // It waited since before this browser enrolled: nobody has vouched for it, so it is looked at anew.
    if (to !== null && one.next !== one.signed) return { ...one, next: null }
    replaced = true
    return { ...one, current: one.next, next: null, previous: one.current }
  })
  return replaced
}

/** Gives a file of the kept builds, the current one first; null where none has it. */
export async function find(path: string): Promise<Response | null> {
  const now = await kept()
  if (now === null) return null
  for (const build of [now.current, now.previous]) {
    if (build === null) continue
    const files = await filesOf(build)
    const found = await files.match(`/${path}`, { ignoreVary: true })
    if (found !== undefined) return found
    const digest = (await manifestOf(build))?.files[path]
    if (digest !== undefined) return await bring(files, path, digest) // the browser had dropped it
  }
  return null
}

async function take(build: string, offered: ArrayBuffer, before: Kept | null): Promise<void> {
  const { files } = readManifest(offered)
  const [into, old] = [await filesOf(build), before === null ? null : await filesOf(before.current)]
  const had = before === null ? {} : ((await manifestOf(before.current))?.files ?? {})
  const waiting = Object.entries(files)
  const one = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const [path, digest] = next
      const same = had[path] === digest ? await old?.match(`/${path}`) : undefined
      if (same !== undefined) await into.put(`/${path}`, same)
      else await bring(into, path, digest)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, one))
  await into.put(`/${MANIFEST}`, new Response(offered, { headers: headersOf(MANIFEST) }))
}

async function bring(into: Cache, path: string, digest: string): Promise<Response> {
  const data = await fetchFile(path)
  if ((await digestOf(data)) !== digest) throw new ReleaseRefused("wrong_file", `${path} is not the file that was signed`)
  const file = new Response(data, { headers: headersOf(path) })
  await into.put(`/${path}`, file.clone())
  return file
}

async function manifestOf(build: string): Promise<Manifest | null> {
  const found = await (await filesOf(build)).match(`/${MANIFEST}`)
  return found === undefined ? null : readManifest(await found.arrayBuffer())
}

async function fetchFile(path: string): Promise<ArrayBuffer> {
  // Files named by their hash may come from the browser's own cache, where the page has just put them.
  const cache = path.startsWith("assets/") ? "default" : "no-cache"
  const answer = await fetch(path === "index.html" ? "/" : `/${path}`, { cache, redirect: "error", priority: "low" })
  if (!answer.ok) throw new ReleaseRefused("wrong_file", `the server does not give ${path} (${answer.status})`)
  return await answer.arrayBuffer()
}

async function fetchStatement(): Promise<Uint8Array | null> {
  const answer = await fetch("/release.statement", { cache: "no-cache", redirect: "error" })
  return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null
}
