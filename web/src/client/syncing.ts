/** Catch up channels one after the other: send what is unsent, follow, tend, acknowledge, forget. */

import type { Channels } from "../groups/channels"
import type { Follower } from "../groups/following"
import type { Poster } from "../groups/posting"
import { regain, regained, regainStock } from "../groups/regaining"
import type { Offices } from "../groups/tending"
import { PratiqueError } from "./errors"
import { field } from "./http"
import { emptyReport, type SyncReport } from "./opened"
import { logId } from "./operations"
import { MOST_SKEW_MS, noticesOf } from "./watching"

export class Syncer {
  readonly #follower: Follower
  readonly #poster: Poster
  readonly #channels: Channels

  constructor(follower: Follower, poster: Poster, channels: Channels) {
    this.#follower = follower
    this.#poster = poster
    this.#channels = channels
  }

  /** Catch up one channel or all of them; `told` hears how many channels are done, and of how many. */
  async sync(log: string | null, told?: (done: number, of: number) => void): Promise<SyncReport> {
    const report = emptyReport()
    const follower = this.#follower
    const skewMs = (await follower.directory.refreshParties(follower.account.http)) - follower.nowMs()
    if (Math.abs(skewMs) > MOST_SKEW_MS) {
      const seconds = Math.floor(Math.abs(skewMs) / 1000)
      report.problems.push(`the server's clock differs from this one by ${seconds} s; see \`doctor\``)
    }
    await regainStock(this.#channels)
    report.problems.push(...(await this.#poster.flush()))
    report.notices.push(...noticesOf(await follower.readInbox()))
    const offices: Offices = new Map()
    const listed = log === null ? await this.listed() : [log]
    for (const [done, channel] of listed.entries()) {
      told?.(done, listed.length)
      await this.#one(channel, report, offices)
    }
    told?.(listed.length, listed.length)
    if (log === null) await regained(this.#channels, listed)
    // Reports of commits that could not be applied were queued on the way.
    report.problems.push(...(await this.#poster.flush()))
    if (log === null) await this.#channels.stock.refill(follower.nowMs())
    return report
  }

  /** List the channels in which this device's office is seated, and those known here that it still reads. */
  async listed(): Promise<string[]> {
    const told = await this.#follower.account.call("GET", "/v1/channels")
    return told.get("channels", "list").map((one) => logId(field(one, "id", "str")))
  }

  async #one(channel: string, report: SyncReport, offices: Offices): Promise<void> {
    const { logs } = this.#follower
    const before = logs.load(channel)
    try {
      report.entries += await this.#follower.follow(channel)
      await regain(this.#channels, channel)
      await this.#channels.tend(channel, report, { offices })
      await this.#acknowledge(channel, before.seq)
      await this.#channels.forget(channel, this.#follower.nowMs())
    } catch (failed) {
      if (!(failed instanceof PratiqueError)) throw failed
      report.problems.push(`channel ${channel.slice(0, 8)}: ${failed.detail}`)
    }
    const after = logs.load(channel)
    if (before.state === null && after.state !== null) report.joined.push(channel)
    if (after.trouble !== null) report.problems.push(`channel ${channel.slice(0, 8)}: ${after.trouble}`)
  }

  async #acknowledge(channel: string, before: number): Promise<void> {
    const { seq } = this.#follower.logs.load(channel)
    if (seq > before) await this.#follower.account.call("PUT", `/v1/logs/${channel}/cursor`, { seq })
  }
}
