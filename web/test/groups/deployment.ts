/** Build a deployment for a test: a root, two parties' CAs, a server over `fetch`, and devices with stores of their own. */

import { Account } from "../../src/client/account"
import { LocalDirectory } from "../../src/client/directory"
import { Http } from "../../src/client/http"
import { emptyReport } from "../../src/client/opened"
import { type Row, Store } from "../../src/client/store"
import { Channels } from "../../src/groups/channels"
import { Engine } from "../../src/groups/engine_host"
import { Follower } from "../../src/groups/following"
import { Poster } from "../../src/groups/posting"
import { KeyPackageStock } from "../../src/groups/stock"
import { PartyList, Revocation } from "../../src/wire/bodies"
import { fromUtf8, toBase64, utf8 } from "../../src/wire/bytes"
import { Kind } from "../../src/wire/entries"
import { DeviceUri } from "../../src/wire/identity"
import { issueAuthority, issueDevice, makeRoot } from "../../src/wire/issuing"
import { generateSeed, publicKeyOf } from "../../src/wire/keys"
import { sign } from "../../src/wire/statements"
import { loadBundle } from "./room"
import { Server } from "./server"

const PARTIES = ["be", "ke"] as const
const UNLOCKING = { by: "passkey", credential: "c", salt: "s", prf: new Uint8Array(32) } as const
let made = 0

/** One device with everything that it works with. */
export class Party {
  readonly poster: Poster
  readonly stock: KeyPackageStock
  readonly channels: Channels

  constructor(readonly follower: Follower) {
    const { store, account, engine, keys } = follower
    this.poster = new Poster(follower)
    this.stock = new KeyPackageStock(store, account, engine, keys)
    this.channels = new Channels(follower, this.poster, this.stock)
  }

  get uri(): string {
    return this.follower.own
  }

  async post(channel: string, text: string): Promise<readonly { readonly seq: number }[]> {
    return this.poster.post(channel, [["message", utf8(text)]])
  }

  /** Follow a channel and do what it needs. */
  async tend(channel: string): Promise<void> {
    await this.follower.follow(channel)
    await this.channels.tend(channel, emptyReport())
  }

  /** Give what was said in a channel, and the problem of what was not believed. */
  read(channel: string): (string | null)[] {
    return this.rows(channel, Kind.APPLICATION).map((row) => (row.body === null ? row.problem : fromUtf8(row.body)))
  }

  rows(channel: string, kind: Kind): Row[] {
    return [...this.follower.logs.rows(channel, 0, [kind])]
  }
}

export class Deployment {
  readonly server = new Server()
  readonly engine = new Engine(loadBundle)
  readonly #stores: Store[] = []
  #root = { seed: generateSeed(), der: new Uint8Array() }
  readonly #authorities = new Map<string, { seed: Uint8Array; der: Uint8Array }>()

  static async found(): Promise<Deployment> {
    const one = new Deployment()
    const [nowMs, root] = [Date.now(), generateSeed()]
    one.#root = { seed: root, der: await makeRoot("stop.example", root, nowMs) }
    for (const party of PARTIES) {
      const seed = generateSeed()
      const der = await issueAuthority(party, one.#root.der, root, await publicKeyOf(seed), nowMs)
      one.#authorities.set(party, { seed, der })
    }
    const parties = PARTIES.map((party) => {
      const certificate = toBase64(one.#authorities.get(party)!.der)
      const authorities = [{ certificate, from_ms: nowMs - 60_000, revoked_ms: null }]
      return { party, kind: "member" as const, name: party.toUpperCase(), authorities }
    })
    const list = { deployment: "stop.example", number: 1, parties, new_root: null }
    one.server.partyLists.push((await sign(PartyList, list, { signer: "root", seed: root })).raw)
    return one
  }

  /** Give an enrolled device; `stocked` has key packages on the server. */
  async device(party: (typeof PARTIES)[number], name: string, stocked = true): Promise<Party> {
    const uri = new DeviceUri(party, "stop.example", "ncp", "a.person", name)
    const [seed, authority] = [generateSeed(), this.#authorities.get(party)!]
    const certificate = await issueDevice(uri, await publicKeyOf(seed), authority.der, authority.seed, Date.now())
    this.server.certificates.set(String(uri), certificate)
    const store = await Store.create(`groups-${++made}`, UNLOCKING)
    this.#stores.push(store)
    const directory = await LocalDirectory.open(store, this.#root.der)
    const http = new Http("http://127.0.0.1:1", this.server.fetch)
    await directory.refreshParties(http)
    const device = new Party(new Follower(store, new Account(http, uri, seed), this.engine, directory))
    if (stocked) await device.stock.refill(Date.now())
    return device
  }

  /** Have a party's CA revoke one of its devices, as the server then shows in a channel. */
  async revoke(device: Party, channel: string): Promise<void> {
    const { host, party } = device.follower.account.uri
    const said = { device: device.uri, reason: "lost" as const, at_ms: Date.now() }
    const statement = await sign(Revocation, said, { signer: host, seed: this.#authorities.get(party)!.seed })
    this.server.append(channel, { kind: Kind.ROSTER, data: statement.raw })
  }

  /** Found a channel from the first device, that all the others join. */
  async channel(devices: readonly Party[], history: "full" | "from_join" = "full"): Promise<string> {
    const [founder, ...others] = devices
    const { channels } = founder!
    const offices = others.map((one) => one.follower.account.uri.officeId)
    const channel = await channels.create(channels.charter("ab".repeat(32), "channel", history, 0), offices)
    for (const one of others) await one.follower.follow(channel)
    return channel
  }

  async close(): Promise<void> {
    for (const store of this.#stores) await store.destroy()
  }
}
