/** What `judge` makes of a log as a device made it, of logs that no honest server sends, and of senders who saw another. */

import { expect, test } from "vitest"
import { PratiqueError } from "../../src/client/errors"
import { mistrust, named, partyOf } from "../../src/groups/judge"
import { Reminder, Roster } from "../../src/wire/bodies"
import { fromUtf8, toHex, utf8 } from "../../src/wire/bytes"
import { type Entry, entryDigest, Kind, nextChain } from "../../src/wire/entries"
import type { Withheld } from "../../src/wire/events"
import { seal } from "../../src/wire/sealing"
import { sign } from "../../src/wire/statements"
import { type Member, nextCommit, NOW_MS, Reader, type Room, roomOf } from "./room"

async function codeOf(judged: Promise<unknown>): Promise<string> {
  const thrown = await judged.then(
    () => "nothing",
    (failed: unknown) => failed,
  )
  return thrown instanceof PratiqueError ? thrown.code : String(thrown)
}

async function readAll(room: Room, by: Member): Promise<Reader> {
  const reader = new Reader(by.uri, room.directory, room.log.id)
  await reader.read(room.log.entries)
  return reader
}

/** Seal a message of a member who says to have seen this. */
async function sealedBy(room: Room, by: Member, seen: { seq: number; chain: string }): Promise<Entry> {
  const state = room.post.staged[1]?.state ?? new Uint8Array()
  const { number: epoch, key, authenticator } = await room.engine.epoch(state)
  const place = { channel: room.log.id, device: by.uri, post_id: "01".repeat(16) }
  const data = await seal({ type: "message", seen, body: utf8("hello") }, place, { epoch, key, authenticator }, by.key)
  return room.log.next(by, Kind.APPLICATION, data, { epoch, post_id: place.post_id })
}

test("a founding counts whole, and tells the added device to join", async () => {
  const room = await roomOf()
  const [ke] = room.others
  const { judged, position } = await readAll(room, ke!)
  expect(judged.map(({ row }) => [row.entry.kind, row.state])).toEqual([
    [Kind.CHARTER, "counted"],
    [Kind.GROUP_INFO, "counted"],
    [Kind.ROSTER, "counted"],
    [Kind.COMMIT, "counted"],
    [Kind.LINK, "waiting"],
  ])
  expect(judged.map((one) => one.adds_us)).toEqual([false, false, false, true, false])
  expect(judged[3]?.commit?.adds.length).toBe(2)
  const told = judged.map(({ row }) => (row.body === null ? null : (JSON.parse(fromUtf8(row.body)) as object)))
  expect(told[2]).toEqual({ seated: ["ae/ncp", "ke/ncp"] })
  expect(told[3]).toEqual({ added: room.others.map((one) => one.uri).sort() })
  expect(judged[4]?.row.signer).toEqual(room.founder.pair[1])
  expect([position.membership?.epoch, position.seq]).toEqual([1, 5])
  let chain = room.log.id
  for (const entry of room.log.entries) chain = nextChain(chain, entry.seq, entryDigest(entry))
  expect(position.chain).toBe(chain)
})

test("a log that no honest server sends is not taken", async () => {
  const room = await roomOf()
  const reader = await readAll(room, room.founder)
  const good = room.log.next(null, Kind.NOTICE, utf8("{}"))
  const withheld: Withheld = { log: room.log.id, seq: good.seq, digest: "00".repeat(32) }
  expect(await codeOf(reader.judge({ ...good, seq: good.seq + 1 }))).toBe("out_of_order")
  expect(await codeOf(reader.judge({ ...good, log: "00".repeat(32) }))).toBe("out_of_order")
  expect(await codeOf(reader.judge({ ...good, at_ms: NOW_MS }))).toBe("time_fell")
  expect(await codeOf(reader.judge(withheld))).toBe("withheld")
  const fresh = new Reader(reader.own, room.directory, good.log)
  expect(await codeOf(fresh.judge({ ...good, seq: 1 }))).toBe("malformed_statement")
  expect((await reader.judge(good)).row.state).toBe("counted")
})

test("an entry that does not count moves the chain and nothing else", async () => {
  const room = await roomOf()
  const reader = await readAll(room, room.founder)
  const late = room.log.next(room.others[0]!, Kind.APPLICATION, utf8("any bytes"), { epoch: 0 })
  const { after, row } = await reader.judge(late)
  expect(row).toMatchObject({ state: "refused", problem: "stale_epoch: the channel is at epoch 1" })
  expect(after.chain).toBe(nextChain(reader.position.chain, late.seq, entryDigest(late)))
  expect(after.membership).toEqual(reader.position.membership?.with({ seq: late.seq }))
})

test("a sealed entry waits for its key, with the key of its leaf", async () => {
  const room = await roomOf()
  const reader = await readAll(room, room.founder)
  const [ke] = room.others
  const { row } = await reader.judge(await sealedBy(room, ke!, reader.seen))
  expect([row.state, row.signer]).toEqual(["waiting", ke!.pair[1]])
})

test("a reminder is told with its words", async () => {
  const room = await roomOf()
  const reader = await readAll(room, room.founder)
  const [ke] = room.others
  const said = { channel: room.log.id, party: "be", rings: [{ at_ms: NOW_MS, offices: ["ke/ncp"] }], nonce: "ef".repeat(16) }
  const { raw, body } = await sign(Reminder, said, { signer: ke!.uri, seed: ke!.key, seen: reader.seen })
  const { row } = await reader.judge(room.log.next(ke!, Kind.REMINDER, raw))
  expect(row).toMatchObject({ state: "counted", type: "reminder", body })
  const before = { seq: 2, chain: "ab".repeat(32) }
  const forked = await sign(Reminder, said, { signer: ke!.uri, seed: ke!.key, seen: before })
  const refused = await reader.judge(room.log.next(ke!, Kind.REMINDER, forked.raw))
  expect(refused.row.problem).toMatch(/^seen_mismatch: the sender saw other entries than this device \(up to 2\); ask /)
  expect([...refused.after.mistrusted]).toEqual(["ke"])
})

test("a commit of one who saw another log is refused, and of two parties the channel stops", async () => {
  const room = await roomOf()
  const reader = await readAll(room, room.others[1]!)
  const state = room.post.staged[1]?.state ?? new Uint8Array()
  const head = reader.position.membership?.roster_head ?? ""
  const claims = [
    { seq: 3, chain: "ab".repeat(32), why: "saw other entries than this device" },
    { seq: 9, chain: "ab".repeat(32), why: "has seen an entry that is not there" },
  ]
  for (const { why, ...seen } of claims) {
    const post = await nextCommit(room, state, seen, head)
    room.log.entries.length = 5
    room.log.take(room.founder, post)
    const { row, after } = await reader.judge(room.log.entries[5]!)
    expect(row.problem).toBe(
      `seen_mismatch: the sender ${why} (up to ${seen.seq}); ask ${room.founder.uri} and the server's operator`,
    )
    expect([after.membership?.epoch, after.trouble, [...after.mistrusted]]).toEqual([1, null, ["be"]])
    const stopped = mistrust(after, room.others[0]!.uri)
    expect(stopped.trouble).toBe(
      "forked: the logs of be, ke and of this device differ; the server may show two logs",
    )
    expect(mistrust(after, room.founder.uri).trouble).toBeNull()
  }
  room.log.entries.length = 5
  room.log.take(room.founder, await nextCommit(room, state, reader.seen, head))
  const good = await reader.judge(room.log.entries[5]!)
  expect([good.row.state, good.row.body, good.after.membership?.epoch]).toEqual(["counted", null, 2])
})

test("where commits are withheld, the leaves wait for the welcome", async () => {
  const room = await roomOf("from_join")
  const [ke] = room.others
  const [charter, info, roster, commit] = room.log.entries
  const events = [charter!, info!, roster!, { log: room.log.id, seq: 4, digest: entryDigest(commit!) }]
  const reader = new Reader(ke!.uri, room.directory, room.log.id)
  await reader.read(events)
  const { membership: member, chain } = reader.position
  expect([member?.epoch, member?.leaves.size, member?.living]).toEqual([0, 0, true])
  expect(reader.judged[3]?.row.state).toBe("withheld")
  expect(chain).toBe((await readAll(room, room.founder)).position.chain)
  const sealed = room.log.next(room.founder, Kind.APPLICATION, utf8("sealed"), { seq: 5, epoch: 1 })
  expect((await reader.judge(sealed)).row.state).toBe("before")
  const again = await reader.judge({ ...commit!, seq: 5, at_ms: NOW_MS + 9 })
  expect([again.row.state, again.adds_us, again.after.membership?.leaves.size]).toEqual(["counted", true, 0])
  const noise = await reader.judge({ ...sealed, kind: Kind.COMMIT })
  expect(noise.row.problem).toMatch(/^[a-z_]+: /)
  expect(noise.commit).toBeNull()
})

test("what follows the end of one's seat may be withheld, and nothing before it", async () => {
  const room = await roomOf("from_join")
  const [ke] = room.others
  const reader = await readAll(room, ke!)
  reader.position = { ...reader.position, state: utf8("the engine's"), state_epoch: 1 }
  const at = (seq: number): Withheld => ({ log: room.log.id, seq, digest: "00".repeat(32) })
  expect(await codeOf(reader.judge(at(reader.position.seq + 1)))).toBe("withheld")
  const seen = { seq: reader.position.seq, chain: reader.position.chain }
  const body = { channel: room.log.id, number: 2, changes: [{ office: "ke/ncp", seated: false }] }
  const follows = reader.position.membership!.roster_head
  const unseated = await sign(Roster, body, { signer: room.founder.uri, seed: room.founder.key, follows, seen })
  room.log.add(room.log.next(room.founder, Kind.ROSTER, unseated.raw))
  await reader.read(room.log.entries)
  const { row, after } = await reader.judge(at(reader.position.seq + 1))
  expect([row.state, after.state, after.state_epoch, after.membership?.leaves.size]).toEqual(["withheld", null, null, 0])
})

test("the devices that the fold will ask for are named", async () => {
  const room = await roomOf()
  const commit = room.log.entries[3]!
  const uris = [room.founder, ...room.others].map((one) => one.uri)
  expect([...named(commit)].sort()).toEqual(uris.sort())
  expect([...named({ ...commit, data: utf8("noise") })]).toEqual([room.founder.uri])
  expect([...named({ ...commit, kind: Kind.APPLICATION })]).toEqual([])
  expect([...named({ log: commit.log, seq: 1, digest: toHex(new Uint8Array(32)) })]).toEqual([])
  expect([partyOf(room.founder.uri), partyOf("x".repeat(200))]).toEqual(["be", "x".repeat(100)])
})
