/**
 * Keep key packages in stock on the server, and claim those of others; each serves one join.
 *
 * The private part is kept here before the public part leaves; what was not acknowledged is sent again.
 */

import type { Account } from "../client/account"
import type { ActiveDevice } from "../client/directory"
import { Problem, ServerMistrusted } from "../client/errors"
import { field, text } from "../client/http"
import type { Keys } from "../client/store/keys"
import type { Store } from "../client/store/store"
import { equal } from "../wire/bytes"
import * as mls from "../wire/mls"
import { Refused } from "../wire/refused"
import type { Engine, KeyPackage } from "./engine_host"
import * as tending from "./tending"

const AT_ONCE = 200
/** A key package begins a little before it was made: other clocks may be behind. */
const EARLIER_S = 300

/** The key packages of one device, here and on the server. */
export class KeyPackageStock {
  #filling: Promise<number> | null = null

  constructor(
    readonly store: Store,
    readonly account: Account,
    readonly engine: Engine,
    readonly keys: Keys,
  ) {}

  /** Bring the stock to 100 where it fell below 25, renew an ageing last resort; give what is there. */
  async refill(nowMs: number): Promise<number> {
    // A sync and a watch of one worker may ask at once: one of them fills for both.
    this.#filling ??= this.#refill(nowMs).finally(() => {
      this.#filling = null
    })
    return this.#filling
  }

  /** Drop what the server has in stock: the private parts were lost, and whoever claimed one could not let this in. */
  async dropStock(): Promise<void> {
    await this.account.call("DELETE", "/v1/key-packages", null, { repeat: true })
  }

  /** Make a key package for a channel that this device founds; it is never uploaded. */
  async own(nowMs: number): Promise<KeyPackage> {
    return (await this.#package(nowMs, false)).one
  }

  /**
   * Claim one key package of each device; those that have none, or one that does not hold, are left out.
   *
   * Takes  channel: where they will be added; null together with a founding
   */
  async claim(channel: string | null, devices: readonly ActiveDevice[], nowMs: number): Promise<Uint8Array[]> {
    const wanted = new Map(devices.map((device) => [device.uri, device.certificate.key]))
    const uris = [...wanted.keys()]
    const claimed: Uint8Array[] = []
    for (let start = 0; start < uris.length; start += AT_ONCE) {
      const body = { channel, devices: uris.slice(start, start + AT_ONCE) }
      const told = (await this.account.call("POST", "/v1/key-package-claims", body)).get("key_packages", "list")
      for (const one of told) {
        if (typeof one !== "object" || one === null || !("key_package" in one) || one.key_package === null) continue
        const uri = field(one, "device", "str")
        const data = field(one, "key_package", "bytes")
        const found = await sound(data, nowMs)
        if (found === null) continue
        const key = wanted.get(uri)
        wanted.delete(uri)
        if (found.identity !== uri || key === undefined || !equal(key, found.signature_key)) {
          throw new ServerMistrusted("wrong_key_package", `the server gave a key package that is not ${uri}'s`)
        }
        claimed.push(data)
      }
    }
    return claimed
  }

  async #refill(nowMs: number): Promise<number> {
    await this.store.transaction((batch) => this.keys.dropLapsed(batch, nowMs))
    const available = (await this.account.call("GET", "/v1/key-packages")).get("available", "int")
    const waiting = this.keys.notUploaded().filter((one) => !one.last_resort).length
    const wanted = available + waiting < tending.REFILL_BELOW ? tending.STOCK - available - waiting : 0
    const ageing = this.keys.stock().last_resort_until_ms - nowMs < tending.LAST_RESORT_MS
    const made: { one: KeyPackage; notAfterS: number; lastResort: boolean }[] = []
    for (const lastResort of [...Array<boolean>(wanted).fill(false), ...(ageing ? [true] : [])]) {
      made.push({ ...(await this.#package(nowMs, lastResort)), lastResort })
    }
    await this.store.transaction((batch) => {
      for (const { one, notAfterS, lastResort } of made) {
        this.keys.putPackage(batch, one, lastResort, notAfterS * 1000)
      }
    })
    return (await this.#upload()) || available
  }

  async #upload(): Promise<number | null> {
    const waiting = this.keys.notUploaded()
    if (!waiting.length) return null
    const last = waiting.findLast((one) => one.last_resort)
    const ordinary = waiting.filter((one) => !one.last_resort).slice(0, tending.STOCK)
    const body = {
      key_packages: ordinary.map((one) => text(one.key_package)),
      last_resort: last === undefined ? null : text(last.key_package),
    }
    let available: number | null = null
    try {
      const answer = await this.account.call("POST", "/v1/key-packages", body, { repeat: true })
      available = answer.get("available", "int")
    } catch (problem) {
      // An upload whose answer was lost: they are there. Those made since are given up; the next refill tops up.
      if (!(problem instanceof Problem) || problem.facts["reason"] !== "known_key_package") throw problem
    }
    await this.store.transaction((batch) => this.keys.markUploaded(batch))
    return available
  }

  async #package(nowMs: number, lastResort: boolean): Promise<{ one: KeyPackage; notAfterS: number }> {
    const notBefore = Math.floor(nowMs / 1000) - EARLIER_S
    const notAfter = notBefore + tending.LIFETIME_S
    const { uri, key } = this.account
    const one = await this.engine.keyPackage(String(uri), key, { notBefore, notAfter, lastResort })
    return { one, notAfterS: notAfter }
  }
}

/** Give a key package that can be read and holds at this moment, or null. */
async function sound(data: Uint8Array, nowMs: number): Promise<mls.KeyPackage | null> {
  try {
    const found = mls.parseKeyPackage(data)
    await mls.verifyKeyPackage(found, Math.floor(nowMs / 1000))
    return found
  } catch (refused) {
    if (refused instanceof Refused) return null
    throw refused
  }
}
