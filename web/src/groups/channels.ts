/** Make channels and lanes, and tend them: add wanted devices, remove leaves that must go, renew the own leaf. */

import type { ActiveDevice } from "../client/directory"
import { ChannelStopped, PratiqueError, Problem, ServerMistrusted } from "../client/errors"
import { field, pauseFor } from "../client/http"
import type { SyncReport } from "../client/opened"
import type { LogPosition } from "../client/store/logs"
import { Charter, type OperationTerms, Roster } from "../wire/bodies"
import { toHex } from "../wire/bytes"
import type { Membership } from "../wire/membership"
import * as mls from "../wire/mls"
import { Refused } from "../wire/refused"
import { sign, type Statement } from "../wire/statements"
import { stageChannel } from "./committing"
import type { Follower } from "./following"
import type { Poster } from "./posting"
import { nonce, rejoinPost, seatsPost } from "./posts"
import type { KeyPackageStock } from "./stock"
import * as tending from "./tending"
import type { Offices } from "./tending"

export type { Offices } from "./tending"

export const NCP = "ncp"
/** In a live run, each rank in the order of committers waits this much longer than the one before it. */
export const RANK_MS = 300
const MOST_RANKS = 10
const TRIES = 5

/** What one device does for its channels. */
export class Channels {
  constructor(
    readonly follower: Follower,
    readonly poster: Poster,
    readonly stock: KeyPackageStock,
  ) {}

  /**
   * Found a channel with this device's office as an owner; seat others and add all their devices.
   *
   * Throws  Problem("lane_exists") with the channel of the lane that is there
   */
  async create(charter: Charter, offices: readonly string[]): Promise<string> {
    const { follower } = this
    const { signer, engine, store } = follower
    const founding = await sign(Charter, charter, { signer: signer.uri, seed: signer.key })
    const others = [...new Set(offices)].filter((office) => !charter.owners.includes(office))
    const roster = others.length ? await this.#firstRoster(founding, others) : null
    const wanted: ActiveDevice[] = []
    for (const devices of (await this.#offices([...charter.owners, ...others])).values()) wanted.push(...devices)
    const strangers = wanted.filter((device) => device.uri !== signer.uri).slice(0, tending.MOST_ADDS)
    const adds = await this.stock.claim(null, strangers, follower.nowMs())
    const own = await this.stock.own(follower.nowMs())
    const full = charter.history === "full"
    const post = await stageChannel(engine, signer, { charter: founding, roster, own, adds, full })
    await store.transaction((batch) => follower.outbox.put(batch, post))
    await this.poster.send(post)
    await follower.follow(post.log)
    return post.log
  }

  /**
   * Make the tree hold what the fold wants, and renew the own leaf when it is due.
   *
   * Takes  patient: wait for one's rank, so that of many devices that are awake one commits;
   *        offices: what was fetched of offices a moment ago, to ask only once
   */
  async tend(channel: string, report: SyncReport, how: { patient?: boolean; offices?: Offices } = {}): Promise<void> {
    const { follower } = this
    const known: Offices = how.offices ?? new Map()
    for (let tries = 0; tries < 3; tries++) {
      const position = follower.logs.load(channel)
      const member = tended(position, follower.own)
      if (member === null) return
      const missing = [...member.seated].filter((office) => !known.has(office)).sort()
      for (const [office, devices] of await this.#offices(missing)) known.set(office, devices)
      const wanted = tending.need(member, known, follower.nextMs(position))
      const { removes } = wanted
      if (removes.includes(member.leafOf(follower.own) ?? -1)) return
      const needed = wanted.adds.length > 0 || removes.length > 0
      const due = await this.#updateDue(member, position.tended_ms)
      if (!needed && !due) return
      if (how.patient === true && needed) {
        const rank = Math.min(tending.rank(position.chain, follower.own, member), MOST_RANKS)
        await pauseFor(rank * RANK_MS)
        if (await follower.follow(channel)) continue
      }
      const devices = [...member.seated].flatMap((office) => {
        return (known.get(office) ?? []).filter((one) => wanted.adds.includes(one.uri))
      })
      let adds = devices.length ? await this.stock.claim(channel, devices, follower.nowMs()) : []
      if (adds.length) adds = await this.#addable(member, removes, adds)
      if (!adds.length && !removes.length && !due) return
      if (await this.poster.commit(channel, { adds, removes })) {
        report.added.push(...adds.map((add) => mls.parseKeyPackage(add).identity))
        report.removed.push(...removes.flatMap((index) => member.leaves.get(index)?.uri ?? []))
        if (adds.length === wanted.adds.length) return
      }
    }
  }

  /** State the next roster; where another came first, follow it and state what is still to change. */
  async changeSeats(channel: string, seat: readonly string[], unseat: readonly string[]): Promise<void> {
    const { follower } = this
    const changes = new Map([
      ...seat.map((office) => [office, true] as const),
      ...unseat.map((office) => [office, false] as const),
    ])
    for (let tries = 0; tries < TRIES; tries++) {
      await follower.follow(channel)
      const position = follower.logs.load(channel)
      const seats = position.membership?.seated
      if (seats === undefined) throw new ChannelStopped("no_channel", "this device does not know that channel")
      const left = [...changes].filter(([office, seated]) => seats.has(office) !== seated)
      if (!left.length) return
      const post = await seatsPost(
        follower.signer,
        position,
        left.map(([office, seated]) => ({ office, seated })),
      )
      await follower.store.transaction((batch) => follower.outbox.put(batch, post))
      try {
        await this.poster.send(post)
      } catch (problem) {
        if (!(problem instanceof Problem) || problem.code !== "stale_roster") throw problem
        continue
      }
      await follower.follow(channel)
      return
    }
    throw new ChannelStopped("busy_channel", "the roster changed at every try", "try again")
  }

  /** Ask to be removed and added anew; the next device that is awake does it. */
  async rejoin(channel: string): Promise<void> {
    const { follower } = this
    const { store, logs, outbox } = follower
    await follower.follow(channel)
    const position = logs.load(channel)
    const member = position.membership
    // Where commits are withheld, the fold knows no leaves, and only the server can say that there is none.
    if (member === null || (member.leaves.size > 0 && member.leafOf(follower.own) === null)) {
      throw new ChannelStopped("no_leaf", "this device holds no leaf there; it is added once its office is seated")
    }
    await this.stock.refill(follower.nowMs())
    const post = await rejoinPost(follower.signer, position)
    await store.transaction((batch) => outbox.put(batch, post))
    await this.poster.send(post)
    await store.transaction((batch) => logs.forgetState(batch, logs.load(channel)))
    await follower.follow(channel)
  }

  /**
   * Give the lane of exactly these parties and the operation's companions; first use makes it.
   *
   * Takes  parties: the own one is added; where it is the only one, this is its own lane, without companions. One that
   *        died with its last device is passed over: nobody can add this device there
   */
  async lane(operation: string, terms: OperationTerms, parties: readonly string[]): Promise<string> {
    const { follower } = this
    const named = new Set([...parties, follower.account.uri.party])
    const whole = [...new Set([...named, ...(named.size > 1 ? terms.lane_companions : [])])].sort()
    for (const log of follower.logs.ids()) {
      if (this.#isLane(log, operation, whole) && (whole.length > 1 || this.#lives(log))) return log
    }
    const charter = this.charter(operation, "lane", "full", 0, whole)
    const offices = whole.map((party) => `${party}/${NCP}`)
    let channel: string
    try {
      return await this.create(charter, offices)
    } catch (problem) {
      if (!(problem instanceof Problem) || problem.code !== "lane_exists") throw problem
      channel = field(problem.facts, "channel", "str")
    }
    if (!/^[0-9a-f]{64}$/.test(channel)) throw new ServerMistrusted("bad_answer", "the server names a log that is none")
    await follower.follow(channel)
    if (!this.#isLane(channel, operation, whole)) {
      throw new PratiqueError("wrong_lane", "the server named a channel that is not that lane")
    }
    return channel
  }

  /** Write the terms of a new channel owned by this device's office. */
  charter(
    operation: string,
    purpose: Charter["purpose"],
    history: Charter["history"],
    retention_s: number,
    parties: readonly string[] = [],
  ): Charter {
    const owners = [this.follower.account.uri.officeId]
    return { operation, purpose, owners, parties, history, retention_s, nonce: nonce() }
  }

  /** Delete what is past its retention in a `from_join` channel: opened bodies, and the keys that opened them. */
  async forget(channel: string, nowMs: number): Promise<void> {
    const { logs, keys, store } = this.follower
    const charter = logs.load(channel).membership?.charter
    if (charter?.history !== "from_join" || !charter.retention_s) return
    await store.transaction((batch) => {
      const epoch = logs.forgetBefore(batch, channel, nowMs - charter.retention_s * 1000)
      keys.dropEpochs(batch, channel, epoch)
    })
  }

  async #firstRoster(founding: Statement, offices: readonly string[]): Promise<Statement> {
    const { uri, key } = this.follower.signer
    const channel = founding.digest
    const changes = offices.map((office) => ({ office, seated: true }))
    const by = { signer: uri, seed: key, follows: channel, seen: { seq: 0, chain: channel } }
    return sign(Roster, { channel, number: 1, changes }, by)
  }

  #lives(log: string): boolean {
    return this.follower.logs.load(log).membership?.living === true
  }

  #isLane(channel: string, operation: string, parties: readonly string[]): boolean {
    const charter = this.follower.logs.load(channel).membership?.charter
    if (charter?.purpose !== "lane" || charter.operation !== operation) return false
    return charter.parties.length === parties.length && charter.parties.every((party, at) => party === parties[at])
  }

  /** Leave out key packages with a key that stands in the tree; they would keep all the others out. */
  async #addable(member: Membership, removes: readonly number[], adds: readonly Uint8Array[]): Promise<Uint8Array[]> {
    const path = `/v1/channels/${member.channel}/group-info?epoch=${member.epoch}`
    const data = (await this.follower.account.call("GET", path)).get("ratchet_tree", "bytes")
    let standing: Set<string>
    try {
      standing = mls.parseRatchetTree(data).encryptionKeys(removes)
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused
      const detail = `the server's ratchet tree cannot be read: ${refused.detail}`
      throw new ServerMistrusted(refused.code, detail)
    }
    const fresh: Uint8Array[] = []
    for (const add of adds) {
      const key = toHex(mls.parseKeyPackage(add).encryption_key)
      if (standing.has(key)) continue
      fresh.push(add)
      standing.add(key)
    }
    return fresh
  }

  /** Say whether the own leaf wants a commit: its week is over, or its certificate was renewed since. */
  async #updateDue(member: Membership, lastMs: number): Promise<boolean> {
    const { own, directory } = this.follower
    const leaf = member.leaves.get(member.leafOf(own) ?? -1)
    const newest = await directory.newest(own)
    const renewed = newest !== null && leaf !== undefined && newest.not_after_ms - leaf.not_after_ms > tending.DAY_MS
    return renewed || tending.updateDue(own, lastMs, this.follower.nowMs())
  }

  /** Fetch the active devices of all offices seated in these channels, asking once; nothing where that fails. */
  async offices(channels: Iterable<string>): Promise<Offices> {
    const { logs } = this.follower
    const seated = [...channels].flatMap((channel) => [...(logs.load(channel).membership?.seated ?? [])])
    try {
      return await this.#offices([...new Set(seated)].sort())
    } catch (failed) {
      // Each channel then asks for what it needs, and says what is wrong.
      if (!(failed instanceof PratiqueError)) throw failed
      return new Map()
    }
  }

  async #offices(offices: readonly string[]): Promise<Offices> {
    return this.follower.directory.fetchOffices(this.follower.account, offices)
  }
}

/** Give the fold of a channel that this device may tend: it holds a leaf, and its engine is where the log is. */
function tended(position: LogPosition, own: string): Membership | null {
  const { membership: member, state, trouble } = position
  if (member === null || state === null || trouble !== null) return null
  return position.state_epoch === member.epoch && member.leafOf(own) !== null ? member : null
}
