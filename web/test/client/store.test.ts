import "fake-indexeddb/auto"
import { afterEach, describe, expect, it } from "vitest"
import { StoreRefused } from "../../src/client/errors"
import type { Unlocking } from "../../src/client/keystore"
import { Keys, Logs, Lost, Outbox, postingOf, rowOf, Shelf, startOf, Store, Trust } from "../../src/client/store"
import { type Entry, Kind, Urgency } from "../../src/wire/entries"

const NAME = "pratique-test"
const PASSPHRASE: Unlocking = { by: "passphrase", passphrase: "seven quiet harbours" }
const PASSKEY: Unlocking = { by: "passkey", credential: "Y3JlZA", salt: "c2FsdA", prf: new Uint8Array(32).fill(9) }
const LOG = "ab".repeat(32)
const CANARY = "canary-3f1d8e"
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

let open: Store[] = []

async function made(unlocking: Unlocking = PASSKEY): Promise<Store> {
  const store = await Store.create(NAME, unlocking)
  open.push(store)
  return store
}

async function opened(unlocking: Unlocking = PASSKEY): Promise<Store> {
  const store = await Store.open(NAME, unlocking)
  open.push(store)
  return store
}

afterEach(async () => {
  for (const store of open) await store.close()
  open = []
  await Store.wipe(NAME)
})

async function refusal(doing: Promise<unknown>): Promise<string> {
  const failed = await doing.then(
    () => null,
    (error: unknown) => error,
  )
  expect(failed).toBeInstanceOf(StoreRefused)
  return (failed as StoreRefused).code
}

function entry(seq: number, more: Partial<Entry> = {}): Entry {
  const plain = { log: LOG, seq, kind: Kind.APPLICATION, device: "pratique://be.x.example/ncp/a/pc01", epoch: 1 }
  const rest = { post_id: "0".repeat(31) + seq, urgency: Urgency.ROUTINE, at_ms: seq, data: bytes(`sealed ${seq}`) }
  return { ...plain, ...rest, ...more }
}

/** Read every record of every object store, as somebody who copies the disk would. */
async function raw(change?: (store: IDBObjectStore, key: IDBValidKey, value: unknown) => void): Promise<string> {
  const base = await new Promise<IDBDatabase>((done, failed) => {
    const asked = indexedDB.open(NAME)
    asked.onsuccess = () => done(asked.result)
    asked.onerror = () => failed(asked.error ?? new Error("open"))
  })
  const parts: string[] = []
  const names = [...base.objectStoreNames]
  const tx = base.transaction(names, change ? "readwrite" : "readonly")
  const ended = new Promise<void>((done) => (tx.oncomplete = () => done()))
  for (const name of names) {
    const store = tx.objectStore(name)
    const asked = store.openCursor()
    asked.onsuccess = () => {
      const cursor = asked.result
      if (cursor === null) return
      parts.push(String(cursor.key), textOf(cursor.value))
      change?.(store, cursor.key, cursor.value)
      cursor.continue()
    }
  }
  await ended
  base.close()
  return parts.join("\n")
}

function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1")
  if (typeof value === "object" && value !== null) return Object.entries(value).flat().map(textOf).join(",")
  return String(value)
}

describe("unlocking", () => {
  it("gives everything back after it was closed", async () => {
    const store = await made()
    await store.transaction((batch) => {
      store.setSecret(batch, "device key", bytes("seed"))
      store.setFact(batch, "uri", bytes("who"))
    })
    await new Shelf(store).put("draft/1", { text: "half" })
    await store.close()
    const again = await opened()
    expect(again.secret("device key")).toEqual(bytes("seed"))
    expect(again.fact("uri")).toEqual(bytes("who"))
    expect(new Shelf(again).get("draft/1")).toEqual({ text: "half" })
  })

  it("refuses a wrong passphrase, a wrong passkey, and a way that was never set up", async () => {
    await (await made(PASSPHRASE)).close()
    expect(await refusal(Store.open(NAME, { by: "passphrase", passphrase: "seven quiet harbour" }))).toBe(
      "wrong_passphrase",
    )
    expect(await refusal(Store.open(NAME, PASSKEY))).toBe("store_locked")
    await Store.wipe(NAME)
    await (await made()).close()
    const other = { ...PASSKEY, prf: new Uint8Array(32).fill(8) }
    expect(await refusal(Store.open(NAME, other))).toBe("wrong_passkey")
  })

  it("takes a second way, given the first again", async () => {
    const store = await made(PASSPHRASE)
    await store.transaction((batch) => store.setFact(batch, "uri", bytes("who")))
    const wrong: Unlocking = { by: "passphrase", passphrase: "a guess" }
    expect(await refusal(store.addUnlocking(wrong, PASSKEY))).toBe("wrong_passphrase")
    expect(store.locked.unlock_by).toEqual(["passphrase"])
    await store.addUnlocking(PASSPHRASE, PASSKEY)
    await store.close()
    expect(await Store.look(NAME)).toEqual({
      unlock_by: ["passphrase", "passkey"],
      passkey: { credential: "Y3JlZA", salt: "c2FsdA" },
    })
    for (const unlocking of [PASSKEY, PASSPHRASE]) {
      const again = await opened(unlocking)
      expect(again.fact("uri")).toEqual(bytes("who"))
      await again.close()
    }
  })

  it("makes no second store, and says where there is none", async () => {
    expect(await Store.look(NAME)).toBeNull()
    expect(await refusal(Store.open(NAME, PASSKEY))).toBe("no_store")
    await (await made()).close()
    expect(await refusal(Store.create(NAME, PASSKEY))).toBe("file_exists")
  })
})

describe("at rest", () => {
  it("shows nothing of what it keeps", async () => {
    const store = await made()
    await store.addUnlocking(PASSKEY, PASSPHRASE)
    const keys = new Keys(store)
    const logs = new Logs(store, keys)
    const outbox = new Outbox(store)
    const trust = new Trust(store)
    const secret = bytes(CANARY)
    await store.transaction((batch) => {
      store.setSecret(batch, CANARY, secret)
      store.setFact(batch, "uri", secret)
      keys.putEpoch(batch, LOG, { epoch: 1, key: secret, authenticator: secret })
      keys.putPackage(batch, { key_package: secret, private: secret, ref: CANARY }, false, 1)
      keys.putWelcome(batch, LOG, CANARY, secret)
      const after = { ...startOf(LOG), seq: 1, state: secret, state_epoch: 1, trouble: CANARY }
      const row = rowOf(entry(1, { device: CANARY }), LOG, "opened", { type: CANARY, body: secret })
      logs.advance(batch, startOf(LOG), after, [row])
      const again = postingOf(LOG, [[CANARY, secret]])
      const staged = [{ epoch: 2, digest: LOG, state: secret }]
      outbox.put(batch, { post_id: CANARY, log: LOG, path: CANARY, body: secret, again, staged })
      trust.putCertificate(batch, CANARY, secret)
      trust.putPartyList(batch, 1, secret)
      trust.setFetched(batch, CANARY, 1, secret)
    })
    await new Shelf(store).put(CANARY, { text: CANARY })
    const seen = await raw()
    for (const told of [CANARY, Buffer.from(CANARY).toString("base64").slice(0, 12), LOG, "seven quiet"]) {
      expect(seen).not.toContain(told)
    }
    expect(seen.length).toBeGreaterThan(1000)
  })

  it("leaves nothing behind once destroyed", async () => {
    const store = await made()
    await store.transaction((batch) => store.setFact(batch, "uri", bytes("who")))
    await store.destroy()
    expect((await indexedDB.databases()).map((one) => one.name)).not.toContain(NAME)
    expect(await Store.look(NAME)).toBeNull()
  })

  it("refuses a row that was altered, moved, or whose key is lost", async () => {
    const store = await made()
    await store.transaction((batch) => {
      store.setFact(batch, "one", bytes("1"))
      store.setFact(batch, "two", bytes("2"))
    })
    await store.close()
    const kept = new Map<IDBValidKey, Uint8Array>()
    await raw((rows, key, value) => {
      if (rows.name === "rows") kept.set(key, value as Uint8Array)
    })
    await raw((rows, key) => {
      if (rows.name === "rows" && key === 1) rows.put(kept.get(2), 1)
    })
    expect(await refusal(Store.open(NAME, PASSKEY))).toBe("store_damaged")
    await raw((rows, key) => {
      const altered = kept.get(1)?.map((byte, at) => (at === 20 ? byte ^ 1 : byte))
      if (rows.name === "rows" && key === 1) rows.put(altered, 1)
    })
    expect(await refusal(Store.open(NAME, PASSKEY))).toBe("store_damaged")
    await raw((rows, key) => {
      if (rows.name === "meta") rows.delete(key)
    })
    expect(await refusal(Store.look(NAME))).toBe("store_damaged")
  })
})

describe("transactions", () => {
  it("keep all or nothing, in memory and on the disk", async () => {
    const store = await made()
    await store.transaction((batch) => store.setFact(batch, "uri", bytes("before")))
    const failing = store.transaction((batch) => {
      store.setFact(batch, "uri", bytes("after"))
      store.setSecret(batch, "more", bytes("after"))
      expect(store.fact("uri")).toEqual(bytes("after"))
      throw new Error("half way")
    })
    await expect(failing).rejects.toThrow("half way")
    expect(store.fact("uri")).toEqual(bytes("before"))
    expect(store.hasSecret("more")).toBe(false)
    await store.close()
    expect((await opened()).fact("uri")).toEqual(bytes("before"))
  })

  it("say when the disk is full, and keep what was there", async () => {
    const store = await made()
    await store.transaction((batch) => store.setFact(batch, "uri", bytes("before")))
    const put = IDBObjectStore.prototype.put
    IDBObjectStore.prototype.put = () => {
      throw new DOMException("no room", "QuotaExceededError")
    }
    try {
      const writing = store.transaction((batch) => store.setFact(batch, "uri", bytes("after")))
      expect(await refusal(writing)).toBe("store_full")
    } finally {
      IDBObjectStore.prototype.put = put
    }
    expect(store.fact("uri")).toEqual(bytes("before"))
    await store.transaction((batch) => store.setFact(batch, "more", bytes("room again")))
    await store.close()
    const again = await opened()
    expect([again.fact("uri"), again.fact("more")]).toEqual([bytes("before"), bytes("room again")])
  })

  it("come one after the other, and the second sees what the first did", async () => {
    const store = await made()
    const logs = new Logs(store, new Keys(store))
    const step = (seq: number): Promise<void> =>
      store.transaction(async (batch) => {
        await Promise.resolve()
        logs.advance(batch, startOf(LOG), { ...startOf(LOG), seq, chain: `c${seq}` }, [])
      })
    const raced = await Promise.allSettled([step(1), step(2)])
    expect(raced.map((one) => one.status)).toEqual(["fulfilled", "rejected"])
    expect((raced[1] as PromiseRejectedResult).reason).toBeInstanceOf(Lost)
    expect(logs.load(LOG).seq).toBe(1)
  })

  it("do not see each other half way", async () => {
    const store = await made()
    const failing = store.transaction(async (batch) => {
      store.setFact(batch, "uri", bytes("first"))
      await new Promise((done) => setTimeout(done))
      expect(store.fact("uri")).toEqual(bytes("first"))
      throw new Error("too late")
    })
    const second = store.transaction((batch) => store.setFact(batch, "uri", bytes("second")))
    await expect(failing).rejects.toThrow("too late")
    await second
    expect(store.fact("uri")).toEqual(bytes("second"))
  })

  it("refuse a change once they are over", async () => {
    const store = await made()
    let kept: Parameters<Parameters<Store["transaction"]>[0]>[0] | null = null
    await store.transaction((batch) => {
      kept = batch
    })
    expect(() => store.setFact(kept as never, "late", bytes("x"))).toThrow("over")
  })
})
