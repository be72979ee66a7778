/** What waits is counted and listed from one source, and the pages hear when the last of it goes. */
import "fake-indexeddb/auto"
import { afterEach, beforeEach, describe, expect, it } from "vitest"
import { Store } from "../../src/client/store"
import { Outbox, type Posting, postingOf } from "../../src/client/store/outbox"
import { Message } from "../../src/contents/message"
import { Receipt } from "../../src/contents/receipt"
import { utf8 } from "../../src/wire/bytes"
import type { Here } from "../../src/worker/here"
import { waiting } from "../../src/worker/kept"

const NAME = "pratique-kept"
const PASSKEY = { by: "passkey", credential: "c", salt: "s", prf: new Uint8Array(32).fill(5) } as const
const REFERENCE = "PN-STOP-III-BE-2026-000005-25"
let store: Store
let outbox: Outbox

beforeEach(async () => {
  store = await Store.create(NAME, PASSKEY)
  outbox = new Outbox(store)
})
afterEach(async () => {
  await store.close()
  await Store.wipe(NAME)
})

const posting = (act: string, type: string, body: unknown = {}): Posting => ({ ...postingOf("c1", [[type, utf8(JSON.stringify(body))]]), act })
const here = (posts: Posting[], asked: unknown[] = []): Here =>
  ({ outbox: { waiting: () => asked }, device: { unsentPostings: () => posts } }) as unknown as Here

describe("what waits", () => {
  it("tells when a post goes, and not before", async () => {
    let heard = 0
    outbox.told = () => (heard += 1)
    const post = { post_id: "p1", log: "c1", path: "/x", body: new Uint8Array(1), again: posting("a", Message.TYPE), staged: [] }
    await store.transaction((batch) => outbox.put(batch, post))
    expect([heard, outbox.waiting().length]).toEqual([0, 1])
    await store.transaction((batch) => outbox.sent(batch, "p1"))
    expect([heard, outbox.waiting().length]).toEqual([1, 0])
  })
  it("has every act once, however many posts it has, and nothing that nobody asked for", () => {
    const said = [posting("a", "acknowledgement"), posting("a", "acknowledgement"), posting("b", Message.TYPE, { text: "hello" }), posting("c", Receipt.TYPE)]
    expect(waiting(here(said)).map(({ act, channel, begun }) => [act, channel, begun])).toEqual([
      ["acknowledgement", "c1", true],
      [Message.TYPE, "c1", true],
    ])
  })
  it("has an act that was cut off once, as what was asked for", () => {
    const intent = { name: "report", given: { reference: REFERENCE, type: "answer" }, at_ms: 5, sealed: "a" }
    expect(waiting(here([posting("a", "answer")], [{ id: "1", intent, asks: false }]))).toEqual([
      { id: "1", act: "answer", reference: REFERENCE, at_ms: 5, asks: false, begun: true },
    ])
  })
})
