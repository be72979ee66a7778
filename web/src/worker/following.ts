/** Follow the server for as long as the store is open: catch up, send what waited, then watch. */
import type { Failure, Topic } from "../api"
import { Unreachable } from "../client/errors"
import { pauseFor } from "../client/http"
import type { Notice, OpenedEntry } from "../client/opened"
import { Kind } from "../wire/entries"
import { loads } from "../wire/strict_json"
import type { Here } from "./here"
import { failureOf } from "./messages"

const FIRST_PAUSE_MS = 1_000
const LONGEST_PAUSE_MS = 30_000
/** What is late or due changes by itself. */
const TICK_MS = 60_000

export class Following {
  readonly #here: Here
  readonly #stopped = new AbortController()
  #syncing: Promise<void> | null = null
  #synced: readonly string[] = []
  /** How often the server was lost; what was read before the last time may be old. */
  #gaps = 0

  constructor(here: Here) {
    this.#here = here
  }

  /** Run until `stop`; never throws. */
  async run(): Promise<void> {
    const { signal } = this.#stopped
    const tick = setInterval(() => {
      this.#here.changed("today", "board")
      // One request may be cut off while the stream holds.
      if (this.#waits()) void this.#catchUp().catch(() => undefined)
    }, TICK_MS)
    let pause = FIRST_PAUSE_MS
    while (!signal.aborted) {
      try {
        await this.#catchUp()
        pause = FIRST_PAUSE_MS
        await this.#watch()
      } catch (failed) {
        if (signal.aborted) break
        const lost = failed instanceof Unreachable
        this.#tell(lost ? "offline" : "refused")
        if (!lost) this.#refuse(failureOf(failed))
      }
      await pauseFor(pause, signal).catch(() => undefined)
      pause = Math.min(pause * 2, LONGEST_PAUSE_MS)
    }
    clearInterval(tick)
  }

  stop(): void {
    this.#stopped.abort()
  }

  /** Catch up once; one that runs already is waited for. */
  sync(): Promise<void> {
    return this.#catchUp(true)
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
    const operations = device.operations()
    // It goes on beside the rest, and is heard of below.
    operations.catch(() => undefined)
    const told = (done: number, of: number): void => {
      live.reading = done < of ? { done, of } : null
      changed("sync")
    }
    const report = await device.sync(null, told, { tend })
    this.#synced = report.listed
    live.reading = null
    this.#problems(report.problems)
    desks.knowAll(await operations)
    desks.refresh()
    await this.#here.rooms.retitle()
    for (const notice of report.notices) await this.#notice(notice)
    live.synced_ms = this.#here.nowMs()
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
    const told = (connection: "connecting" | "live" | "offline" | "refused"): void => {
      const before = this.#here.live.connection
      this.#tell(connection)
      if (connection === "live" && before !== "live") void this.#comeBack()
    }
    const how = { signal: this.#stopped.signal, told, synced: this.#synced }
    for await (const seen of device.watch(how)) await this.#look(seen)
  }

  async #look(seen: OpenedEntry | Notice): Promise<void> {
    const { desks, device, fetched, live, rooms, changed, nowMs } = this.#here
    live.synced_ms = nowMs()
    if ("facts" in seen) return await this.#notice(seen)
    // A channel of an operation that is new here: its terms are asked for first.
    if (desks.ofChannel(seen.channel) === null || unseats(seen, device.uri.officeId)) desks.knowAll(await device.operations())
    desks.alertOf(seen)
    fetched.stale(seen.channel)
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
    changed("today", "channels", "board", "members")
  }

  #tell(connection: Here["live"]["connection"]): void {
    if (connection !== "live" && this.#here.live.connection === "live") this.#gaps += 1
    this.#here.live.connection = connection
    this.#here.changed("sync")
  }

  #refuse({ code, detail }: Failure): void {
    this.#here.live.refused = code
    this.#problems([detail])
  }

  #problems(problems: readonly string[]): void {
    this.#here.live.problems = [...new Set(problems)]
    this.#here.changed("sync")
  }
}

/** Whoever lost a seat may have been taken out of the operation. */
function unseats({ kind, problem, body }: OpenedEntry, office: string): boolean {
  if (kind !== Kind.ROSTER || problem !== null || body.length === 0) return false
  const { unseated } = loads(body) as { unseated?: unknown }
  return Array.isArray(unseated) && unseated.includes(office)
}

function topicsOf(entry: OpenedEntry, lane: boolean): Topic[] {
  const members: Topic[] = entry.kind === Kind.COMMIT || entry.kind === Kind.ROSTER ? ["members"] : []
  return lane ? ["board", "today", "drafts", "room", ...members] : ["channels", "room", "today", "settings", ...members]
}

