import "fake-indexeddb/auto"
import { afterEach, describe, expect, it } from "vitest"
import { Keys, Logs, Outbox, postingOf, rowOf, startOf, Store } from "../../src/client/store"
import { type Entry, Kind, Urgency } from "../../src/wire/entries"

const NAME = "pratique-logs"
const PASSKEY = { by: "passkey", credential: "Y3JlZA", salt: "c2FsdA", prf: new Uint8Array(32).fill(9) } as const
const LOG = "ab".repeat(32)
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

let open: Store[] = []

async function made(): Promise<Store> {
  const store = await Store.create(NAME, PASSKEY)
  open.push(store)
  return store
}

async function opened(): Promise<Store> {
  const store = await Store.open(NAME, PASSKEY)
  open.push(store)
  return store
}

afterEach(async () => {
  for (const store of open) await store.close()
  open = []
  await Store.wipe(NAME)
})

function entry(seq: number, more: Partial<Entry> = {}): Entry {
  const plain = { log: LOG, seq, kind: Kind.APPLICATION, device: "pratique://be.x.example/ncp/a/pc01", epoch: 1 }
  const rest = { post_id: "0".repeat(31) + seq, urgency: Urgency.ROUTINE, at_ms: seq, data: bytes(`sealed ${seq}`) }
  return { ...plain, ...rest, ...more }
}

describe("logs", () => {
  it("count a post once, wait for keys, and forget what is past its time", async () => {
    const store = await made()
    const keys = new Keys(store)
    const logs = new Logs(store, keys)
    const one = rowOf(entry(1), "c1", "waiting")
    const twice = rowOf(entry(3, { post_id: one.entry.post_id, data: one.entry.data }), "c3", "waiting")
    await store.transaction((batch) => {
      const after = { ...startOf(LOG), seq: 3, chain: "c3" }
      logs.advance(batch, startOf(LOG), after, [one, rowOf(entry(2), "c2", "counted"), twice])
      expect(logs.waiting(LOG)).toEqual([])
      keys.putEpoch(batch, LOG, { epoch: 1, key: bytes("k"), authenticator: bytes("a") }, 7)
      expect(logs.waiting(LOG).map((row) => row.entry.seq)).toEqual([1, 3])
      expect([logs.count(batch, one), logs.count(batch, one), logs.count(batch, twice)]).toEqual([true, true, false])
      logs.put(batch, { ...one, state: "opened", body: bytes("text"), type: "message" })
    })
    await store.close()
    const again = await opened()
    const known = new Logs(again, new Keys(again))
    expect([...known.rows(LOG)].map((row) => [row.entry.seq, row.state])).toEqual([
      [1, "opened"],
      [2, "counted"],
      [3, "waiting"],
    ])
    expect([...known.rows(LOG, 1, [Kind.APPLICATION])].length).toBe(2)
    expect([known.chainAt(LOG, 0), known.chainAt(LOG, 2), known.chainAt(LOG, 9)]).toEqual([LOG, "c2", null])
    await again.transaction((batch) => {
      expect(known.count(batch, twice)).toBe(false)
      expect(known.forgetBefore(batch, LOG, 2)).toBe(1)
    })
    expect(known.row(LOG, 1)).toMatchObject({ state: "refused", body: null })
  })

  it("keep the turn of a post that is sealed again", async () => {
    const store = await made()
    const outbox = new Outbox(store)
    const post = (post_id: string, body: string): Parameters<Outbox["put"]>[1] => {
      const again = postingOf(LOG, [["message", bytes(body)]], { urgency: Urgency.URGENT })
      const staged = [{ epoch: 2, digest: "d", state: bytes("s") }]
      return { post_id, log: LOG, path: "/p", body: bytes(body), again, staged }
    }
    await store.transaction((batch) => {
      outbox.put(batch, post("first", "1"))
      outbox.put(batch, post("second", "2"))
      outbox.put(batch, post("first", "1 again"))
    })
    await store.close()
    const again = await opened()
    const known = new Outbox(again)
    expect(known.waiting().map((one) => new TextDecoder().decode(one.body))).toEqual(["1 again", "2"])
    expect(known.waiting()[0]?.again).toEqual(post("first", "1 again")?.again)
    expect(known.staged("first", 2)?.state).toEqual(bytes("s"))
    await again.transaction((batch) => known.settle(batch, LOG, 2))
    expect(known.staged("first", 2)).toBeNull()
    await again.transaction((batch) => known.drop(batch, "first"))
    expect(known.waiting().map((one) => one.post_id)).toEqual(["second"])
  })
})
