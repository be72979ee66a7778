import "fake-indexeddb/auto"
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { Acts } from "../../src/api"
import { Store } from "../../src/client/store"
import { fromBase64, utf8 } from "../../src/wire/bytes"
import type { Ask } from "../../src/worker/messages"
import { Keeper } from "../../src/worker/session"
import { load } from "../wire/vectors"

const NAME = "pratique-session"
const PASSKEY = { by: "passkey", credential: "c", salt: "s", prf: new Uint8Array(32).fill(5) } as const
const MINUTE_MS = 60_000
const { root } = load<{ readonly root: string }>("party_lists")
let keeper: Keeper

/** Make the store of a device that waits for its approval. */
beforeEach(async () => {
  const store = await Store.create(NAME, PASSKEY)
  await store.transaction((batch) => {
    store.setSecret(batch, "device key", new Uint8Array(32).fill(7))
    const facts = { root: fromBase64(root), uri: utf8("pratique://ke.stop.example/ncp/officer/aaaa"), invitation: new Uint8Array(32) }
    for (const [name, value] of Object.entries(facts)) store.setFact(batch, name, value)
  })
  await store.close()
  const around = { url: "http://127.0.0.1:1", database: NAME, bundle: () => Promise.reject(new Error("no engine")) }
  const nothing = (): void => undefined
  keeper = new Keeper({ around, changed: nothing, share: nothing, ended: nothing })
})

afterEach(async () => {
  vi.useRealTimers()
  await act("lock", undefined)
  await Store.wipe(NAME)
})

const act = <N extends keyof Acts>(name: N, given: Acts[N][0]): Promise<unknown> => keeper.serve({ kind: "act", name, given })
const codeOf = (answer: unknown): string => (answer as { failure?: { code: string } }).failure?.code ?? "ok"
async function state(): Promise<string> {
  const asked: Ask = { kind: "query", name: "session", given: undefined }
  const answer = await keeper.serve(asked)
  if (!answer.good) throw new Error(answer.failure.detail)
  return (answer.answer as { state: string }).state
}

/** Only the clock jumps: timers stand still, as while a machine sleeps. */
async function jump(ms: number): Promise<void> {
  vi.useFakeTimers({ toFake: ["Date"] })
  expect(await act("unlock", PASSKEY)).toMatchObject({ good: true })
  expect(await state()).toBe("waiting")
  vi.setSystemTime(Date.now() + ms)
}

describe("the automatic lock", () => {
  it.each([
    ["slept longer than it waits", 16 * MINUTE_MS],
    ["was put back while it slept", -60 * MINUTE_MS],
  ])("locks before it answers where the clock %s", async (_what, ms) => {
    await jump(ms)
    expect(await state()).toBe("locked")
    expect(keeper.key).toBeNull()
  })

  it.each([
    ["by a nap", 4 * MINUTE_MS],
    ["by a correction", -5_000],
  ])("stays open where the clock moved %s only", async (_what, ms) => {
    await jump(ms)
    expect(await state()).toBe("waiting")
  })

  it("is not put off by whoever wakes the machine", async () => {
    await jump(16 * MINUTE_MS)
    keeper.active()
    expect(keeper.key).toBeNull()
  })
})

describe("a passphrase that is chosen", () => {
  const short = { by: "passphrase", passphrase: "🦀🦀🦀🦀🦀🦀🦀🦀🦀" } as const
  it("is refused where it is short, whichever page asks", async () => {
    expect(codeOf(await act("unlock", PASSKEY))).toBe("ok")
    const given = { existing: PASSKEY, added: short }
    expect(codeOf(await act("add_unlocking", given))).toBe("short_passphrase")
    expect(codeOf(await act("recovery_file", { existing: PASSKEY, passphrase: "nine char" }))).toBe("short_passphrase")
    expect(codeOf(await act("enrol", { ticket: "", device: "a", unlock: short }))).toBe("short_passphrase")
    expect((await Store.look(NAME))?.unlock_by).toEqual(["passkey"])
  })
})
