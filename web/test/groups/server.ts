/** Be a small server over `fetch`: logs in memory, an epoch check, and the lies and failures that a test asks for. */

import { fromBase64, fromUtf8, toBase64, utf8 } from "../../src/wire/bytes"
import { type Entry, entryDigest, inboxId, Kind, kindFromWord, urgencyFromWord } from "../../src/wire/entries"
import { encodeEvent, formatMs } from "../../src/wire/events"
import { sha256Hex } from "../../src/wire/hash"

type Json = Readonly<Record<string, unknown>>

interface Body extends Json {
  readonly post_id: string
  readonly drafts: readonly {
    readonly kind: string
    readonly epoch: number
    readonly urgency: string
    readonly data_base64: string
    readonly to?: readonly string[]
  }[]
}

interface Asked {
  readonly by: string
  readonly path: string
  readonly query: URLSearchParams
  readonly text: string
  readonly body: Json
}

/** What a post is answered instead of being taken; `save`: it is taken all the same. */
export interface Refusal extends Json {
  readonly code: string
  readonly save?: boolean
}

export class Server {
  readonly logs = new Map<string, Entry[]>()
  /** By device its certificate. */
  readonly certificates = new Map<string, Uint8Array>()
  readonly partyLists: Uint8Array[] = []
  /** Every post that came, refused or not. */
  readonly posts: { readonly path: string; readonly text: string }[] = []
  /** How the next posts are answered, one each; "lost": saved, and the answer never arrives. */
  readonly refusals: (Refusal | "lost")[] = []
  /** Shows an entry to a reader, changed or not at all. */
  show: (entry: Entry, reader: string) => Entry | null = (entry) => entry
  readonly #packages = new Map<string, unknown[]>()
  readonly #answers = new Map<string, Json>()
  readonly #trees = new Map<string, Json>()

  readonly fetch: typeof fetch = (input, init) => {
    const { pathname: path, searchParams: query } = new URL(String(input))
    const text = init?.body instanceof Uint8Array ? fromUtf8(init.body) : ""
    const by = new Headers(init?.headers).get("authorization")?.replace("Bearer ", "") ?? ""
    const asked = { by, path, query, text, body: text ? (JSON.parse(text) as Json) : {} }
    return new Promise((answer) => answer(this.#route(init?.method ?? "GET", asked)))
  }

  /** Number one more entry of a log. */
  append(log: string, entry: Pick<Entry, "kind" | "data"> & Partial<Entry>): Entry {
    const entries = this.logs.get(log) ?? []
    this.logs.set(log, entries)
    const at_ms = Math.max(Date.now(), entries.at(-1)?.at_ms ?? 0)
    const fixed = { device: "", epoch: 0, post_id: "0".repeat(32), urgency: 0 as const }
    const whole = { ...fixed, ...entry, log, seq: entries.length + 1, at_ms }
    entries.push(whole)
    return whole
  }

  epochOf(log: string): number {
    return (this.logs.get(log) ?? []).filter((entry) => entry.kind === Kind.COMMIT).length
  }

  #route(method: string, asked: Asked): Response {
    const { path, body, by, query } = asked
    const log = /^\/v1\/(?:logs|channels)\/([0-9a-f]{64})\//.exec(path)?.[1] ?? ""
    switch (path) {
      case "/v1/challenges":
        return told({ challenge: toBase64(utf8("challenge")), expires_ms: Date.now() + 60_000 })
      case "/v1/sessions":
        return told({ access_token: body["device"], expires_ms: Date.now() + 600_000 })
      case "/v1/deployment":
        return told({ party_lists: this.partyLists.map(toBase64), now_ms: Date.now() })
      case "/v1/devices":
        return told({ devices: this.#devices(query.getAll("device"), query.getAll("office")) })
      case "/v1/key-packages":
        if (method === "POST") this.#packages.set(by, [...(body["key_packages"] as unknown[])])
        return told({ available: this.#packages.get(by)?.length ?? 0 })
      case "/v1/key-package-claims": {
        const devices = body["devices"] as string[]
        const claimed = devices.map((device) => ({ device, key_package: this.#packages.get(device)?.shift() ?? null }))
        return told({ key_packages: claimed })
      }
    }
    if (path.endsWith("/group-info")) return told(this.#trees.get(`${log}/${query.get("epoch")}`) ?? {})
    if (method === "GET") return this.#page(log, Number(query.get("after")), by)
    return this.#post(log, asked)
  }

  #devices(devices: readonly string[], offices: readonly string[]): Json[] {
    const starts = offices.map((office) => `pratique://${office.replace("/", ".stop.example/")}/`)
    const wanted = (uri: string): boolean => devices.includes(uri) || starts.some((start) => uri.startsWith(start))
    const found = [...this.certificates].filter(([uri]) => wanted(uri))
    return found.map(([uri, der]) => ({ device: uri, certificates: [toBase64(der)], state: "active" }))
  }

  #page(log: string, after: number, by: string): Response {
    const entries = this.logs.get(log) ?? []
    const events = entries.slice(after, after + 500).map((entry) => {
      const shown = this.show(entry, by)
      if (shown !== null) return fromUtf8(encodeEvent(shown))
      const head = { specversion: "1.0", id: `${log}/${entry.seq}`, source: `/v1/logs/${log}`, seq: entry.seq }
      return JSON.stringify({ ...head, type: "pratique.entry.withheld", digest: entryDigest(entry) })
    })
    return new Response(`[${events.join(",")}]`, { headers: { "pratique-head": String(entries.length) } })
  }

  #post(named: string, { path, text, body: given, by }: Asked): Response {
    const body = given as Body
    this.posts.push({ path, text })
    const known = this.#answers.get(body.post_id)
    if (known !== undefined) return told(known)
    const refusal = this.refusals.shift()
    const log = named || sha256Hex(fromBase64(body.drafts[0]?.data_base64 ?? ""))
    if (refusal !== undefined && refusal !== "lost") {
      if (refusal.save) this.#save(log, body, by)
      return refused(refusal)
    }
    const epoch = this.epochOf(log)
    const stale = body.drafts.some((one) => (one.kind === "commit" || one.kind === "application") && one.epoch !== epoch)
    if (stale) return refused({ code: "stale_epoch", action: "resync" })
    const answer = this.#save(log, body, by)
    if (refusal === "lost") throw new TypeError("the connection ended")
    return told(answer)
  }

  #save(log: string, body: Body, device: string): Json {
    const post_id = body.post_id.replaceAll("-", "")
    const entries: Json[] = []
    for (const { kind: word, epoch, urgency, data_base64, to = [] } of body.drafts) {
      const [kind, data] = [kindFromWord(word), fromBase64(data_base64)]
      const entry = { kind, data, device, epoch, urgency: urgencyFromWord(urgency), post_id }
      for (const uri of to) this.append(inboxId(uri), entry)
      if (kind === Kind.WELCOME) continue
      const { seq, at_ms } = this.append(log, entry)
      entries.push({ log, seq, at: formatMs(at_ms) })
    }
    const { group_info, ratchet_tree } = body
    if (group_info !== undefined) this.#trees.set(`${log}/${this.epochOf(log)}`, { group_info, ratchet_tree })
    const answer = { entries }
    this.#answers.set(body.post_id, answer)
    return answer
  }
}

function told(body: Json): Response {
  return new Response(JSON.stringify(body))
}

function refused({ save: _save, ...problem }: Refusal): Response {
  return new Response(JSON.stringify({ detail: "the test says so", action: "fix", ...problem }), { status: 409 })
}
