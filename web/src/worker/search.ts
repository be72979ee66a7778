/** Find words in what this device has opened. The index lives in this worker's memory; the server sees no term. */
import MiniSearch from "minisearch"
import type { Queries } from "../api"
import type { Device } from "../client/device"
import { type Consignment, part } from "../views/consignment"
import type { Desks } from "./desks"
import { quietly } from "./lines"
import { productOf } from "./rows"
import { preferences } from "./settings"
import type { Rooms } from "./rooms"

export type Found = Queries["search"][1][number]

interface Indexed {
  readonly key: string
  readonly kind: Found["kind"]
  readonly id: string
  readonly title: string
  readonly text: string
  /** Numbers as they are typed without hyphens and spaces: found, never shown. */
  readonly bare: string
  /** What it carries, which is its name for a reader. */
  readonly about: string
  readonly at_ms: number
}

const MOST = 50
const SHOWN = 160
const BETWEEN = " · "
/** What people say has neither. */
const SAID = { bare: "", about: "" }

export class Search {
  readonly #device: Device
  readonly #desks: Desks
  readonly #rooms: Rooms
  readonly #index = new MiniSearch<Indexed>({
    idField: "key",
    fields: ["title", "text", "bare"],
    storeFields: ["kind", "id", "title", "text", "about", "at_ms"],
    // Words are found in spite of a slip; a number that is nearly right is another one.
    searchOptions: { boost: { title: 3 }, prefix: true, fuzzy: (term) => (/\d/.test(term) ? false : 0.15), combineWith: "AND" },
  })
  readonly #consignments = new Map<string, Consignment>()
  #language = ""
  readonly #channels = new Map<string, { seq: number; epoch: number; title: string }>()

  constructor(device: Device, desks: Desks, rooms: Rooms) {
    this.#device = device
    this.#desks = desks
    this.#rooms = rooms
  }

  /** Give what fits, best first. */
  find(text: string, kind: Found["kind"] | null = null): Found[] {
    if (text.trim() === "") return []
    this.#catchUp()
    const found = this.#index.search(text, kind === null ? {} : { filter: (one) => one.kind === kind })
    return found.slice(0, kind === null ? MOST : found.length).map((one) => {
      const stored = one as unknown as Indexed
      const { id, about, at_ms } = stored
      return { kind: stored.kind, id, title: about || stored.title, text: excerpt(stored, one.terms, one.queryTerms), at_ms }
    })
  }

  #catchUp(): void {
    // Classes of goods are named, and found, in the reader's language.
    const { language } = preferences({ device: this.#device })
    if (language !== this.#language) this.#consignments.clear()
    this.#language = language
    for (const desk of this.#desks.all()) {
      for (const one of desk.board.consignments.values()) {
        if (this.#consignments.get(one.reference) === one) continue
        this.#consignments.set(one.reference, one)
        const national = desk.known.ofReference.get(one.reference)?.national_reference ?? ""
        this.#put({
          key: `consignment ${one.reference}`,
          kind: "consignment",
          id: one.reference,
          title: `${one.reference} ${national}`.trim(),
          ...texts(one, productOf({ device: this.#device }, one)),
          at_ms: one.sent_ms,
        })
      }
    }
    for (const state of this.#device.channels()) {
      if (state.charter.purpose === "lane") continue
      const { title } = this.#rooms.of(state)
      const known = this.#channels.get(state.id)
      const from = known === undefined || known.epoch !== state.epoch ? 0 : known.seq
      if (known?.title !== title) {
        this.#put({ ...SAID, key: `channel ${state.id}`, kind: "channel", id: state.id, title, text: "", at_ms: 0 })
      }
      for (const entry of this.#device.opened(state.id, from)) {
        const content = quietly(entry)
        if (content?.TYPE !== "message") continue
        const id = `${state.id}/${entry.seq}`
        const { text } = content
        this.#put({ ...SAID, key: `message ${id}`, kind: "message", id, title, text, at_ms: entry.at_ms })
      }
      this.#channels.set(state.id, { seq: state.seq, epoch: state.epoch, title })
    }
  }

  #put(one: Indexed): void {
    if (this.#index.has(one.key)) this.#index.replace(one)
    else this.#index.add(one)
  }
}

/** Give the words of a consignment: what goes, then every text of the form. */
function texts(one: Consignment, about: string): Pick<Indexed, "text" | "bare" | "about"> {
  const all = words(part(one).form)
  const plain = all.map((text) => text.replace(/[^\p{L}\p{N}]/gu, ""))
  const bare = plain.filter((text, at) => text !== all[at] && /\d/.test(text))
  return { text: [about, ...all].join(BETWEEN), bare: bare.join(" "), about }
}

function words(value: unknown): string[] {
  if (typeof value === "string") return [value]
  if (typeof value === "number") return [String(value)]
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(words) : []
}

/** Give the words around the first hit; of a consignment its numbers first, and not again what it carries. */
export function excerpt(
  { kind, title, text, about }: Pick<Indexed, "kind" | "title" | "text" | "about">,
  terms: readonly string[],
  asked: readonly string[] = terms,
): string {
  const rest = text.slice(about === "" ? 0 : about.length + BETWEEN.length)
  const places = (within: string, of = terms): number[] =>
    of.map((term) => within.toLowerCase().indexOf(term.toLowerCase())).filter((place) => place >= 0)
  // Where its name has them already, it is told from its beginning.
  const named = about !== "" && places(about, asked).length === asked.length
  const at = named || places(rest).length === 0 ? 0 : Math.min(...places(rest))
  const part = at < BETWEEN.length ? 0 : rest.lastIndexOf(BETWEEN, at)
  const begin = part <= 0 ? 0 : part + BETWEEN.length
  const from = at - begin < SHOWN / 3 ? begin : Math.floor(at - SHOWN / 3)
  const words = (from > 0 ? "…" : "") + rest.slice(from, from + SHOWN) + (from + SHOWN < rest.length ? "…" : "")
  return kind === "consignment" ? `${title}${BETWEEN}${words}` : words
}
