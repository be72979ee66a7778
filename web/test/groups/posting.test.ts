/** Post, follow and tend over a server that is honest until it is told otherwise. */

import "fake-indexeddb/auto"
import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { ChannelStopped, Problem } from "../../src/client/errors"
import { postingOf } from "../../src/client/store"
import * as tending from "../../src/groups/tending"
import { utf8 } from "../../src/wire/bytes"
import { Kind } from "../../src/wire/entries"
import { Deployment, type Party } from "./deployment"

// A hundred key packages for each device would be most of the time of the tests.
vi.mock("../../src/groups/tending", async (original) => ({
  ...(await original<typeof tending>()),
  STOCK: 3,
  REFILL_BELOW: 1,
}))

const BUSY = { code: "busy", action: "retry", retry_after_s: 60 }
let world: Deployment
let be: Party
let ke: Party
let channel: string

beforeEach(async () => {
  world = await Deployment.found()
  be = await world.device("be", "first")
  ke = await world.device("ke", "second")
  channel = await world.channel([be, ke])
})

afterEach(async () => {
  await world.close()
})

function waiting(device: Party): number {
  return device.follower.outbox.waiting().length
}

test("a founded channel is joined, and read in both directions", async () => {
  await be.post(channel, "from Belgium")
  await ke.follower.follow(channel)
  await ke.post(channel, "from Kenya")
  for (const device of [be, ke]) await device.follower.follow(channel)
  for (const device of [be, ke]) expect(device.read(channel)).toEqual(["from Belgium", "from Kenya"])
  const positions = [be, ke].map((device) => device.follower.logs.load(channel))
  expect(positions[0]?.membership).toEqual(positions[1]?.membership)
  expect(positions[0]?.chain).toBe(positions[1]?.chain)
  expect([waiting(be), waiting(ke)]).toEqual([0, 0])
})

test("a device that comes later is added once, and opens what was said before by the links", async () => {
  await be.post(channel, "before")
  const late = await world.device("ke", "third")
  await be.tend(channel)
  await ke.tend(channel)
  await late.follower.follow(channel)
  expect(late.read(channel)).toEqual(["before"])
  expect(world.server.epochOf(channel)).toBe(2)
  expect(be.follower.logs.load(channel).membership?.leaves.size).toBe(3)
})

test("where history begins with the join, earlier entries stay closed and the leaves come from the welcome", async () => {
  const closed = await world.channel([be, ke], "from_join")
  await be.post(closed, "before")
  const late = await world.device("ke", "third")
  const before = world.server.logs.get(closed)!.length
  await be.tend(closed)
  const sealed = [Kind.COMMIT, Kind.APPLICATION] as number[]
  world.server.show = (entry, reader) => {
    return reader === late.uri && entry.log === closed && entry.seq <= before && sealed.includes(entry.kind) ? null : entry
  }
  await late.follower.follow(closed)
  await be.post(closed, "after")
  await late.follower.follow(closed)
  const [theirs, ours] = [late, be].map((device) => device.follower.logs.load(closed).membership)
  expect([...theirs!.leaves.values()].map((leaf) => leaf.uri)).toEqual([...ours!.leaves.values()].map((leaf) => leaf.uri))
  expect(late.rows(closed, Kind.NOTICE).map((row) => row.state)).toEqual(["withheld", "withheld"])
  expect(late.read(closed)).toEqual(["after"])
})

test("a stock that two ask for at once is filled once", async () => {
  const device = await world.device("ke", "third", false)
  expect(await Promise.all([1, 2].map(() => device.stock.refill(Date.now())))).toEqual([3, 3])
  expect(device.follower.keys.stock().uploaded).toBe(3)
  expect(device.follower.keys.notUploaded()).toEqual([])
})

test("an answer that is lost is asked for again with the same bytes", async () => {
  world.server.refusals.push("lost")
  const [posted] = await be.post(channel, "once")
  const [first, second, ...more] = world.server.posts.slice(-2)
  expect([first, more]).toEqual([second, []])
  await ke.follower.follow(channel)
  expect(ke.read(channel)).toEqual(["once"])
  expect(posted?.seq).toBe(world.server.logs.get(channel)!.length)
})

test("a post that is only delayed stays, and is flushed with the same bytes", async () => {
  world.server.refusals.push(BUSY)
  await expect(be.post(channel, "later")).rejects.toMatchObject({ code: "busy" })
  expect(waiting(be)).toBe(1)
  const sent = world.server.posts.at(-1)
  expect(await be.poster.flush()).toEqual([])
  expect(world.server.posts.at(-1)).toEqual(sent)
  expect(waiting(be)).toBe(0)
})

test("where the epoch moved on, the same post is sealed again and counts once", async () => {
  expect(await ke.poster.commit(channel)).toBe(true)
  await be.post(channel, "under the new epoch")
  const ids = world.server.posts.slice(-2).map(({ text }) => (JSON.parse(text) as { post_id: string }).post_id)
  expect(ids[0]).toBe(ids[1])
  await ke.follower.follow(channel)
  expect(ke.read(channel)).toEqual(["under the new epoch"])
  expect(ke.rows(channel, Kind.APPLICATION)[0]?.entry.epoch).toBe(2)
})

test("a post that was saved although the server says otherwise is not sent again", async () => {
  world.server.refusals.push({ code: "stale_epoch", action: "resync", save: true })
  const before = world.server.posts.length
  await be.post(channel, "saved all the same")
  expect(world.server.posts.length).toBe(before + 1)
  expect(waiting(be)).toBe(0)
  await ke.follower.follow(channel)
  expect(ke.read(channel)).toEqual(["saved all the same"])
})

test("of two who commit at once one is first, and the other follows it", async () => {
  expect(await ke.poster.commit(channel)).toBe(true)
  expect(await be.poster.commit(channel)).toBe(false)
  const [one, other] = [be, ke].map((device) => device.follower.logs.load(channel))
  expect([one?.state_epoch, other?.state_epoch]).toEqual([2, 2])
  const keys = [be, ke].map((device) => device.follower.keys.epochs(channel, 2)[0])
  expect(keys[0]).toMatchObject({ key: keys[1]?.key, authenticator: keys[1]?.authenticator })
  expect(waiting(be)).toBe(0)
})

test("a revoked device is removed before anything is said", async () => {
  await world.revoke(ke, channel)
  await be.follower.follow(channel)
  await be.post(channel, "without Kenya")
  expect(be.follower.logs.load(channel).membership?.leaves.size).toBe(1)
  await ke.follower.follow(channel)
  expect(ke.read(channel)).toEqual([null])
  expect(ke.follower.logs.load(channel)).toMatchObject({ state: null, trouble: "removed: this device was removed" })
  await expect(ke.post(channel, "still here")).rejects.toBeInstanceOf(ChannelStopped)
})

test("a removal that no statement in the log asks for is not made", async () => {
  world.server.refusals.push({ code: "removal_pending", action: "resync" })
  await expect(be.post(channel, "hello")).rejects.toMatchObject({ code: "false_removal" })
  expect([waiting(be), world.server.epochOf(channel)]).toEqual([0, 1])
})

test("a commit that cannot be applied is kept out and reported", async () => {
  const before = ke.follower.logs.load(channel)
  expect(await be.poster.commit(channel)).toBe(true)
  // The confirmation tag stands right before the membership tag, the last 33 bytes; no signature covers it.
  world.server.show = (entry) => {
    if (entry.kind !== Kind.COMMIT || entry.epoch !== 1) return entry
    const data = entry.data.slice()
    data[data.length - 34]! ^= 1
    return { ...entry, data }
  }
  await ke.follower.follow(channel)
  const after = ke.follower.logs.load(channel)
  expect([after.state, after.state_epoch]).toEqual([before.state, before.state_epoch])
  expect(after.trouble).toMatch(/^bad_commit: entry \d+ by /)
  await expect(ke.post(channel, "hello")).rejects.toMatchObject({ code: "channel_stopped" })
  const [report, ...more] = ke.follower.outbox.waiting(channel)
  expect(more).toEqual([])
  expect(JSON.parse(new TextDecoder().decode(report?.body))).toMatchObject({ drafts: [{ kind: "roster" }] })
})

test("a device that lost its state is removed and added anew", async () => {
  await ke.channels.rejoin(channel)
  expect(ke.follower.logs.load(channel).state).toBeNull()
  await be.tend(channel)
  await be.post(channel, "welcome back")
  await ke.follower.follow(channel)
  expect(ke.read(channel)).toEqual(["welcome back"])
  const told = be.rows(channel, Kind.COMMIT).at(-1)
  expect(JSON.parse(new TextDecoder().decode(told?.body ?? undefined))).toEqual({ added: [ke.uri] })
})

test("of several posts, what comes behind a refused one is never sent", async () => {
  const other = await world.channel([be, ke])
  const postings = [channel, other, channel].map((log) => postingOf(log, [["message", utf8("hello")]]))
  world.server.refusals.push({ code: "forbidden" })
  await expect(be.poster.postAll(postings)).rejects.toBeInstanceOf(Problem)
  expect([waiting(be), be.read(channel)]).toEqual([0, []])
  world.server.refusals.push(BUSY)
  await expect(be.poster.postAll(postings)).rejects.toMatchObject({ code: "busy" })
  expect(waiting(be)).toBe(3)
  expect(await be.poster.flush()).toEqual([])
  await be.follower.follow(channel)
  expect(be.read(channel)).toEqual(["hello", "hello"])
})

test("reminders stand beside contents, and only open ones are ended", async () => {
  const rings = [{ at_ms: Date.now() + 60_000, offices: ["be/ncp"] }]
  const asked = postingOf(channel, [["message", utf8("answer me")]], { reminders: [["ke", rings]] })
  const [sent] = await be.poster.postAll([asked])
  expect([sent?.posted.length, sent?.reminders.length]).toEqual([1, 1])
  const ends = [...sent!.reminders]
  await ke.follower.follow(channel)
  await ke.poster.postAll([postingOf(channel, [], { ends })])
  world.server.refusals.push({ code: "entry_refused", reason: "reminder_ended" })
  const [late] = await be.poster.postAll([postingOf(channel, [], { ends })])
  expect([late?.posted, waiting(be)]).toEqual([[], 0])
  const told = be.rows(channel, Kind.REMINDER).map((row) => [row.state, row.type])
  expect(told).toEqual([["counted", "reminder"], ["counted", "reminder_end"]])
})
