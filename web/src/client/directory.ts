/**
 * Look devices and CAs up: from the store, fetched when missing, believed only when verified.
 *
 * The root is pinned at enrolment. Party lists only ever advance; a server that shows older or others is told apart.
 */

import { Authorities } from "../wire/authorities"
import { Revocation } from "../wire/bodies"
import { equal, toHex } from "../wire/bytes"
import { readCertificate } from "../wire/certificate_reading"
import type { DeviceCertificate } from "../wire/certificates"
import { DeviceUri } from "../wire/identity"
import { NotCounted } from "../wire/leaves"
import { checkRevocation } from "../wire/membership"
import { Refused } from "../wire/refused"
import { Statement } from "../wire/statements"
import type { Account } from "./account"
import { ServerMistrusted } from "./errors"
import { blobs, field, type Http } from "./http"
import { type Store, Trust } from "./store"

/** Renewals come before the end; so near to it, a look at the server is worth its request. */
const RENEWAL_MS = 30 * 86_400_000
/** So many offices or devices are asked for in one request. */
const AT_ONCE = 50

/** A device of an office as the directory shows it now. */
export interface ActiveDevice {
  readonly uri: string
  readonly certificate: DeviceCertificate
}

/** What holds of a device that the server told: its certificates, its revocation, whether it is active. */
interface Told {
  readonly uri: string
  readonly ders: readonly Uint8Array[]
  readonly revocation: Uint8Array | null
  readonly active: boolean
}

/** The verified directory of one deployment, as this store knows it; answers the fold without I/O. */
export class LocalDirectory {
  readonly trust: Trust
  readonly #store: Store
  #authorities: Authorities

  private constructor(store: Store, trust: Trust, authorities: Authorities) {
    this.#store = store
    this.trust = trust
    this.#authorities = authorities
  }

  /** Fold the party lists of a store from the pinned root; a store has one directory. */
  static async open(store: Store, rootDer: Uint8Array): Promise<LocalDirectory> {
    const directory = new LocalDirectory(store, new Trust(store), await Authorities.found(rootDer))
    for (const raw of directory.trust.partyLists()) {
      directory.#authorities = await directory.#authorities.advance(Statement.parse(raw))
    }
    return directory
  }

  get authorities(): Authorities {
    return this.#authorities
  }

  /** Give the verified certificate in force at an instant: of those valid then, the one that began last. */
  async device(uri: string, atMs: number): Promise<DeviceCertificate | null> {
    return last(uri, await Promise.all(this.trust.certificates(uri).map((der) => this.#verified(der, atMs))))
  }

  /** Give the keys that may sign as "root" or as a party's host at an instant. */
  authorityKeys(signer: string, atMs: number): Promise<readonly Uint8Array[]> {
    return Promise.resolve(this.#authorities.authorityKeys(signer, atMs))
  }

  /** Give the device's certificate that begins last and whose chain held at some time, lapsed or not. */
  async newest(uri: string): Promise<DeviceCertificate | null> {
    return last(uri, await Promise.all(this.trust.certificates(uri).map((der) => this.#ever(der))))
  }

  /** Give the device with its key where any chain ever held: what the engine's hook asks. */
  async pair(uri: string): Promise<readonly [string, Uint8Array] | null> {
    const certificate = await this.newest(uri)
    return certificate === null ? null : [uri, certificate.key]
  }

  /** Say whether a device belongs to an OCU party. */
  isCoordinator(uri: string): boolean {
    return this.#authorities.party(DeviceUri.parse(uri).party)?.kind === "ocu"
  }

  /** Give the verified revocation of a device, where one was seen. */
  revocation(uri: string): Uint8Array | null {
    return this.trust.revocation(uri)
  }

  /** Fetch newer party lists; give the server's clock; throws `ServerMistrusted` where the lists roll back or fork. */
  async refreshParties(http: Http): Promise<number> {
    const told = (await http.call("GET", "/v1/deployment")).json()
    const theirs = blobs(field(told, "party_lists", "list"))
    const ours = this.trust.partyLists()
    if (!ours.every((raw, index) => index < theirs.length && equal(raw, theirs[index] as Uint8Array))) {
      throw new ServerMistrusted("party_list_rollback", "the server shows other party lists than it showed before")
    }
    try {
      // Two refreshes may run at once: each takes what follows the list that is known when it looks.
      for (let next = theirs[this.#authorities.number]; next; next = theirs[this.#authorities.number]) {
        const raw = next
        const before = this.#authorities
        const advanced = await before.advance(Statement.parse(raw))
        await this.#store.transaction((batch) => this.trust.putPartyList(batch, advanced.number, raw))
        if (this.#authorities === before) this.#authorities = advanced
      }
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused
      const detail = `the server shows a party list that does not hold: ${refused.detail}`
      throw new ServerMistrusted(refused.code, detail)
    }
    return field(told, "now_ms", "int")
  }

  /**
   * Fetch what is missing to judge these devices up to an instant; unknown devices stay unknown.
   *
   * Takes  committer: who commits at that instant: its leaf takes the end of the newest certificate, so that one is
   *        asked for although an older one is still good (docs/decisions/0003)
   */
  async prepare(
    account: Account,
    uris: Iterable<string>,
    atMs: number,
    committer: string | null = null,
  ): Promise<void> {
    const byOffice = new Map<string, string[]>()
    for (const uri of [...new Set(uris)].sort()) {
      if (!(await this.#worthAsking(uri, atMs, uri === committer))) continue
      const office = officeOf(uri)
      if (office !== null) byOffice.set(office, [...(byOffice.get(office) ?? []), uri])
    }
    const groups = [...byOffice]
    await this.fetchOffices(account, groups.flatMap(([office, devices]) => (devices.length > 1 ? [office] : [])))
    await this.#fetch(account, "device", groups.flatMap(([, devices]) => (devices.length > 1 ? [] : devices)))
    const unknown: string[] = []
    for (const uri of [...byOffice.values()].flat()) if (await this.#worthAsking(uri, atMs)) unknown.push(uri)
    if (unknown.length === 0) return
    await this.#store.transaction((batch) => {
      for (const uri of unknown) this.trust.setFetched(batch, uri, atMs, null)
    })
  }

  /** Say whether nothing is known of a device, not even that it is unknown. */
  neverAsked(uri: string): boolean {
    return this.trust.fetchedMs(uri) === null && this.trust.certificates(uri).length === 0
  }

  /** Fetch newer party lists where no known CA signed a revocation: its CA may have been listed since. */
  async prepareRevocation(account: Account, raw: Uint8Array, atMs: number): Promise<void> {
    try {
      const statement = Statement.parse(raw)
      if (statement.label === Revocation.LABEL) await checkRevocation(statement, this, atMs)
    } catch (refused) {
      if (refused instanceof NotCounted && refused.code === "bad_signature") await this.refreshParties(account.http)
      else if (!(refused instanceof Refused)) throw refused
    }
  }

  /** Give the devices of an office that are active now, each verified; others are left out. */
  async fetchOffice(account: Account, office: string): Promise<ActiveDevice[]> {
    return (await this.fetchOffices(account, [office])).get(office) ?? []
  }

  /** Give the devices of each of these offices, as `fetchOffice` does, in as few requests as it takes. */
  async fetchOffices(account: Account, offices: readonly string[]): Promise<Map<string, ActiveDevice[]>> {
    const found = new Map(offices.map((office): [string, ActiveDevice[]] => [office, []]))
    for (const uri of await this.#fetch(account, "office", [...found.keys()])) {
      const certificate = await this.device(uri, Date.now())
      if (certificate === null || this.revocation(uri) !== null) continue
      found.get(certificate.uri.officeId)?.push({ uri, certificate })
    }
    return found
  }

  async #fetch(account: Account, by: "device" | "office", values: readonly string[]): Promise<string[]> {
    const active: string[] = []
    for (let start = 0; start < values.length; start += AT_ONCE) {
      active.push(...(await this.#fetchSome(account, by, values.slice(start, start + AT_ONCE))))
    }
    return active
  }

  async #fetchSome(account: Account, by: "device" | "office", values: readonly string[]): Promise<string[]> {
    const asked = values.map((value) => `${by}=${encodeURIComponent(value)}`).join("&")
    const devices = (await account.call("GET", `/v1/devices?${asked}`)).get("devices", "list")
    for (const device of devices) {
      if (!(await this.#unknownAuthority(device))) continue
      await this.refreshParties(account.http)
      break
    }
    const judged: Told[] = []
    for (const device of devices) judged.push(await this.#judge(device))
    const nowMs = Date.now()
    await this.#store.transaction((batch) => {
      for (const { uri, ders, revocation } of judged) {
        for (const der of ders) this.trust.putCertificate(batch, uri, der)
        this.trust.setFetched(batch, uri, nowMs, revocation)
      }
    })
    return judged.filter((one) => one.active).map((one) => one.uri)
  }

  /** Give what holds of one device that the server told. */
  async #judge(told: unknown): Promise<Told> {
    const uri = field(told, "device", "str")
    const ders: Uint8Array[] = []
    for (const der of certificatesOf(told)) {
      if (String((await this.#ever(der))?.uri) === uri) ders.push(der)
    }
    const facts = told as { revocation?: unknown; state?: unknown }
    const claimed = facts.revocation == null ? null : field(told, "revocation", "bytes")
    const revocation = claimed !== null && (await this.#revokes(claimed, uri, Date.now())) ? claimed : null
    return { uri, ders, revocation, active: facts.state === "active" && revocation === null }
  }

  async #revokes(raw: Uint8Array, uri: string, atMs: number): Promise<boolean> {
    try {
      return (await checkRevocation(Statement.parse(raw), this, atMs)).device === uri
    } catch (refused) {
      if (refused instanceof Refused) return false
      throw refused
    }
  }

  async #worthAsking(uri: string, atMs: number, anew = false): Promise<boolean> {
    const certificate = await this.device(uri, atMs)
    const askedMs = this.trust.fetchedMs(uri)
    if (certificate === null) return askedMs === null || askedMs < atMs
    return (anew || certificate.not_after_ms - atMs < RENEWAL_MS) && (askedMs ?? 0) < atMs
  }

  async #unknownAuthority(told: unknown): Promise<boolean> {
    for (const der of certificatesOf(told)) if ((await this.#ever(der)) === null) return true
    return false
  }

  /** Give a certificate whose chain holds when it begins, now, or when it ends. */
  async #ever(der: Uint8Array): Promise<DeviceCertificate | null> {
    for (const atMs of [...lifetime(der), Date.now()]) {
      const found = await this.#verified(der, atMs)
      if (found !== null) return found
    }
    return null
  }

  async #verified(der: Uint8Array, atMs: number): Promise<DeviceCertificate | null> {
    try {
      return await this.#authorities.verifyDevice(der, atMs)
    } catch (refused) {
      if (refused instanceof Refused) return null
      throw refused
    }
  }
}

function last(uri: string, found: readonly (DeviceCertificate | null)[]): DeviceCertificate | null {
  const rank = (one: DeviceCertificate): string => String(one.not_before_ms).padStart(16, "0") + toHex(one.der)
  let best: DeviceCertificate | null = null
  for (const one of found) {
    if (one !== null && String(one.uri) === uri && (best === null || rank(one) > rank(best))) best = one
  }
  return best
}

/** Give when a certificate begins and ends, unverified; nothing where it cannot be read. */
function lifetime(der: Uint8Array): number[] {
  try {
    const { not_before_ms, not_after_ms } = readCertificate(der).holder
    return [not_before_ms, not_after_ms]
  } catch (refused) {
    if (refused instanceof Refused) return []
    throw refused
  }
}

function officeOf(uri: string): string | null {
  try {
    return DeviceUri.parse(uri).officeId
  } catch {
    return null
  }
}

function certificatesOf(told: unknown): Uint8Array[] {
  return blobs(field(told, "certificates", "list"))
}
