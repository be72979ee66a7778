/** Tell the others how far this Member has read a channel: seldom, and where no device of it has told so already. */
import { PratiqueError } from "../client/errors"
import type { ChannelState } from "../client/opened"
import { ReadMark } from "../contents/read_mark"
import { hasRead, MOST_PARTIES } from "../views/read_marks"
import { partiesOf } from "./channels"
import type { Here } from "./here"
import { preferences } from "./settings"

const PAUSE_MS = 30_000
/** Devices of one party that show the same do not all speak at once: by chance one is the first. */
const [SOONEST_MS, LATEST_MS] = [500, 2_500]

export class Reading {
  readonly #here: Pick<Here, "device" | "rooms" | "desks" | "live" | "nowMs">
  readonly #read = new Map<string, number>()
  readonly #waiting = new Set<string>()
  /** What this device has said; it may not have come back over the log yet. */
  readonly #said = new Map<string, { readonly upto: number; readonly at_ms: number }>()

  constructor(here: Pick<Here, "device" | "rooms" | "desks" | "live" | "nowMs">) {
    this.#here = here
  }

  /** A person has had the end of a channel on the screen; never throws, waits for nothing. */
  tell(channel: string, seq: number): void {
    this.#read.set(channel, Math.max(this.#read.get(channel) ?? 0, seq))
    if (this.#waiting.has(channel)) return
    const state = this.#stateOf(channel)
    if (state === null || this.#markOf(state) === null) return
    const { rooms, device, nowMs } = this.#here
    const told = rooms.of(state).read.by_party.get(device.uri.party)?.said_ms ?? 0
    const rest = Math.max(told, this.#said.get(channel)?.at_ms ?? 0) + PAUSE_MS - nowMs()
    this.#waiting.add(channel)
    const wait = Math.min(Math.max(rest, 0), PAUSE_MS) + SOONEST_MS + Math.random() * (LATEST_MS - SOONEST_MS)
    setTimeout(() => void this.#say(channel), wait)
  }

  async #say(channel: string): Promise<void> {
    this.#waiting.delete(channel)
    const state = this.#stateOf(channel)
    const mark = state === null ? null : this.#markOf(state)
    if (mark === null) return
    this.#said.set(channel, { upto: mark.upto, at_ms: this.#here.nowMs() })
    try {
      await this.#here.device.post(channel, ReadMark.TYPE, ReadMark.write(mark))
    } catch (failed) {
      // What was sealed goes out by itself; what was refused keeps nobody from reading.
      if (!(failed instanceof PratiqueError)) throw failed
    }
  }

  #stateOf(channel: string): ChannelState | null {
    return this.#here.device.channels().find((one) => one.id === channel) ?? null
  }

  /** Give what is to be told of a channel; null where there is nothing new, or where it is not told. */
  #markOf(state: ChannelState): ReadMark | null {
    const { device, rooms } = this.#here
    if (!tellsReading(state) || !this.#may(state)) return null
    const seen = this.#read.get(state.id) ?? 0
    const { messages, read } = rooms.of(state)
    const upto = messages.findLast((one) => !one.ours && one.seq <= seen)?.seq ?? 0
    const leaf = device.leaves(state.id).find(({ uri }) => uri === device.uri.toString())
    const since = state.charter.history === "full" ? 1 : Math.max(1, leaf?.since_seq ?? 1)
    if (upto < since || upto <= (this.#said.get(state.id)?.upto ?? 0) || hasRead(read, device.uri.party, upto)) return null
    return ReadMark.check({ since, upto })
  }

  #may({ id, charter, own_leaf, trouble }: ChannelState): boolean {
    const { device, desks, live } = this.#here
    const desk = desks.ofChannel(id)
    if (desk === null || desk.operation.terms.phase === "closed" || !own_leaf || trouble !== null) return false
    if (live.connection !== "live" || !live.caught_up) return false
    // The Member's rule stands in its own lane: as long as that is closed to this device, it is not known.
    const closed = device.channels().some(({ charter: other, own_leaf: open }) => {
      return other.purpose === "lane" && other.operation === charter.operation && other.parties.length === 1 && !open
    })
    return !closed && desk.drafts.policy.receipts && preferences(this.#here).read_receipts
  }
}

/** Say whether reading is told in a channel at all: in lanes it is told of the pre-notification, among many never. */
export function tellsReading(state: ChannelState): boolean {
  return state.charter.purpose === "channel" && partiesOf(state).length <= MOST_PARTIES
}
