import "fake-indexeddb/auto"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { PratiqueError, Unreachable } from "../../src/client/errors"
import { Shelf, Store } from "../../src/client/store"
import { ASKS_AFTER_MS, Intents } from "../../src/worker/intents"

const NAME = "pratique-intents"
const PASSKEY = { by: "passkey", credential: "c", salt: "s", prf: new Uint8Array(32).fill(5) } as const
let store: Store
let shelf: Shelf
let intents: Intents
let nowMs = 0
let done: unknown[] = []
let doing: (given: unknown) => Promise<unknown>

beforeEach(async () => {
  store = await Store.create(NAME, PASSKEY)
  nowMs = Date.parse("2026-11-22T08:00:00Z")
  done = []
  doing = (given) => Promise.resolve(done.push(given))
  shelf = new Shelf(store)
  intents = begun()
})
afterEach(async () => {
  await store.close()
  await Store.wipe(NAME)
})

const begun = (): Intents => new Intents(shelf, () => nowMs, () => Promise.resolve(), (_name, given) => doing(given))

/** Ask for an act while no server answers. */
async function keep(given: string): Promise<void> {
  const failed = await intents.attempt("report", given, () => Promise.reject(new Unreachable("https://x.example", "no network"))).catch((one: unknown) => one)
  expect((failed as PratiqueError).code).toBe("kept")
  nowMs += 1
}
const ids = (): string[] => intents.waiting().map((one) => one.id)

describe("acts that wait", () => {
  it("go out in the order in which they were asked for", async () => {
    for (const given of ["first", "second"]) await keep(given)
    expect(await intents.flush()).toEqual([])
    expect([done, ids()]).toEqual([["first", "second"], []])
  })

  it.each([
    ["of one millisecond", 0],
    ["of a clock that was put back", -3_600_000],
  ])("keep that order where they are %s", async (_what, by) => {
    const asked = ["a", "b", "c", "d", "e", "f", "g", "h"]
    await Promise.all(asked.slice(0, 4).map(keep))
    // What was kept before this page was opened stands before what is kept now.
    nowMs += by
    intents = begun()
    for (const given of asked.slice(4)) {
      await keep(given)
      nowMs += by - 1
    }
    await intents.flush()
    expect(done).toEqual(asked)
  })

  it.each([
    ["waited too long", ASKS_AFTER_MS + 10],
    ["are of a time that has not come", -ASKS_AFTER_MS - 10],
  ])("ask where they %s, and hold up no other", async (_what, by) => {
    await keep("old")
    nowMs += by
    await keep("new")
    const asks = new Map(intents.waiting().map((one) => [one.intent.given, one.asks]))
    expect(asks).toEqual(new Map([["old", true], ["new", false]]))
    await intents.flush()
    expect(done).toEqual(["new"])
    await intents.allow(ids()[0]!)
    expect(intents.waiting()[0]?.asks).toBe(false)
    await intents.flush()
    expect([done, ids()]).toEqual([["new", "old"], []])
  })

  it("go on by themselves, and stay, where a part of them is on its way", async () => {
    const cut = Object.assign(new Unreachable("https://x.example", "in the middle"), { act: "a1" })
    const failed = intents.attempt("report", "begun", () => Promise.reject(cut))
    await expect(failed).rejects.toMatchObject({ code: "kept" })
    await expect(intents.discard(ids()[0]!)).rejects.toMatchObject({ code: "on_its_way" })
    nowMs += ASKS_AFTER_MS + 10
    await intents.flush()
    expect([done, ids()]).toEqual([["begun"], []])
  })

  it("are gone once they are discarded, even while another is on its way", async () => {
    for (const given of ["first", "second", "third"]) await keep(given)
    const [, second, third] = ids()
    await intents.discard(third!)
    doing = async (given) => {
      done.push(given)
      await intents.discard(second!)
    }
    await intents.flush()
    expect([done, ids()]).toEqual([["first"], []])
    for (const name of ["discard", "allow"] as const) {
      await expect(intents[name](second!)).rejects.toMatchObject({ code: "not_waiting_here" })
    }
    expect(ids()).toEqual([])
  })
})
