/** Post to lanes, the Member's own lane and the operation room; what was posted is folded at once. */
import type { OpenedEntry, Operation, Posted, Sent } from "../client/opened"
import type { Posting } from "../client/store/outbox"
import { type Content, writeContent } from "../contents/registry"
import { utf8 } from "../wire/bytes"
import { Kind, Urgency } from "../wire/entries"
import type { DeskDevice } from "./device"
import { type Reading, setOf } from "./reading"
import type { Plan } from "./reminders"

const MOST_TOGETHER = 64

/**
 * One content on its way to one channel; `reminders`: whose answer is awaited, and who is called when; `ends`:
 * reminders that need not ring any more.
 */
export interface Parcel {
  readonly channel: string
  readonly content: Content
  readonly urgency: Urgency
  readonly reminders: readonly Plan[]
  readonly ends: readonly number[]
}

export function parcel(
  channel: string,
  content: Content,
  urgency: Urgency = Urgency.ROUTINE,
  reminders: readonly Plan[] = [],
  ends: readonly number[] = [],
): Parcel {
  return { channel, content, urgency, reminders, ends }
}

/** What one desk posts. */
export class Outward {
  /** Something may stand in the logs that is not folded here. */
  unsure = false
  readonly #device: DeskDevice
  readonly #operation: Operation
  readonly #reading: Reading

  constructor(device: DeskDevice, operation: Operation, reading: Reading) {
    this.#device = device
    this.#operation = operation
    this.#reading = reading
  }

  /** Give the lane of these parties and this Member; first use makes it. */
  async lane(parties: readonly string[]): Promise<string> {
    const own = this.#device.uri.party
    const named = new Set([own, ...parties])
    if (named.size > 1) for (const one of this.#operation.terms.lane_companions) named.add(one)
    const known = this.#reading.lanes.get(setOf(named))
    if (known !== undefined) return known
    const channel = await this.#device.lane(this.#operation.id, parties)
    this.#reading.knowLane(channel, [...named].sort())
    return channel
  }

  /** Give the lane of this Member alone. */
  ownLane(): Promise<string> {
    return this.lane([this.#device.uri.party])
  }

  /**
   * Post all, in order; nothing leaves before everything is in the outbox.
   *
   * Throws `Unreachable`: the next sync sends them; `Problem`, `ChannelStopped`, `SealRefused`
   */
  async send(parcels: readonly Parcel[]): Promise<Posted[]> {
    const packed = [...pack(parcels)]
    const unsure = this.unsure
    this.unsure = true
    const sent = await this.#device.postAll(packed.map(posting))
    this.#reading.take(packed.flatMap((group, at) => [...this.#entries(group, sent[at]!)]))
    this.unsure = unsure
    for (const one of parcels) this.#reading.reminders.end(one.channel, one.ends)
    return sent.flatMap((one) => [...one.posted])
  }

  *#entries(group: readonly Parcel[], sent: Sent): Generator<OpenedEntry> {
    for (const [at, one] of group.entries()) {
      const place = sent.posted[at]!
      yield this.#entry(one, place, place.seq, Kind.APPLICATION, one.content.TYPE, writeContent(one.content))
    }
    const awaited = group.flatMap((one) => one.reminders.map(([party]) => [one, party] as const))
    for (const [at, [one, party]] of awaited.entries()) {
      const body = utf8(JSON.stringify({ party }))
      yield this.#entry(one, sent.posted[0]!, sent.reminders[at]!, Kind.REMINDER, "reminder", body)
    }
  }

  #entry(one: Parcel, place: Posted, seq: number, kind: Kind, type: string, body: Uint8Array): OpenedEntry {
    return {
      channel: one.channel,
      seq,
      kind,
      at_ms: place.at_ms,
      device: this.#device.uri.toString(),
      party: this.#device.uri.party,
      epoch: 0,
      post_id: place.post_id,
      urgency: one.urgency,
      type,
      body,
      problem: null,
    }
  }
}

/**
 * Put neighbours into one post; what ends reminders travels alone.
 *
 * All contents of a post have as many reminders, so that a reader knows which belong to which.
 */
function* pack(parcels: readonly Parcel[]): Generator<Parcel[]> {
  let start = 0
  while (start < parcels.length) {
    const first = parcels[start]!
    const most = Math.floor(MOST_TOGETHER / (1 + first.reminders.length))
    let end = start + 1
    while (end < parcels.length && end - start < most && together(first, parcels[end]!)) end += 1
    yield parcels.slice(start, end)
    start = end
  }
}

function together(a: Parcel, b: Parcel): boolean {
  return (
    a.channel === b.channel &&
    a.urgency === b.urgency &&
    a.reminders.length === b.reminders.length &&
    a.ends.length === 0 &&
    b.ends.length === 0
  )
}

function posting(group: readonly Parcel[]): Posting {
  return {
    channel: group[0]!.channel,
    contents: group.map((one) => [one.content.TYPE, writeContent(one.content)] as [string, Uint8Array]),
    urgency: group[0]!.urgency,
    reminders: group.flatMap((one) => one.reminders),
    ends: group.at(-1)!.ends,
    act: "",
  }
}
