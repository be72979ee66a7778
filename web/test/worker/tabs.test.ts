import { afterEach, describe, expect, it } from "vitest"
import type { Answer, Ask } from "../../src/worker/messages"
import { type LockHolder, Tabs } from "../../src/worker/tabs"

/** The browser's locks, as far as tabs use them: one at a time, in turn. */
class Locks implements LockHolder {
  #held = Promise.resolve()
  #busy = false

  async request(
    _name: string,
    options: { ifAvailable?: boolean },
    held: (lock: unknown) => Promise<void>,
  ): Promise<void> {
    if (options.ifAvailable && this.#busy) return held(null)
    const turn = this.#held.then(async () => {
      this.#busy = true
      await held({})
      this.#busy = false
    })
    this.#busy = true
    this.#held = turn
    return turn
  }
}

interface Side {
  readonly tabs: Tabs
  readonly served: Ask[]
  readonly owned: (CryptoKey | null)[]
  readonly changes: string[][]
  key: CryptoKey | null
  ended: number
  /** It answers nothing more. */
  stuck: boolean
}

let opened: Side[] = []
let number = 0

function scene(locks = new Locks()): () => Side {
  const channel = `tabs ${(number += 1)}`
  return () => {
    const served: Ask[] = []
    const owned: (CryptoKey | null)[] = []
    const changes: string[][] = []
    const name = opened.length
    const ownership = {
      serve: (ask: Ask): Promise<Answer> => {
        served.push(ask)
        if (ask.name === "doctor" || side.stuck) return new Promise(() => undefined)
        return Promise.resolve({ good: true, answer: ask.name === "session" ? { state: "open", owner: true } : name })
      },
      own: (key: CryptoKey | null): Promise<void> => {
        owned.push(key)
        side.key = key ?? side.key
        return Promise.resolve()
      },
      key: () => side.key,
      changed: (topics: string[]) => void changes.push(topics),
      active: () => undefined,
      ended: () => void (side.ended += 1),
    }
    const tabs = new Tabs(ownership, locks, channel)
    const side: Side = { tabs, served, owned, changes, key: null, ended: 0, stuck: false }
    opened.push(side)
    return side
  }
}

afterEach(() => {
  for (const one of opened) one.tabs.close()
  opened = []
})

const ACT: Ask = { kind: "act", name: "sync_now", given: undefined }
const asked = (name: "today" | "session" | "doctor"): Ask => ({ kind: "query", name, given: undefined })

describe("several tabs", () => {
  it("have one owner; the others ask it and hear what changed", async () => {
    const open = scene()
    const [first, second] = [open(), open()]
    expect(await first.tabs.ask(asked("today"))).toEqual({ good: true, answer: 0 })
    expect(await second.tabs.ask(asked("today"))).toEqual({ good: true, answer: 0 })
    expect([first.tabs.owner, second.tabs.owner, second.served.length]).toEqual([true, false, 0])
    expect(await second.tabs.ask(asked("session"))).toEqual({ good: true, answer: { state: "open", owner: false } })
    first.tabs.changed(["board"])
    await expect.poll(() => second.changes).toEqual([["board"]])
    expect(first.changes).toContainEqual(["board"])
  })

  it("are all told when everything was locked", async () => {
    const open = scene()
    const [first, second, third] = [open(), open(), open()]
    for (const one of [first, second, third]) await one.tabs.ask(asked("today"))
    first.tabs.ended()
    await expect.poll(() => [first.ended, second.ended, third.ended]).toEqual([1, 1, 1])
  })

  it("hand the store's key on when the owner's tab closes, and answer what was asked meanwhile", async () => {
    const open = scene()
    const first = open()
    await first.tabs.ask(asked("today"))
    first.key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])
    const second = open()
    await second.tabs.ask(asked("today"))
    const waiting = second.tabs.ask(asked("doctor"))
    const act = second.tabs.ask(ACT)
    expect(await act).toEqual({ good: true, answer: 0 })
    const interrupted = second.tabs.ask({ kind: "act", name: "doctor" as "lock", given: undefined })
    await expect.poll(() => first.served.length).toBe(5)
    first.tabs.close()
    await expect.poll(() => second.tabs.owner).toBe(true)
    expect(second.owned).toHaveLength(1)
    // The new owner can use it, and nobody can read it out.
    const key = second.owned[0]!
    expect(key.extractable).toBe(false)
    const iv = new Uint8Array(12)
    const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv }, first.key, new Uint8Array([1]))
    expect([...new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, sealed))]).toEqual([1])
    expect(await interrupted).toMatchObject({ good: false, failure: { code: "interrupted" } })
    expect(second.served.map((ask) => ask.name)).toEqual(["doctor"])
    expect(await second.tabs.ask(asked("today"))).toEqual({ good: true, answer: 1 })
    void waiting
  })

  it("let an act wait for an owner that lives: a reloaded page leaves its lock behind for a moment", async () => {
    const locks = new Locks()
    let gone = (): void => undefined
    void locks.request("", {}, () => new Promise<void>((done) => (gone = done)))
    const open = scene(locks)
    const one = open()
    const [act, query] = [one.tabs.ask(ACT), one.tabs.ask(asked("today"))]
    await expect.poll(() => one.tabs.owner).toBe(false)
    gone()
    expect([await act, await query]).toEqual([{ good: true, answer: 0 }, { good: true, answer: 0 }])
  })

  it("ask the next owner what the one before left unanswered, and say which act was interrupted", async () => {
    const open = scene()
    const first = open()
    await first.tabs.ask(asked("today"))
    const second = open()
    await second.tabs.ask(asked("today"))
    const third = open()
    await third.tabs.ask(asked("today"))
    first.stuck = true
    const query = third.tabs.ask(asked("today"))
    const act = third.tabs.ask(ACT)
    await expect.poll(() => first.served.length).toBe(5)
    first.tabs.close()
    expect(await act).toMatchObject({ good: false, failure: { code: "interrupted" } })
    expect(await query).toEqual({ good: true, answer: 1 })
  })

  it("forget the key when the owner locks", async () => {
    const open = scene()
    const first = open()
    await first.tabs.ask(asked("today"))
    first.key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"])
    const second = open()
    await second.tabs.ask(asked("today"))
    first.key = null
    first.tabs.share(null)
    await second.tabs.ask(asked("today"))
    first.tabs.close()
    await expect.poll(() => second.owned).toEqual([null])
  })
})
