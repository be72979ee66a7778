/** Follow the server for as long as the store is open: catch up, send what waited, then watch. */
import type { Failure, Topic } from "../api"
import { Unreachable } from "../client/errors"
import { pauseFor } from "../client/http"
import type { Notice, OpenedEntry } from "../client/opened"
import { ReadMark } from "../contents/read_mark"
import { Title } from "../contents/title"
import { Kind } from "../wire/entries"
import type { Here } from "./here"
import { keepSynced } from "./joining"
import { failureOf } from "./messages"

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000
/** What is late or due changes by itself. */
const TICK_MS = 60_000
/** Nothing tells an approver that a device waits: this asks. */
const APPROVALS_MS = 30_000
/** A page that shows what the terms decide has them asked for, no sooner than this after the last time. */
const LOOK_MS = 15_000

/** Codes by which the server says that it lets this device in no more. */
const SHUT_OUT: ReadonlySet<string> = new Set(["sign_in_refused", "device_revoked", "certificate_expired"])

export class Following {
  readonly #here: Here
  readonly #stopped = new AbortController()
  #syncing: Promise<void> | null = null
  #learning: Promise<void> | null = null
  #learned_ms = 0
  #synced: { readonly listed: readonly string[]; readonly inbox: number } = { listed: [], inbox: 0 }
  /** How often the server was lost; what was read before the last time may be old. */
  #gaps = 0

  constructor(here: Here) {
    this.#here = here
  }

  /** Run until `stop`; never throws. */
  async run(): Promise<void> {
    const { signal } = this.#stopped
    const tick = setInterval(() => this.#tick(), TICK_MS)
    const approver = setInterval(() => this.#approvals(), APPROVALS_MS)
    let pause = FIRST_PAUSE_MS
    while (!signal.aborted) {
      try {
        await this.#catchUp()
        pause = FIRST_PAUSE_MS
        await this.#watch()
      } catch (failed) {
        if (signal.aborted) break
        if (failed instanceof Unreachable) this.#tell("offline")
        else this.#refuse(failureOf(failed))
      }
      await pauseFor(pause, signal).catch(() => undefined)
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
    }
    clearInterval(tick)
    clearInterval(approver)
  }

  #tick(): void {
    this.#here.changed("today", "board")
    // One request may be cut off while the stream holds.
    if (this.#waits() || !this.#here.live.caught_up) void this.#catchUp().catch(() => undefined)
    if (this.#here.live.connection !== "live") return
    void this.#learn().catch(() => undefined)
    void keepSynced(this.#here.device.shelf, this.#here.nowMs()).catch(() => undefined)
  }

  /** Look whether a device waits for this browser's officer; costs nothing where no invitation is open. */
  #approvals(): void {
    void this.#here.approvals.look().catch(() => undefined)
  }

  /** Ask for the terms of the operations, in one request; asked already, that is waited for. Throws as a call does. */
  #learn(): Promise<void> {
    this.#learning ??= this.#terms().finally(() => {
      this.#learning = null
    })
    return this.#learning
  }

  /** An answer that is under way may be older than what was just seen. */
  async #learnAnew(): Promise<void> {
    await this.#learning?.catch(() => undefined)
    await this.#learn()
  }

  async #terms(): Promise<void> {
    const { desks, device, changed } = this.#here
    this.#learned_ms = Date.now()
    if (desks.knowAll(await device.operations())) changed("members", "channels", "room", "board", "today", "settings")
  }

  stop(): void {
    this.#stopped.abort()
  }

  /** Catch up once; one that runs already is waited for. */
  sync(): Promise<void> {
    return this.#catchUp(true)
  }

  /** Ask for the terms of the operations, unless that was done just now; never throws, waits for nothing. */
  look(): void {
    if (this.#here.live.connection !== "live" || Date.now() - this.#learned_ms < LOOK_MS) return
    void this.#learn().catch(() => undefined)
  }

  /** The watch that follows tends every channel; where a person asks, it is done at once. */
  #catchUp(tend = false): Promise<void> {
    this.#syncing ??= this.#sync(tend).finally(() => {
      this.#syncing = null
    })
    return this.#syncing
  }

  async #sync(tend: boolean): Promise<void> {
    const { device, desks, live, changed } = this.#here
    const gaps = this.#gaps
    const operations = this.#learn()
    // It goes on beside the rest, and is heard of below.
    operations.catch(() => undefined)
    this.#approvals()
    const told = (done: number, of: number): void => {
      live.reading = done < of ? { done, of } : null
      changed("sync")
    }
    const report = await device.sync(null, told, { tend })
    this.#synced = report
    live.reading = null
    this.#problems(report.problems)
    await operations
    desks.refresh()
    await this.#here.rooms.retitle()
    for (const notice of report.notices) await this.#notice(notice)
    live.synced_ms = this.#here.nowMs()
    if (!report.cut) {
      live.caught_up = true
      await keepSynced(device.shelf, live.synced_ms)
    }
    changed("today", "board", "drafts", "channels", "room", "members", "settings", "sync")
    if (!report.cut) await this.#send(gaps)
  }

  /** Do what a person asked for while offline, as long as no gap came since it was read what others said. */
  async #send(gaps: number): Promise<void> {
    const waited = this.#here.outbox.waiting().length
    const refused = await this.#here.outbox.flush(() => gaps === this.#gaps)
    if (waited > 0) this.#here.changed("sync")
    if (refused.length > 0) this.#problems([...this.#here.live.problems, ...refused])
  }

  /** Read what was said meanwhile, then send what waited: it must not overwrite that. */
  async #comeBack(): Promise<void> {
    const { signal } = this.#stopped
    const gaps = this.#gaps
    let pause = FIRST_PAUSE_MS
    while (!signal.aborted && gaps === this.#gaps && this.#waits()) {
      // One that began before the gap sends nothing.
      await this.#syncing?.catch(() => undefined)
      await this.#catchUp().catch(() => undefined)
      await pauseFor(pause, signal).catch(() => undefined)
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
    }
  }

  /** Say whether something waits that may go now. */
  #waits(): boolean {
    const { live, outbox } = this.#here
    return live.connection === "live" && outbox.waiting().some((one) => !one.asks)
  }

  async #watch(): Promise<void> {
    const { device } = this.#here
    const told = (connection: "connecting" | "live" | "offline"): void => {
      const before = this.#here.live.connection
      this.#tell(connection)
      if (connection !== "live" || before === "live") return
      void this.#comeBack()
      if (!this.#here.live.caught_up) void this.#catchUp().catch(() => undefined)
      // While it was away the terms may have become others.
      void this.#learn().catch(() => undefined)
    }
    const how = { signal: this.#stopped.signal, told, synced: this.#synced }
    for await (const seen of device.watch(how)) await this.#look(seen)
  }

  async #look(seen: OpenedEntry | Notice): Promise<void> {
    const { desks, live, rooms, device, changed, nowMs } = this.#here
    live.synced_ms = nowMs()
    if ("facts" in seen) return await this.#notice(seen)
    // A channel of an operation that is new here: its terms are asked for first.
    if (desks.ofChannel(seen.channel) === null) await this.#learn()
    else if (follows(seen)) void this.#learnAnew().catch(() => undefined)
    desks.alertOf(seen)
    if (seen.kind === Kind.COMMIT && seen.device === device.uri.toString()) {
      void rooms.retitle(seen.channel).then((said) => said && changed("sync", "room"))
    }
    changed(...topicsOf(seen, device.channels().find((one) => one.id === seen.channel)?.charter.purpose === "lane"))
  }

  /** Look at what the server noticed; a reminder that rang is kept until somebody has looked. */
  async #notice(notice: Notice): Promise<void> {
    const { desks, rung, changed } = this.#here
    for (const desk of desks.all()) {
      const alert = desk.alertOf(notice)
      if (alert === null) continue
      if (alert.kind === "reminder") await rung.keep(alert, desk.operation.id)
      break
    }
    changed("today", "channels", "board", "members", "sync")
  }

  #tell(connection: Here["live"]["connection"]): void {
    if (connection !== "live" && this.#here.live.connection === "live") this.#gaps += 1
    this.#here.live.connection = connection
    this.#here.changed("sync")
  }

  #refuse({ code, detail }: Failure): void {
    this.#here.live.refused = code
    this.#tell(SHUT_OUT.has(code) ? "refused" : "stopped")
    this.#problems([detail])
    // What can be done with a consignment stands on its page.
    this.#here.changed("board")
  }

  #problems(problems: readonly string[]): void {
    this.#here.live.problems = [...new Set(problems)]
    this.#here.changed("sync")
  }
}

/** Seats and titles change where the terms did: whoever lost a seat may have been taken out of the operation. */
function follows({ kind, type, problem }: OpenedEntry): boolean {
  return problem === null && (kind === Kind.ROSTER || type === Title.TYPE)
}

function topicsOf(entry: OpenedEntry, lane: boolean): Topic[] {
  if (entry.type === ReadMark.TYPE) return ["room"]
  const members: Topic[] = entry.kind === Kind.COMMIT || entry.kind === Kind.ROSTER ? ["members", "sync"] : []
  return lane ? ["board", "today", "drafts", "room", ...members] : ["channels", "room", "today", "settings", ...members]
}

