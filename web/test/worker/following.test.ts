/** What waited offline goes out only after it was read what others said meanwhile. */
import "fake-indexeddb/auto"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { Problem, StoreRefused, Unreachable } from "../../src/client/errors"
import { emptyReport } from "../../src/client/opened"
import { Shelf, Store } from "../../src/client/store"
import { StreamEnded } from "../../src/client/stream"
import type { Connection } from "../../src/client/watching"
import { Following } from "../../src/worker/following"
import type { Here } from "../../src/worker/here"
import { Intents } from "../../src/worker/intents"

const NAME = "pratique-following"
const PASSKEY = { by: "passkey", credential: "c", salt: "s", prf: new Uint8Array(32).fill(5) } as const
const LOST = new Unreachable("https://x.example", "no network")
let store: Store
let outbox: Intents
let following: Following
/** What happened, in order. */
let seen: string[] = []
/** How the server was followed, each time the pages were told. */
let connections: string[] = []
/** How each catch-up goes, once it is under way. */
let reading: () => Promise<boolean>
let told: (connection: Connection) => void
let watched: Promise<void>
let asked: () => void
/** Ends the watch as the server or the store does. */
let fails: (failed: Error) => void
/** How the server answers whoever comes back. */
let refusal: Error | null
let here: Here

beforeEach(async () => {
  store = await Store.create(NAME, PASSKEY)
  seen = []
  reading = () => Promise.resolve(true)
  const shelf = new Shelf(store)
  outbox = new Intents(shelf, Date.now, () => Promise.resolve(), (_name, given) => {
    seen.push(`sent ${String(given)}`)
    return Promise.resolve()
  })
  watched = new Promise((begins) => (asked = begins))
  const device = {
    shelf,
    operations: () => Promise.resolve([]),
    async sync() {
      const whole = await reading()
      seen.push(whole ? "read" : "cut off")
      return { ...emptyReport(), cut: !whole }
    },
    async *watch(how: { signal: AbortSignal; told: (connection: Connection) => void }) {
      told = how.told
      if (refusal !== null) throw refusal
      told("live")
      asked()
      await new Promise((end, fail) => {
        fails = fail
        how.signal.addEventListener("abort", end)
      })
    },
  }
  refusal = null
  here = {
    device,
    outbox,
    desks: { knowAll: () => false, refresh: () => undefined },
    approvals: { look: () => Promise.resolve() },
    rooms: { retitle: () => Promise.resolve() },
    live: { connection: "connecting", synced_ms: null, problems: [], reading: null, refused: null },
    nowMs: Date.now,
    changed: () => connections.push(here.live.connection),
  } as unknown as Here
  following = new Following(here)
  void following.run()
  await watched
  seen = []
})
afterEach(async () => {
  following.stop()
  await store.close()
  await Store.wipe(NAME)
})

const keep = (given: string): Promise<unknown> => outbox.attempt("report", given, () => Promise.reject(LOST)).catch(() => null)
const gone = (): Promise<void> => expect.poll(() => outbox.waiting(), { timeout: 5_000 }).toEqual([])

describe("what waited offline", () => {
  it("goes out after what was said meanwhile is read", async () => {
    told("offline")
    await keep("a")
    const ends: ((whole: boolean) => void)[] = []
    reading = () => new Promise((end) => ends.push(end))
    told("connecting")
    told("live")
    await expect.poll(() => ends.length).toBe(1)
    expect(seen).toEqual([])
    ends[0]!(true)
    await gone()
    expect(seen).toEqual(["read", "sent a"])
  })

  it("does not go out by what was read before the gap, nor by half of it", async () => {
    const ends: ((whole: boolean) => void)[] = []
    reading = () => new Promise((end) => ends.push(end))
    const early = following.sync()
    await expect.poll(() => ends.length).toBe(1)
    told("offline")
    await keep("a")
    told("live")
    ends[0]!(true)
    await early
    expect(seen).toEqual(["read"])
    await expect.poll(() => ends.length).toBe(2)
    ends[1]!(false)
    await expect.poll(() => ends.length, { timeout: 5_000 }).toBe(3)
    expect(seen).toEqual(["read", "cut off"])
    ends[2]!(true)
    await gone()
    expect(seen).toEqual(["read", "cut off", "read", "sent a"])
  })

  it("waits where the server is lost again before its turn", async () => {
    told("offline")
    for (const given of ["a", "b"]) await keep(given)
    const flushed = outbox.flush(() => seen.length === 0)
    await flushed
    expect(seen).toEqual(["sent a"])
    expect(outbox.waiting().map((one) => one.intent.given)).toEqual(["b"])
  })
})

describe("whoever is followed no more", () => {
  const revoked = new Problem("sign_in_refused", 401, "the sign-in was refused", "fix")
  const expired = new Problem("certificate_expired", 403, "the device's certificate has ended", "fix")
  const full = new StoreRefused("store_full", "this browser has no room left for the store", "free space")
  it.each([
    ["is shut out at once where the device was revoked", new StreamEnded(4403, ""), revoked, "refused", "device_revoked"],
    ["is shut out where the certificate has ended", expired, expired, "refused", "certificate_expired"],
    ["has stopped where the disk is full", full, full, "stopped", "store_full"],
    ["has stopped where a log is gone", new StreamEnded(4404, ""), null, "stopped", "stream_ended"],
  ])("%s", async (_what, first, then, connection, code) => {
    connections = []
    refusal = then
    fails(first)
    await expect.poll(() => here.live.refused).toBe(code)
    expect([...new Set(connections)]).toEqual([connection])
  })
})
