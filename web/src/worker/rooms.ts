/** What each channel says at a glance: its title, what is unread, its last words; read once and added to. */
import type { Device } from "../client/device"
import { PratiqueError } from "../client/errors"
import { NO_KEY } from "../client/reading"
import type { ChannelState, OpenedEntry } from "../client/opened"
import { ReadMark } from "../contents/read_mark"
import { type Purpose, Title } from "../contents/title"
import { fold, newReadMarks, type ReadMarks } from "../views/read_marks"
import { Kind } from "../wire/entries"
import { loads } from "../wire/strict_json"
import { quietly, uriOf } from "./lines"

interface Heard {
  readonly seq: number
  readonly at_ms: number
  readonly mine: boolean
  /** Of this party, whoever wrote it. */
  readonly ours: boolean
  readonly mentions: boolean
  readonly urgent: boolean
}

export interface Glance {
  title: string
  purpose: Purpose
  titled_ms: number
  /** Where it was titled last, and where this device let others in last. */
  titled_seq: number
  let_in_seq: number
  last_ms: number
  last_text: string
  readonly messages: Heard[]
  /** Which party has read what. */
  read: ReadMarks
  seq: number
  /** Something in it is closed as yet. */
  closed: boolean
  /** How long the channel was when it was looked at last. */
  looked: number
}

export class Rooms {
  readonly #device: Device
  readonly #glances = new Map<string, Glance>()
  readonly #telling = new Set<string>()

  constructor(device: Device) {
    this.#device = device
  }

  /** Look at a channel. */
  of(state: ChannelState): Glance {
    let glance = this.#glances.get(state.id)
    // A commit or a link that came since may have brought the key of what was closed.
    if (glance === undefined || (glance.closed && glance.looked !== state.seq)) {
      glance = {
        title: "", purpose: "discussion", titled_ms: 0, titled_seq: 0, let_in_seq: 0, last_ms: 0, last_text: "", messages: [], read: newReadMarks(), seq: 0, closed: false, looked: 0,
      }
      this.#glances.set(state.id, glance)
    }
    glance.looked = state.seq
    for (const entry of this.#device.opened(state.id, glance.seq)) {
      glance.seq = entry.seq
      glance.closed ||= entry.problem?.startsWith(NO_KEY) ?? false
      this.#hear(glance, entry)
    }
    if (glance.title === "") glance.title = untitled(state, this.#device.uri.party)
    return glance
  }

  /**
   * Say the title again where this device let others in who cannot read what came before; true where it did.
   *
   * Takes  of: one channel; all of them where it is left out
   */
  async retitle(of?: string): Promise<boolean> {
    let said = false
    for (const state of this.#device.channels()) {
      if ((of !== undefined && state.id !== of) || this.#telling.has(state.id)) continue
      if (state.charter.history !== "from_join" || !state.own_leaf || state.trouble !== null) continue
      const { title, purpose, titled_seq, let_in_seq } = this.of(state)
      if (titled_seq === 0 || titled_seq > let_in_seq) continue
      this.#telling.add(state.id)
      try {
        await this.#device.post(state.id, Title.TYPE, Title.write({ title, purpose, about: null }))
        said = true
      } catch (failed) {
        // Whoever lets the next one in tries again.
        if (!(failed instanceof PratiqueError)) throw failed
      } finally {
        this.#telling.delete(state.id)
      }
    }
    return said
  }

  #hear(glance: Glance, entry: OpenedEntry): void {
    if (entry.kind === Kind.COMMIT && entry.device === this.#device.uri.toString() && addsSomebody(entry)) {
      glance.let_in_seq = entry.seq
    }
    const content = quietly(entry)
    if (content === null) return
    if (content.TYPE === ReadMark.TYPE) {
      // Nothing was said: a channel is no newer by it.
      glance.read = fold(glance.read, [entry])
      return
    }
    if (content.TYPE === Title.TYPE && entry.at_ms >= glance.titled_ms) {
      Object.assign(glance, { title: content.title, purpose: content.purpose, titled_ms: entry.at_ms, titled_seq: entry.seq })
    }
    glance.last_ms = Math.max(glance.last_ms, entry.at_ms)
    if (content.TYPE !== "message") return
    glance.last_text = content.text.slice(0, 200)
    const own = this.#device.uri
    const from = uriOf(entry.device)
    glance.messages.push({
      seq: entry.seq,
      at_ms: entry.at_ms,
      mine: from !== null && from.party === own.party && from.person === own.person,
      ours: from?.party === own.party,
      mentions: content.mentions?.includes(own.party) ?? false,
      urgent: entry.urgency === 2,
    })
  }
}

function addsSomebody({ problem, body }: OpenedEntry): boolean {
  return problem === null && body.length > 0 && Object.hasOwn(loads(body) as object, "added")
}

function untitled(state: ChannelState, own: string): string {
  const parties = [...new Set([...state.charter.parties, ...state.seated.map((office) => office.split("/")[0]!)])]
  const others = parties.filter((party) => party !== own)
  return (others.length === 0 ? [own] : others).map((party) => party.toUpperCase()).join(" · ")
}
