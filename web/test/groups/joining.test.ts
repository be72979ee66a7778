/** Join by the welcome that belongs to the logged commit, and by no other. */

import { expect, test } from "vitest"
import { type Invited, join, JoinRefused, type OwnLog } from "../../src/groups/joining"
import { fromBase64 } from "../../src/wire/bytes"
import { Kind } from "../../src/wire/entries"
import type { Commit } from "../../src/wire/mls"
import { Refused } from "../../src/wire/refused"
import { Welcome } from "../../src/wire/welcomes"
import { certified, memberOf, nextCommit, Reader, type Room, roomOf } from "./room"

interface Case {
  readonly room: Room
  readonly invited: Invited
  readonly log: OwnLog
}

function blobOf(room: Room, name: string): Uint8Array {
  return fromBase64((JSON.parse(new TextDecoder().decode(room.post.body)) as Record<string, string>)[name] ?? "")
}

async function invitation(history: "full" | "from_join" = "full"): Promise<Case> {
  const room = await roomOf(history)
  const [ke] = room.others
  const reader = new Reader(ke!.uri, room.directory, room.log.id)
  const judged = await reader.read(room.log.entries.slice(0, 4))
  const { commit, row } = judged[3]!
  const welcome = Welcome.decode(room.welcome)
  const counted = room.log.entries.filter(({ kind }) => kind === Kind.GROUP_INFO || kind === Kind.COMMIT)
  return {
    room,
    invited: {
      entry: row.entry,
      commit: commit as Commit,
      folded: reader.position.membership!,
      welcome,
      package: room.packages[0]!,
      group_info: blobOf(room, "group_info"),
      ratchet_tree: blobOf(room, "ratchet_tree"),
    },
    log: {
      chainAt: reader.chainAt,
      rosterHeads: [room.charter.digest, reader.position.membership!.roster_head],
      commits: counted.map((entry) => entry.data),
    },
  }
}

test("the added device holds the group that the log shows", async () => {
  const { room, invited, log } = await invitation()
  const { joined, leaves } = await join(room.engine, invited, room.directory, log)
  expect(leaves).toBe(invited.folded.leaves)
  const founders = await room.engine.epoch(room.post.staged[1]!.state)
  expect(joined.epoch).toEqual({ ...founders, own_leaf: joined.epoch.own_leaf })
  expect(joined.epoch.own_leaf).toBe(invited.folded.leafOf(room.others[0]!.uri))
})

test("where commits are withheld, the leaves come from the welcome", async () => {
  const { room, invited, log } = await invitation("from_join")
  const blind = invited.folded.with({ leaves: new Map() })
  const { leaves } = await join(room.engine, { ...invited, folded: blind }, room.directory, { ...log, commits: [] })
  expect([...leaves].map(([index, leaf]) => [index, leaf.uri, leaf.since_seq])).toEqual([
    [0, room.founder.uri, 0],
    ...[...invited.folded.leaves].slice(1).map(([index, leaf]) => [index, leaf.uri, 4]),
  ])
  const unseated = blind.with({ seated: new Set() })
  const refused = join(room.engine, { ...invited, folded: unseated }, room.directory, log)
  await expect(refused).rejects.toMatchObject({ code: "not_seated" })
})

test("what is not the logged commit's is refused by its code", async () => {
  const { room, invited, log } = await invitation()
  const { welcome, commit, folded } = invited
  const [ke] = room.others
  const stranger = await memberOf("xx")
  const flip = (data: Uint8Array): Uint8Array => data.map((byte, at) => (at === data.length - 1 ? byte ^ 1 : byte))
  const resigned = async (changed: { seen?: Welcome["seen"]; head?: string; by?: typeof stranger }): Promise<Welcome> => {
    const { seen = welcome.seen, head = welcome.roster_head, by = room.founder } = changed
    return new Welcome(welcome.welcome, welcome.charter, seen, head, by.uri).sign(by.key)
  }
  const leaves = new Map([...folded.leaves].map(([index, leaf]) => [index, { ...leaf, uri: stranger.uri }]))
  const forked = await nextCommit(room, room.post.staged[0]!.state, welcome.seen, welcome.roster_head, {
    adds: room.packages.map((one) => one.key_package),
  })
  const told = JSON.parse(new TextDecoder().decode(forked.body)) as Record<string, string>
  const refused: Record<string, Partial<Case> & { code: string }> = {
    "a welcome of another device": { invited: { ...invited, welcome: await resigned({ by: ke! }) }, code: "wrong_welcome" },
    "a welcome whose signature does not hold": {
      invited: { ...invited, welcome: Welcome.decode(flip(welcome.encode())) },
      code: "bad_signature",
    },
    "a welcome that saw another log": {
      invited: { ...invited, welcome: await resigned({ seen: { seq: 0, chain: "ab".repeat(32) } }) },
      code: "seen_mismatch",
    },
    "a log that is not ours": { log: { ...log, chainAt: () => null }, code: "seen_mismatch" },
    "another roster": { log: { ...log, rosterHeads: [] }, code: "wrong_roster" },
    "a welcome that names another roster than its GroupInfo": {
      invited: { ...invited, welcome: await resigned({ head: room.charter.digest }) },
      code: "wrong_binding",
    },
    "a welcome for another key package": {
      invited: { ...invited, package: { ...invited.package, ref: "00".repeat(32) } },
      code: "wrong_welcome",
    },
    "a GroupInfo of another commit": {
      invited: { ...invited, group_info: fromBase64(told["group_info"] ?? "") },
      code: "private_fork",
    },
    "a GroupInfo that is altered": { invited: { ...invited, group_info: flip(invited.group_info) }, code: "signature_refused" },
    "a commit with another tag": {
      invited: { ...invited, commit: { ...commit, confirmation_tag: flip(commit.confirmation_tag) } },
      code: "private_fork",
    },
    "a past that another commit made": { log: { ...log, commits: log.commits.slice(0, 1) }, code: "wrong_transcript" },
    "leaves that the log does not show": { invited: { ...invited, folded: folded.with({ leaves }) }, code: "wrong_tree" },
    "a private part that is not this package's": {
      invited: { ...invited, package: { ...invited.package, private: room.packages[1]!.private } },
      code: "undecryptable",
    },
  }
  for (const [name, { code, ...changed }] of Object.entries(refused)) {
    const thrown = await join(room.engine, changed.invited ?? invited, room.directory, changed.log ?? log).catch(
      (failed: unknown) => failed,
    )
    expect(thrown, name).toBeInstanceOf(Refused)
    expect((thrown as Refused).code, name).toBe(code)
  }
  const uncertified = join(room.engine, invited, certified(room.founder, ke!), log)
  await expect(uncertified).rejects.toBeInstanceOf(JoinRefused)
  await expect(uncertified).rejects.toMatchObject({ code: "not_certified" })
})
