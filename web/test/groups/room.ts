/** Make a channel as devices and a server would, without either: staged posts become numbered entries. */

import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { type LogPosition, startOf } from "../../src/client/store/logs"
import type { Outgoing } from "../../src/client/store/outbox"
import { type Base, epochKeyOf, type Signer, stageChannel, stageCommit } from "../../src/groups/committing"
import { type Bundle, Engine, type Epoch, type KeyPackage, type Pair } from "../../src/groups/engine_host"
import type { Devices } from "../../src/groups/joining"
import { judge, type Judged } from "../../src/groups/judge"
import { Charter, Roster } from "../../src/wire/bodies"
import { fromBase64, toHex, utf8 } from "../../src/wire/bytes"
import type { DeviceCertificate } from "../../src/wire/certificates"
import { type Entry, Kind, kindFromWord, type Seen, Urgency } from "../../src/wire/entries"
import { DeviceUri } from "../../src/wire/identity"
import { generateSeed, publicKeyOf } from "../../src/wire/keys"
import type { EpochKey } from "../../src/wire/sealing"
import { sign, type Statement } from "../../src/wire/statements"

export const BUNDLE = fileURLToPath(new URL("../../../pratique/groups/engine.js", import.meta.url))
export const PIN = readFileSync(new URL("../../../pratique/groups/engine.sha256", import.meta.url), "ascii").trim()
/** The engine holds key packages that it adds to this machine's clock. */
export const NOW_MS = Math.floor(Date.now() / 1000) * 1000
const NOW_S = NOW_MS / 1000

export async function loadBundle(): Promise<Bundle> {
  return (await import(/* @vite-ignore */ BUNDLE)) as Bundle
}

/** A device as others see it, with its seed. */
export interface Member extends Signer {
  readonly pair: Pair
  readonly office: string
}

export async function memberOf(party: string, device = "0001"): Promise<Member> {
  const key = generateSeed()
  const uri = `pratique://${party}.stop.example/ncp/a.person/${device}`
  return { uri, key, pair: [uri, await publicKeyOf(key)], office: `${party}/ncp` }
}

export async function packageOf(engine: Engine, member: Member): Promise<KeyPackage> {
  return engine.keyPackage(member.uri, member.key, { notBefore: NOW_S - 300, notAfter: NOW_S + 86_400 })
}

/** Certificates that no party signed: what a directory has verified is not what is tested here. */
export function certified(...members: Member[]): Devices {
  const find = (uri: string): DeviceCertificate | null => {
    const one = members.find((member) => member.uri === uri)
    if (one === undefined) return null
    const parts = { uri: DeviceUri.parse(uri), key: one.pair[1], not_before_ms: 0, not_after_ms: NOW_MS + 864e5 }
    return { ...parts, der: utf8(uri), authority: utf8(uri), fingerprint: "" }
  }
  return {
    device: (uri) => Promise.resolve(find(uri)),
    newest: (uri) => Promise.resolve(find(uri)),
    pair: (uri) => Promise.resolve(members.find((member) => member.uri === uri)?.pair ?? null),
    authorityKeys: () => Promise.resolve([]),
  }
}

/** One log as a server numbers it, and a reader's place in it. */
export class Log {
  readonly entries: Entry[] = []

  constructor(readonly id: string) {}

  /** Give the next entry; nothing is kept. */
  next(by: Member | null, kind: Kind, data: Uint8Array, more: Partial<Entry> = {}): Entry {
    const [seq, device] = [this.entries.length + 1, by?.uri ?? ""]
    const fixed = { log: this.id, seq, kind, device, data, at_ms: NOW_MS + seq }
    return { ...fixed, epoch: 0, post_id: toHex(crypto.getRandomValues(new Uint8Array(16))), urgency: Urgency.ROUTINE, ...more }
  }

  add(entry: Entry): Entry {
    this.entries.push(entry)
    return entry
  }

  /** Number a staged post's drafts; give the data of its welcomes, which go to inboxes. */
  take(by: Member, post: Outgoing): Uint8Array[] {
    const told = JSON.parse(new TextDecoder().decode(post.body)) as {
      drafts: { kind: string; epoch: number; data_base64: string }[]
    }
    const welcomes: Uint8Array[] = []
    for (const { kind: word, epoch, data_base64 } of told.drafts) {
      const [kind, data] = [kindFromWord(word), fromBase64(data_base64)]
      if (kind === Kind.WELCOME) welcomes.push(data)
      else this.add(this.next(by, kind, data, { epoch, post_id: post.post_id }))
    }
    return welcomes
  }
}

/** Judges entries one after the other, as a device does, and keeps what came of each. */
export class Reader {
  position: LogPosition
  readonly judged: Judged[] = []

  constructor(
    readonly own: string,
    readonly directory: Devices,
    log: string,
  ) {
    this.position = startOf(log)
  }

  chainAt = (seq: number): string | null =>
    seq === 0 ? this.position.id : (this.judged[seq - 1]?.row.chain ?? null)

  get seen(): Seen {
    return { seq: this.position.seq, chain: this.position.chain }
  }

  judge(event: Parameters<typeof judge>[1]): Promise<Judged> {
    return judge(this.position, event, this.own, this.directory, this.chainAt)
  }

  async read(events: readonly Parameters<typeof judge>[1][]): Promise<Judged[]> {
    for (const event of events.slice(this.judged.length)) {
      const judged = await this.judge(event)
      this.judged.push(judged)
      this.position = judged.after
    }
    return this.judged
  }
}

/** A channel of Belgium, Kenya and the Emirates, made by one post of Belgium's device. */
export interface Room {
  readonly engine: Engine
  readonly founder: Member
  readonly others: readonly Member[]
  readonly packages: readonly KeyPackage[]
  readonly directory: Devices
  readonly charter: Statement
  readonly log: Log
  readonly post: Outgoing
  readonly welcome: Uint8Array
}

export async function roomOf(history: "full" | "from_join" = "full"): Promise<Room> {
  const engine = new Engine(loadBundle)
  const founder = await memberOf("be")
  const others = [await memberOf("ke"), await memberOf("ae")]
  const said: Charter = {
    operation: "ab".repeat(32),
    purpose: "channel",
    owners: [founder.office],
    parties: [],
    history,
    retention_s: 0,
    nonce: "cd".repeat(16),
  }
  const charter = await sign(Charter, said, { signer: founder.uri, seed: founder.key })
  const channel = charter.digest
  const seats = {
    channel,
    number: 1,
    changes: others.map(({ office }) => ({ office, seated: true })),
  }
  const by = { signer: founder.uri, seed: founder.key, follows: channel, seen: { seq: 0, chain: channel } }
  const roster = await sign(Roster, seats, by)
  const own = await packageOf(engine, founder)
  const packages = [await packageOf(engine, others[0]!), await packageOf(engine, others[1]!)]
  const adds = packages.map((one) => one.key_package)
  const post = await stageChannel(engine, founder, { charter, roster, own, adds, full: history === "full" })
  const log = new Log(channel)
  const [welcome] = log.take(founder, post)
  if (welcome === undefined) throw new Error("a founding that adds devices holds a welcome")
  const directory = certified(founder, ...others)
  return { engine, founder, others, packages, directory, charter, log, post, welcome }
}

/** Stage a commit of the founder over the state that its last post led to. */
export async function nextCommit(
  room: Room,
  state: Uint8Array,
  seen: Seen,
  rosterHead: string,
  changes: Parameters<typeof stageCommit>[3] = {},
): Promise<Outgoing> {
  const epoch: EpochKey = epochKeyOf(await room.engine.epoch(state))
  const full = room.charter.read(Charter).history === "full"
  const base: Base = {
    channel: room.log.id,
    charter: room.charter.raw,
    full,
    state,
    epoch,
    seen,
    roster_head: rosterHead,
  }
  return stageCommit(room.engine, base, room.founder, changes)
}

export function leavesOf(epoch: Epoch): [number, string][] {
  return epoch.leaves.map((leaf) => [leaf.index, leaf.uri])
}
