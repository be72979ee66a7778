/** What is told of reading, when, and where it is not: the marks that a device posts while its officer reads. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import { Unreachable } from "../../src/client/errors"
import { ReadMark } from "../../src/contents/read_mark"
import { newReadMarks, type ReadMarks } from "../../src/views/read_marks"
import type { Here } from "../../src/worker/here"
import { Reading } from "../../src/worker/reading"

const OWN = "pratique://ke.stop.example/ncp/a.person/0001"
const SEEN_MS = 40_000

/** A channel in which be wrote the entries 5 and 9, and this party 7 and 12. */
function scene() {
  const posted: unknown[] = []
  const state = {
    id: "c1",
    charter: { purpose: "channel", operation: "op", history: "full", parties: ["be", "ke"], owners: [] },
    seated: ["be/ncp", "ke/ncp"],
    own_leaf: true,
    trouble: null as string | null,
  }
  const lane = { ...state, id: "own", charter: { ...state.charter, purpose: "lane", parties: ["ke"] } }
  const messages = [[5, false], [7, true], [9, false], [12, true]].map(([seq, ours]) => ({ seq, ours }))
  const made = {
    state, lane, posted, messages, lost: false, preferences: {} as Record<string, unknown>,
    policy: { receipts: true }, phase: "active", live: { connection: "live", caught_up: true }, read: newReadMarks() as ReadMarks,
  }
  const here = {
    live: made.live,
    nowMs: () => Date.now(),
    rooms: { of: () => ({ messages, read: made.read }) },
    desks: { ofChannel: () => ({ operation: { terms: { phase: made.phase } }, drafts: { policy: made.policy } }) },
    device: {
      uri: { party: "ke", toString: () => OWN },
      shelf: { get: () => made.preferences },
      channels: () => [state, lane],
      leaves: () => [{ uri: OWN, since_seq: 6 }],
      post: (_channel: string, _type: string, body: Uint8Array) => {
        const { since, upto } = ReadMark.read(body)
        posted.push([since, upto])
        return made.lost ? Promise.reject(new Unreachable("unreachable", "no answer")) : Promise.resolve()
      },
    },
  }
  return { made, reading: new Reading(here as unknown as Here) }
}

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }))
afterEach(() => void vi.useRealTimers())

/** Let an officer have the end on the screen, and wait. */
async function read(one: ReturnType<typeof scene>, ...seqs: number[]): Promise<unknown[]> {
  for (const seq of seqs) one.reading.tell("c1", seq)
  await vi.advanceTimersByTimeAsync(SEEN_MS)
  return one.made.posted
}

describe("what is told of reading", () => {
  it("goes up to the last word of another party, once for all that was read at a time", async () => {
    expect(await read(scene(), 5, 9, 12)).toEqual([[1, 9]])
  })

  it("is told no more than once in half a minute", async () => {
    const one = scene()
    one.reading.tell("c1", 5)
    await vi.advanceTimersByTimeAsync(3_000)
    one.reading.tell("c1", 9)
    await vi.advanceTimersByTimeAsync(25_000)
    expect(one.made.posted).toEqual([[1, 5]])
    await vi.advanceTimersByTimeAsync(10_000)
    expect(one.made.posted).toEqual([[1, 5], [1, 9]])
    expect(await read(one, 9, 12)).toHaveLength(2)
  })

  it("is not told twice where a colleague's device was the first", async () => {
    const one = scene()
    one.reading.tell("c1", 9)
    one.made.read = { by_party: new Map([["ke", { spans: [[1, 9]], said_ms: Date.now() }]]) }
    expect(await read(one)).toEqual([])
    one.made.messages.push({ seq: 14, ours: false })
    expect(await read(one, 14)).toEqual([[1, 14]])
  })

  it("says nothing of what this device could not open", async () => {
    const one = scene()
    one.made.state.charter.history = "from_join"
    expect(await read(one, 5)).toEqual([])
    expect(await read(one, 9)).toEqual([[6, 9]])
  })

  it("goes out with what waits where the link is lost meanwhile", async () => {
    const one = scene()
    one.made.lost = true
    expect(await read(one, 9)).toEqual([[1, 9]])
    expect(await read(one, 9)).toHaveLength(1)
  })

  it.each<[string, (made: ReturnType<typeof scene>["made"]) => void]>([
    ["the Member's policy says no", (made) => void (made.policy.receipts = false)],
    ["its rules cannot be read yet", (made) => void (made.lane.own_leaf = false)],
    ["the officer says no", (made) => void (made.preferences["read_receipts"] = false)],
    ["there are 17 Members", (made) => made.state.charter.parties.push(...[..."cdefghijlmnopqr"].map((one) => `p${one}`))],
    ["it is a lane", (made) => void (made.state.charter.purpose = "lane")],
    ["the operation is closed", (made) => void (made.phase = "closed")],
    ["the channel has stopped", (made) => void (made.state.trouble = "forked: two entries")],
    ["this device is not let in", (made) => void (made.state.own_leaf = false)],
    ["the browser is offline", (made) => void (made.live.connection = "offline")],
    ["all of it is our own", (made) => void made.messages.splice(0, 4, { seq: 7, ours: true })],
  ])("is nothing where %s", async (_, change) => {
    const one = scene()
    change(one.made)
    expect(await read(one, 12)).toEqual([])
  })
})
