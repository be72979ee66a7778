/** Examine a device: its store, its server, its clock, its certificate's chain, its engine, its channels. */

import { EngineError } from "../groups/engine_host"
import type { Follower } from "../groups/following"
import type { KeyPackageStock } from "../groups/stock"
import { REFILL_BELOW } from "../groups/tending"
import { sha256Hex } from "../wire/hash"
import { PratiqueError } from "./errors"
import type { ChannelState, Check } from "./opened"
import { MOST_SKEW_MS } from "./watching"

const DAY_MS = 86_400_000
const SOON_MS = 14 * DAY_MS

/** Give one finding after the other; none of them stops the rest. */
export async function examine(
  follower: Follower,
  stock: KeyPackageStock,
  channels: readonly ChannelState[],
): Promise<Check[]> {
  const checks = [check("store", true, "open, and every row of it could be read")]
  try {
    const beforeMs = follower.nowMs()
    const serverMs = await follower.directory.refreshParties(follower.account.http)
    checks.push(check("server", true, `${follower.account.http.url} answers`))
    checks.push(clock(serverMs - (beforeMs + follower.nowMs()) / 2))
    await follower.account.signIn()
    const available = await stock.refill(follower.nowMs())
    const good = available >= REFILL_BELOW
    const hint = good ? "" : "the next command that asks the server brings more"
    checks.push(check("key packages", good, `${available} wait on the server`, hint))
  } catch (failed) {
    if (failed instanceof EngineError) {
      checks.push(check("key packages", false, "new ones cannot be made: see engine", "mend the engine first"))
    } else if (failed instanceof PratiqueError) checks.push(check("server", false, failed.detail, failed.hint))
    else throw failed
  }
  checks.push(await chain(follower))
  try {
    const { engine, ts_mls, patch } = await follower.engine.version()
    checks.push(check("engine", true, `engine ${engine}, ts-mls ${ts_mls}, patch ${patch}`))
  } catch (failed) {
    if (!(failed instanceof EngineError)) throw failed
    checks.push(check("engine", false, failed.detail, "reload the page"))
  }
  const troubles = channels.filter((one) => one.trouble !== null && one.living)
  const detail = troubles.map((one) => `${one.id.slice(0, 8)}: ${one.trouble}`).join("; ")
  const all = `${channels.length} channels, all well`
  const hint = troubles.length > 0 ? "rejoin starts anew in a channel" : ""
  checks.push(check("channels", troubles.length === 0, detail || all, hint))
  return checks
}

function clock(skewMs: number): Check {
  const good = Math.abs(skewMs) <= MOST_SKEW_MS
  const word = skewMs > 0 ? "ahead of" : "behind"
  const detail = `the server's clock is ${(Math.abs(skewMs) / 1000).toFixed(1)} s ${word} this one`
  return check("clock", good, detail, good ? "" : "set the clock of the one that is wrong")
}

async function chain(follower: Follower): Promise<Check> {
  const { directory, own } = follower
  const nowMs = follower.nowMs()
  const root = directory.authorities.roots[0]
  const certificate = await directory.device(own, nowMs)
  if (certificate === null || root === undefined) {
    return check("chain", false, `no certificate of ${own} is in force`, "ask your officer to renew it")
  }
  const left = certificate.not_after_ms - nowMs
  const days = Math.floor(left / DAY_MS)
  const detail = `certified for ${days} more days under root ${sha256Hex(root.der).slice(0, 16)}`
  return check("chain", left > SOON_MS, detail, left > SOON_MS ? "" : "ask your officer to renew it")
}

function check(name: Check["name"], good: boolean, detail: string, hint = ""): Check {
  return { name, good, detail, hint }
}
