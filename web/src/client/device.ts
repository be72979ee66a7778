/** One device of a Member: the façade that the worker uses; every public act of the SDK is a method here. */

import { Title } from "../contents/title"
import { Engine, importBundle } from "../groups/engine_host"
import { Channels } from "../groups/channels"
import { Follower } from "../groups/following"
import { Poster } from "../groups/posting"
import { MOST_DRAFTS } from "../groups/posts"
import { KeyPackageStock } from "../groups/stock"
import type { SealedFile } from "../contents/sealed_file"
import type { OperationTerms } from "../wire/bodies"
import { fromUtf8 } from "../wire/bytes"
import { Urgency } from "../wire/entries"
import { DeviceUri } from "../wire/identity"
import { LocalDirectory } from "./directory"
import { examine } from "./doctor"
import { openFile, sealFile } from "./documents"
import * as enrolment from "./enrolment"
import { PratiqueError, StoreRefused } from "./errors"
import { field, Http } from "./http"
import { InvitationTicket } from "./invitations"
import type { Progress, Unlocking } from "./keystore"
import {
  type ChannelState,
  type Check,
  emptyReport,
  type Notice,
  type OpenedEntry,
  type Operation,
  type Posted,
  type Sent,
  type SyncReport,
} from "./opened"
import { Operations } from "./operations"
import { OwnDevice } from "./own_device"
import { openedEntries, stateOf } from "./reading"
import { type Posting, Store } from "./store"
import { DATABASE, type Surroundings } from "./surroundings"
import { Syncer, type Told } from "./syncing"
import { Watch, type Watching } from "./watching"

export { DATABASE, type Surroundings } from "./surroundings"

/** A device's own view of its deployment. One per database; one worker at a time opens it. */
export class Device extends OwnDevice {
  readonly #around: Surroundings
  readonly #follower: Follower
  readonly #stock: KeyPackageStock
  readonly #poster: Poster
  readonly #channels: Channels
  readonly #operations: Operations
  readonly #syncer: Syncer

  private constructor(store: Store, around: Surroundings, uri: DeviceUri, directory: LocalDirectory) {
    super(store, new Http(around.url, around.fetch), uri, directory)
    this.#around = around
    const engine = new Engine(around.bundle ?? importBundle)
    this.#follower = new Follower(store, this.account, engine, directory)
    this.#stock = new KeyPackageStock(store, this.account, engine, this.#follower.keys)
    this.#poster = new Poster(this.#follower)
    this.#channels = new Channels(this.#follower, this.#poster, this.#stock)
    this.#operations = new Operations(this.#follower)
    this.#syncer = new Syncer(this.#follower, this.#poster, this.#channels)
  }

  /** Unlock the store of this browser; throws `StoreRefused`. */
  static async open(around: Surroundings, unlocking: Unlocking, progress?: Progress): Promise<Device> {
    return await over(await Store.open(around.database ?? DATABASE, unlocking, progress), around)
  }

  /** Make the store and the device key, ask to be enrolled; give the fingerprint to read to the approver. */
  static async beginEnrolment(
    around: Surroundings,
    ticket: InvitationTicket | string,
    deviceName: string,
    unlocking: Unlocking,
  ): Promise<{ device: Device; fingerprint: string }> {
    const handed = typeof ticket === "string" ? InvitationTicket.parse(ticket) : ticket
    const http = new Http(around.url, around.fetch)
    const begun = await enrolment.begin(http, around.database ?? DATABASE, handed, deviceName, unlocking)
    return { device: await over(begun.store, around), fingerprint: begun.fingerprint }
  }

  /** Build the façade over an open store; `Device.open` is what callers want. */
  static async over(store: Store, around: Surroundings): Promise<Device> {
    const [uri, root] = [store.fact("uri"), store.fact("root")]
    if (uri === null || root === null) throw new StoreRefused("store_damaged", "the store does not say whose it is")
    const directory = await LocalDirectory.open(store, root)
    return new Device(store, around, DeviceUri.parse(fromUtf8(uri)), directory)
  }

  /** Fetch and verify the certificate, upload key packages; false while no officer has approved. */
  async finishEnrolment(): Promise<boolean> {
    if (!this.enrolled) {
      const { key } = this.account
      if (!(await enrolment.finish(this.http, this.store, this.directory, this.uri, key))) return false
    }
    await this.#stock.refill(this.#follower.nowMs())
    return true
  }

  /**
   * Catch up one channel or all of them: join, add and remove devices as the fold asks, refill key packages.
   *
   * What an earlier run left unsent is sent first. A channel that cannot be followed is reported, the others go on.
   * `told` hears how many channels are done, and of how many. Without `tend`, the `watch` that follows tends them.
   */
  async sync(log: string | null = null, told?: Told, how: { readonly tend?: boolean } = {}): Promise<SyncReport> {
    return await this.#syncer.sync(log, told, how)
  }

  /** Found a channel owned by this device's office and seat others; the title is its first sealed content. */
  async createChannel(
    operation: string,
    given: {
      title: string
      offices: readonly string[]
      history?: "full" | "from_join"
      retention_s?: number
    },
  ): Promise<string> {
    const { title, offices, history = "full", retention_s = 0 } = given
    const charter = this.#channels.charter(operation, "channel", history, retention_s)
    const channel = await this.#channels.create(charter, offices)
    await this.post(channel, Title.TYPE, Title.write({ title, purpose: "discussion", about: null }))
    return channel
  }

  /**
   * Give the lane of exactly these parties (and the operation's companions); first use makes it.
   *
   * This device's own party is added; where it is the only one, the lane is its own, without companions.
   */
  async lane(operation: string, parties: readonly string[]): Promise<string> {
    const { terms } = await this.#operations.one(operation)
    return await this.#channels.lane(operation, terms, parties)
  }

  /**
   * Seal and post one content; it is saved on both sides when this returns.
   *
   * Raises  ChannelStopped, SealRefused("content_too_large"), Problem; Unreachable: it is sent by the next sync
   */
  async post(
    channel: string,
    type: string,
    body: Uint8Array,
    urgency: Urgency = Urgency.ROUTINE,
  ): Promise<Posted> {
    const [posted] = await this.#poster.post(channel, [[type, body]], urgency)
    if (posted === undefined) throw new PratiqueError("bad_answer", "the server did not say where the post stands")
    return posted
  }

  /**
   * Post to several channels: all posts are kept in one transaction before the first leaves, then sent in order.
   *
   * Raises  Unreachable: what is not sent is sent by the next sync. ChannelStopped, SealRefused, Problem: what came
   *         before the refused posting is sent, that one and what comes after it are not
   */
  async postAll(postings: readonly Posting[]): Promise<Sent[]> {
    return await this.#poster.postAll(postings)
  }

  /** Seal and post many contents in order, 64 in one request; each request stands or falls by itself. */
  async postMany(
    channel: string,
    contents: readonly (readonly [string, Uint8Array])[],
    urgency: Urgency = Urgency.ROUTINE,
  ): Promise<Posted[]> {
    const posted: Posted[] = []
    for (let start = 0; start < contents.length; start += MOST_DRAFTS) {
      posted.push(...(await this.#poster.post(channel, contents.slice(start, start + MOST_DRAFTS), urgency)))
    }
    return posted
  }

  /**
   * Seal a file beside a channel; give what the content that names it says of it.
   *
   * Throws  SealRefused; Problem("blob_refused"); Unreachable: the same file again is sealed anew
   */
  async putFile(channel: string, data: Uint8Array, name: string, type: string): Promise<SealedFile> {
    const { said, segments } = await sealFile(data, name, type)
    for (const [index, digest] of said.segments.entries()) {
      await this.account.call("PUT", blobPath(channel, digest), segments[index], { media: "application/octet-stream" })
    }
    return said
  }

  /** Fetch and open a file of a channel; throws `SealRefused`, `Problem`, `Unreachable`. */
  async getFile(channel: string, file: SealedFile): Promise<Uint8Array> {
    return await openFile(file, async (digest) => (await this.account.call("GET", blobPath(channel, digest))).content)
  }

  /** Yield what the store holds of a channel, in order; reads no network. */
  opened(channel: string, after = 0): Generator<OpenedEntry> {
    return openedEntries(this.#follower.logs, channel, after)
  }

  /** Give how far each device has read a channel, as the server keeps it: what "delivered" means. */
  async cursors(channel: string): Promise<Map<string, number>> {
    const told = (await this.account.call("GET", `/v1/channels/${channel}`)).get("cursors", "list")
    return new Map(told.map((one) => [field(one, "device", "str"), field(one, "seq", "int")]))
  }

  /** Count the posts that are kept here and not known to be saved by the server; reads no network. */
  unsent(): number {
    return this.#follower.outbox.waiting().length
  }

  /** List the postings that are kept here and not known to be saved, oldest first; reads no network. */
  unsentPostings(): Posting[] {
    return this.#follower.outbox.waiting().flatMap((post) => post.again ?? [])
  }

  /** Be told whenever a post that was kept here goes: saved or refused. */
  onUnsent(told: () => void): void {
    this.#follower.outbox.told = told
  }

  /** List the channels that the store knows; reads no network. */
  channels(): ChannelState[] {
    const { logs } = this.#follower
    return logs.ids().map((log) => stateOf(logs.load(log), String(this.uri), this.#follower.nowMs()))
  }

  /** Give who holds a leaf of a channel and since which entry, from this device's own fold. */
  leaves(channel: string): { uri: string; since_seq: number; not_after_ms: number }[] {
    const member = this.#follower.logs.load(channel).membership
    return [...(member?.leaves.values() ?? [])].map(({ uri, since_seq, not_after_ms }) => {
      return { uri, since_seq, not_after_ms }
    })
  }

  /** Yield entries as they come, after what the store has; reconnects by itself, ends with the signal. */
  async *watch(how: Omit<Watching, "sockets">): AsyncGenerator<OpenedEntry | Notice> {
    const opened = (channel: string, after: number): Iterable<OpenedEntry> => this.opened(channel, after)
    const sockets = this.#around.sockets ?? globalThis.WebSocket
    const watch = new Watch(this.#follower, this.#channels, opened, { ...how, sockets })
    yield* watch.run(how.synced?.listed ?? (await this.#syncer.listed()).ids())
  }

  /** Seat and unseat offices by a signed roster statement; then add and remove their devices. */
  async changeSeats(channel: string, seat: readonly string[] = [], unseat: readonly string[] = []): Promise<void> {
    await this.#channels.changeSeats(channel, seat, unseat)
    await this.#channels.tend(channel, emptyReport())
  }

  /** Give this device's leaf a fresh path, as `sync` does weekly; false where another commit came first. */
  async updateLeaf(channel: string): Promise<boolean> {
    await this.#follower.follow(channel)
    return await this.#poster.commit(channel)
  }

  /** Ask to be removed and added anew, where this device lost its state of a channel. */
  async rejoin(channel: string): Promise<void> {
    await this.#channels.rejoin(channel)
  }

  /**
   * List the operations in which this device's party takes part, verified.
   *
   * Takes  stored: only those of the channels in the store, by the terms it holds; the server is not asked
   */
  async operations(given: { stored?: boolean } = {}): Promise<Operation[]> {
    if (given.stored !== true) return await this.#operations.all()
    const known = [...new Set(this.channels().map((state) => state.charter.operation))].sort()
    return await Promise.all(known.map((operation) => this.#operations.stored(operation)))
  }

  /** Found an operation (a device of an OCU party only); terms.number is 1. */
  async foundOperation(terms: OperationTerms): Promise<Operation> {
    return await this.#operations.found(terms)
  }

  /** State new terms; terms.number is one more than the newest. */
  async amendOperation(operation: string, terms: OperationTerms): Promise<Operation> {
    return await this.#operations.amend(operation, terms)
  }

  /** Look at store, server, clock, chain, engine, key packages and channels. */
  async doctor(): Promise<Check[]> {
    return await examine(this.#follower, this.#stock, this.channels())
  }
}

async function over(store: Store, around: Surroundings): Promise<Device> {
  try {
    return await Device.over(store, around)
  } catch (failed) {
    await store.close()
    throw failed
  }
}

function blobPath(channel: string, digest: string): string {
  return `/v1/channels/${channel}/blobs/${digest}`
}
