/** Catch up channels: send what is unsent, follow some side by side, tend one after the other, forget. */

import type { Channels } from "../groups/channels"
import type { Follower } from "../groups/following"
import type { Poster } from "../groups/posting"
import { regain, regained, regainStock } from "../groups/regaining"
import { inboxId } from "../wire/entries"
import { PratiqueError, Unreachable } from "./errors"
import { type Listed, listLogs } from "./listed"
import { emptyReport, type SyncReport } from "./opened"
import { MOST_SKEW_MS, noticesOf } from "./watching"

/** So many channels are read side by side. */
const SIDE_BY_SIDE = 4

/** Hears how many channels are done, and of how many. */
export type Told = (done: number, of: number) => void

export class Syncer {
  readonly #follower: Follower
  readonly #poster: Poster
  readonly #channels: Channels

  constructor(follower: Follower, poster: Poster, channels: Channels) {
    this.#follower = follower
    this.#poster = poster
    this.#channels = channels
  }

  /**
   * Catch up one channel or all of them; `told` hears how many channels are done, and of how many.
   *
   * Takes  tend: false where a watch begins next, which tends every channel by itself
   */
  async sync(log: string | null, told?: Told, how: { readonly tend?: boolean } = {}): Promise<SyncReport> {
    const report = emptyReport()
    const [follower, { stock }] = [this.#follower, this.#channels]
    // What needs nothing of each other goes out together: on a thin link each answer is most of a second away.
    const { account, directory } = follower
    const [serverMs] = await Promise.all([directory.refreshParties(account.http), account.ready()])
    const skewMs = serverMs - follower.nowMs()
    if (Math.abs(skewMs) > MOST_SKEW_MS) {
      const seconds = Math.floor(Math.abs(skewMs) / 1000)
      report.problems.push(`the server's clock differs from this one by ${seconds} s; see \`doctor\``)
    }
    await regainStock(this.#channels)
    report.problems.push(...(await this.#poster.flush()))
    const [inbox, first] = await Promise.all([
      follower.readInbox(),
      log === null ? this.listed() : null,
      log === null ? stock.refill(follower.nowMs()) : null,
    ])
    report.inbox = inbox.at(-1)?.entry.seq ?? follower.logs.load(inboxId(follower.own)).seq
    let listed = first
    report.notices.push(...noticesOf(inbox))
    // A channel that began between the two answers is named in the inbox alone.
    const known = new Set(listed?.ids())
    const began = report.notices.some(({ facts }) => "channel" in facts && !known.has(String(facts["channel"])))
    if (log === null && began) listed = await this.listed()
    report.listed.push(...(listed?.ids() ?? (log === null ? [] : [log])))
    const read = await this.#read(report.listed, listed, report, told)
    if (how.tend !== false) await this.#tend(read, report)
    for (const channel of read) {
      await this.#guarded(channel, report, () => this.#channels.forget(channel, follower.nowMs()))
    }
    for (const channel of report.listed) {
      const { trouble } = follower.logs.load(channel)
      if (trouble !== null) report.problems.push(`channel ${channel.slice(0, 8)}: ${trouble}`)
    }
    if (log === null) await regained(this.#channels, report.listed)
    // Reports of commits that could not be applied were queued on the way.
    report.problems.push(...(await this.#poster.flush()))
    if (log === null && report.joined.length > 0) await stock.refill(follower.nowMs())
    return report
  }

  /** List the channels in which this device's office is seated. */
  async listed(): Promise<Listed> {
    return await listLogs(this.#follower.account, this.#follower.logs, "channels")
  }

  /** Read channels to their ends, some side by side; give those that could be read, in their order. */
  async #read(channels: readonly string[], listed: Listed | null, report: SyncReport, told?: Told): Promise<string[]> {
    const { logs } = this.#follower
    const failed = new Set<string>()
    const waiting = [...channels]
    let done = 0
    told?.(done, channels.length)
    const some = async (): Promise<void> => {
      for (let channel = waiting.shift(); channel !== undefined; channel = waiting.shift()) {
        const before = logs.load(channel)
        const good = await this.#guarded(channel, report, async () => {
          const taken = before.seq === listed?.head(channel) ? 0 : await this.#follower.follow(channel)
          report.entries += taken
          await regain(this.#channels, channel)
          await this.#acknowledge(channel, before.seq)
        })
        if (!good) failed.add(channel)
        if (before.state === null && logs.load(channel).state !== null) report.joined.push(channel)
        told?.(++done, channels.length)
      }
    }
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, some))
    return channels.filter((channel) => !failed.has(channel))
  }

  async #tend(channels: readonly string[], report: SyncReport): Promise<void> {
    const offices = await this.#channels.offices(channels)
    for (const channel of channels) {
      const before = this.#follower.logs.load(channel).seq
      await this.#guarded(channel, report, async () => {
        await this.#channels.tend(channel, report, { offices })
        await this.#acknowledge(channel, before)
      })
    }
  }

  /** Do something for a channel; where it fails, the others go on and the report says so. */
  async #guarded(channel: string, report: SyncReport, work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (failed) {
      if (!(failed instanceof PratiqueError)) throw failed
      if (failed instanceof Unreachable) report.cut = true
      report.problems.push(`channel ${channel.slice(0, 8)}: ${failed.detail}`)
      return false
    }
  }

  async #acknowledge(channel: string, before: number): Promise<void> {
    const { seq } = this.#follower.logs.load(channel)
    if (seq > before) await this.#follower.account.call("PUT", `/v1/logs/${channel}/cursor`, { seq })
  }
}
