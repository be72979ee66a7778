/** A client without a worker, for looking at pages; `?as=none|waiting|locked|lost|elsewhere`, `&with=empty|offline|slow|error|busy`. */
import type { Acts, Client, Failure, Preferences, Queries, Session, Topic } from "../api"
import { channels, consignments, devices, operations, parties, today, waiting } from "./scene"

type Answers = { [K in keyof Queries]?: (given: Queries[K][0]) => Queries[K][1] }
type Doings = { [K in keyof Acts]?: (given: Acts[K][0]) => Acts[K][1] }

export class FakeClient implements Client {
  readonly #listeners = new Set<{ topics: Topic[]; changed: () => void }>()
  readonly #mode: string
  #session: Session
  #preferences: Preferences = {
    language: "en", theme: "system", density: "comfortable", auto_lock_s: 900, notify: [], quiet: { from: "22:00", until: "06:00" }, read_receipts: true,
    push: false, mail: null, sound: false,
  }

  constructor(asked: URLSearchParams) {
    const state = (asked.get("as") ?? "open") as Session["state"]
    this.#mode = asked.get("with") ?? ""
    this.#preferences.language = asked.get("lang") ?? "en"
    const theme = asked.get("theme")
    if (theme === "light" || theme === "dark") this.#preferences.theme = theme
    if (asked.get("density") === "compact") this.#preferences.density = "compact"
    this.#session = state === "none" ? { state, owner: true } : {
      state, owner: true, uri: "pratique://ke.exercise.example/ncp/a.otieno/desk1", party: "ke", office: "ncp", person: "a.otieno", device: "desk1",
      deployment: "exercise.example", fingerprint: "K7QXA-2MPLD-9RT4W-ZE6HC-B3NVU", unlock_by: ["passkey", "passphrase"],
      passkey: { credential: "AAAA", salt: "AAAA" }, auto_lock_s: 900, certificate_until_ms: Date.now() + 60 * 86_400_000,
    }
  }

  async query<K extends keyof Queries>(name: K, ...given: unknown[]): Promise<Queries[K][1]> {
    if (this.#mode === "slow") await new Promise((done) => setTimeout(done, 3_000))
    if (this.#mode === "error" && name !== "session" && name !== "preferences" && name !== "sync")
      throw { code: "bad_answer", detail: "the server gave an answer that is not one", hint: "tell whoever runs the server" } satisfies Failure
    const answer = (this.#answers as Record<string, ((given: unknown) => unknown) | undefined>)[name]
    if (answer === undefined) throw { code: "no_such_query", detail: `the fake knows no ${name}` } satisfies Failure
    return structuredClone(answer(given[0])) as Queries[K][1]
  }

  async act<K extends keyof Acts>(name: K, ...given: unknown[]): Promise<Acts[K][1]> {
    await new Promise((done) => setTimeout(done, 250))
    const act = (this.#doings as Record<string, ((given: unknown) => unknown) | undefined>)[name]
    return act?.(given[0]) as Acts[K][1]
  }

  on(topics: Topic[], changed: () => void): () => void {
    const one = { topics, changed }
    this.#listeners.add(one)
    return () => this.#listeners.delete(one)
  }

  #changed(...topics: Topic[]): void {
    for (const one of [...this.#listeners]) if (one.topics.some((topic) => topics.includes(topic))) one.changed()
  }
  #enter(state: Session["state"]): void {
    this.#session = { ...this.#session, state }
    this.#changed("session")
  }

  readonly #answers: Answers = {
    session: () => this.#session,
    sync: () => ({
      connection: this.#mode === "offline" ? "offline" : "live", synced_ms: Date.now() - 90_000, unsent: this.#mode === "offline" ? 2 : 0,
      problems: this.#mode === "busy" ? ["STOP-III, East Africa desk: stopped since entry 48, a fork of the log was shown"] : [],
    }),
    operations: () => operations,
    today: () => (this.#mode === "empty" ? { now_ms: Date.now(), urgent: [], answers: [], arrivals: [], overdue: [], unread: [], drafts: [] } : today()),
    consignments: () => (this.#mode === "empty" ? [] : consignments),
    drafts: () => (this.#mode === "empty" ? [] : today().drafts),
    channels: () => (this.#mode === "empty" ? [] : channels),
    parties: () => parties,
    devices: () => devices,
    waiting: () => waiting,
    security_log: () => [],
    preferences: () => this.#preferences,
    push_offer: () => ({ key: "BAAA", mail: true }),
    search: ({ text }) => consignments.filter((one) => JSON.stringify(one).toLowerCase().includes(text.toLowerCase())).map((one) => ({
      kind: "consignment", id: one.reference, title: one.reference, text: one.product, at_ms: one.sent_ms,
    })),
    doctor: () => [
      { name: "storage", good: true, detail: "persistent, 4.1 MB of 2.1 GB used", hint: "" }, { name: "clock", good: true, detail: "0.4 s from the server's", hint: "" },
      { name: "certificate", good: false, detail: "ends in 6 days", hint: "ask the officer of your party for a renewal" },
    ],
  }

  readonly #doings: Doings = {
    unlock: () => this.#enter("open"),
    lock: () => this.#enter("locked"),
    logout: () => {
      this.#session = { state: "none", owner: true }
      this.#changed("session")
    },
    enrol: () => {
      this.#session = { ...this.#session, state: "waiting", fingerprint: "K7QXA-2MPLD-9RT4W-ZE6HC-B3NVU", party: "ke", office: "ncp", person: "a.otieno", device: "desk1" }
      this.#changed("session")
      return { fingerprint: "K7QXA-2MPLD-9RT4W-ZE6HC-B3NVU", uri: "pratique://ke.exercise.example/ncp/a.otieno/desk1" }
    },
    finish_enrolment: () => false,
    abandon_enrolment: () => this.#enter("none"),
    set_preferences: (some) => {
      this.#preferences = { ...this.#preferences, ...some }
      this.#changed("settings")
    },
  }
}
