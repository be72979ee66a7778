/**
 * Act as a party's officer: invite, compare fingerprints, approve, renew, revoke, with the party's CA key.
 *
 * The key comes from the file that the command line made (`sealed_file`) and stays in this device's sealed store.
 * invite ─▶ ticket ─▶ device enrols ─▶ fingerprint compared ─▶ approve ─▶ certificate
 */

import { Invitation } from "../wire/bodies"
import { equal, fromBase64, fromUtf8, randomBytes, toBase64, utf8 } from "../wire/bytes"
import { readAuthority } from "../wire/certificates"
import { enrolmentFingerprint, issueDevice } from "../wire/issuing"
import { sha256Hex } from "../wire/hash"
import { DeviceUri, partyHost } from "../wire/identity"
import { publicKeyOf } from "../wire/keys"
import { Refused } from "../wire/refused"
import { sign, Statement } from "../wire/statements"
import { PratiqueError, ServerMistrusted } from "./errors"
import { blobs, field, type Http, text } from "./http"
import { InvitationTicket, TOKEN_BYTES } from "./invitations"
import type { Progress } from "./keystore"
import { foldLists, type Reason, revokeDevice } from "./root_holder"
import { readSealedFile } from "./sealed_file"
import type { Store } from "./store"

const SECRET = "authority"
const WEEK_S = 7 * 86_400
const MOST_DAYS = 90

/** An enrolment that waits for approval; the fingerprint is what the person at the device reads out. */
export interface Waiting {
  readonly device: string
  readonly key: Uint8Array
  readonly fingerprint: string
}

/** An invitation that this officer made, as it is remembered. */
export interface Invited {
  readonly invitation: string
  readonly office: string
  readonly person: string
  readonly expires_ms: number | null
}

interface Saved {
  readonly party: string
  readonly deployment: string
  readonly seed: string
  /** This party's CA certificate, base64. */
  readonly certificate: string
  readonly invited: Readonly<Record<string, readonly [string, string, number?]>>
  readonly devices: Readonly<Record<string, string>>
}

/** One party's CA, kept in one device's store. */
export class PartyOfficer {
  readonly #store: Store
  readonly #http: Http
  readonly #seed: Uint8Array
  #saved: Saved

  private constructor(store: Store, http: Http, saved: Saved) {
    this.#store = store
    this.#http = http
    this.#saved = saved
    this.#seed = fromBase64(saved.seed)
  }

  /** Give the authority that a store holds, or null. */
  static load(store: Store, http: Http): PartyOfficer | null {
    if (!store.hasSecret(SECRET)) return null
    return new PartyOfficer(store, http, JSON.parse(fromUtf8(store.secret(SECRET))) as Saved)
  }

  /**
   * Take the two files of a party's CA into the store; the CA must be on the party list under the root pinned here.
   *
   * Raises  StoreRefused, PratiqueError: wrong_party, not_listed, bad_authority; ServerMistrusted
   */
  static async take(
    store: Store,
    http: Http,
    file: Uint8Array,
    keyFile: Uint8Array,
    passphrase: string,
    progress?: Progress,
  ): Promise<PartyOfficer> {
    const read = readSaved(await readSealedFile(file, keyFile, passphrase, progress))
    const own = DeviceUri.parse(fromUtf8(store.fact("uri") ?? new Uint8Array()))
    if (read.party !== own.party || read.deployment !== own.deployment) {
      const whose = `${read.party} in ${read.deployment}`
      throw new PratiqueError("wrong_party", `this is the key of ${whose}`, "take the key of your own party")
    }
    const officer = new PartyOfficer(store, http, { ...read, certificate: await listed(store, http, read) })
    await officer.#save({})
    return officer
  }

  /** Delete the authority from a store; the files stay wherever they are. */
  static async forget(store: Store): Promise<void> {
    await store.transaction((batch) => store.dropSecret(batch, SECRET))
  }

  get party(): string {
    return this.#saved.party
  }

  /**
   * Sign an invitation, publish it, give the ticket to hand over.
   *
   * Takes  office: its label without the party, such as "ncp"; person: as it will stand in the device's name
   */
  async invite(office: string, person: string, validS: number = WEEK_S): Promise<InvitationTicket> {
    const { party, deployment } = this.#saved
    try {
      void new DeviceUri(party, deployment, office, person, "0000")
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused
      throw new PratiqueError(refused.code, refused.detail, "use lower-case letters, digits, points and dashes")
    }
    const token = randomBytes(TOKEN_BYTES)
    const expires_ms = Date.now() + validS * 1000
    const said = {
      token_digest: sha256Hex(token),
      office: `${party}/${office}`,
      person,
      expires_ms,
      root: sha256Hex(this.#store.fact("root") ?? new Uint8Array()),
    }
    const statement = await sign(Invitation, said, { signer: partyHost(party, deployment), seed: this.#seed })
    await this.#call("POST", "/v1/invitations", { statement: text(statement.raw) })
    const made: readonly [string, string, number] = [office, person, expires_ms]
    await this.#save({ invited: { ...this.#saved.invited, [statement.digest]: made } })
    return new InvitationTicket(statement, token)
  }

  /** List the invitations made with this key, as far as this device knows. */
  invitations(): Invited[] {
    return Object.entries(this.#saved.invited).map(([invitation, [office, person, expires]]) => {
      return { invitation, office, person, expires_ms: expires ?? null }
    })
  }

  /** Give what became of an invitation: open, waiting, active or expired, and the device that waits. */
  async look(invitation: string): Promise<{ state: string; waiting: Waiting | null; device: string | null }> {
    const told = await this.#call("GET", `/v1/enrolments/${invitation}`)
    const state = told.get("state", "str")
    const named = (told.json() as { device?: unknown }).device
    const device = typeof named === "string" ? named : null
    if (state !== "waiting") return { state, waiting: null, device }
    const [uri, key] = [told.get("device", "str"), told.get("key", "bytes")]
    try {
      const fingerprint = enrolmentFingerprint(key, DeviceUri.parse(uri), invitation)
      return { state, waiting: { device: uri, key, fingerprint }, device }
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused
      throw new ServerMistrusted(refused.code, refused.detail)
    }
  }

  /** Give the device that used an invitation and waits for approval, or null. */
  async waiting(invitation: string): Promise<Waiting | null> {
    return (await this.look(invitation)).waiting
  }

  /**
   * Sign the certificate if the fingerprint is the waiting device's; give the device URI.
   *
   * Raises  PratiqueError: unknown_invitation, not_waiting, wrong_fingerprint
   */
  async approve(invitation: string, fingerprint: string, days: number = MOST_DAYS): Promise<string> {
    const { invited } = this.#saved
    if (!Object.hasOwn(invited, invitation)) {
      // Nothing else says whom it was for: a server could put any name beside a key of its own.
      const hint = "approve it where it was made"
      throw new PratiqueError("unknown_invitation", "this invitation was not made with this file", hint)
    }
    const waiting = await this.waiting(invitation)
    if (waiting === null) {
      throw new PratiqueError("not_waiting", "no device waits under this invitation", "enrol the device first")
    }
    const uri = DeviceUri.parse(waiting.device)
    const [office, person] = invited[invitation]!
    const fits = uri.office === office && uri.person === person
    const same = alike(letters(fingerprint), letters(waiting.fingerprint))
    if (!same || !fits || uri.party !== this.party) {
      const hint = "compare again with the person at the device; if it differs, do not approve"
      throw new PratiqueError("wrong_fingerprint", "the fingerprint is not that of the waiting device", hint)
    }
    await this.#issue(uri, waiting.key, days)
    await this.#save({ devices: { ...this.#saved.devices, [waiting.device]: toBase64(waiting.key) } })
    return waiting.device
  }

  /** Sign a new certificate over the name and key of a device that this officer approved, and publish it. */
  async renew(device: string, days: number = MOST_DAYS): Promise<void> {
    const key = this.#saved.devices[device]
    if (key === undefined) throw new PratiqueError("unknown_device", `${device} was not approved with this key`)
    await this.#issue(DeviceUri.parse(device), fromBase64(key), days)
  }

  /** End a device everywhere; give the number of channels that it leaves. */
  async revoke(device: string, reason: Reason = "lost"): Promise<number> {
    const signer = partyHost(this.party, this.#saved.deployment)
    return await revokeDevice(this.#http, device, reason, signer, this.#seed)
  }

  /** List the devices approved with this key, as far as this device knows. */
  devices(): string[] {
    return Object.keys(this.#saved.devices).sort()
  }

  async #issue(uri: DeviceUri, key: Uint8Array, days: number): Promise<void> {
    const der = await issueDevice(uri, key, fromBase64(this.#saved.certificate), this.#seed, Date.now(), days)
    await this.#call("POST", "/v1/certificates", { certificate: text(der) })
  }

  async #call(method: string, path: string, body: unknown = null): ReturnType<Http["call"]> {
    return await this.#http.call(method, path, body, { repeat: true })
  }

  async #save(more: Partial<Saved>): Promise<void> {
    const saved = { ...this.#saved, ...more }
    await this.#store.transaction((batch) => this.#store.setSecret(batch, SECRET, utf8(JSON.stringify(saved))))
    this.#saved = saved
  }
}

/** Give the party's CA certificate from the party list under the pinned root, where its key is the one at hand. */
async function listed(store: Store, http: Http, read: Omit<Saved, "certificate">): Promise<string> {
  const root = store.fact("root") ?? new Uint8Array()
  const told = (await http.call("GET", "/v1/deployment")).json()
  if (!equal(field(told, "root_certificate", "bytes"), root)) {
    throw new ServerMistrusted("wrong_root", "the server's root is not the one you pinned")
  }
  let authorities: Awaited<ReturnType<typeof foldLists>>
  try {
    authorities = await foldLists(root, blobs(field(told, "party_lists", "list")).map((raw) => Statement.parse(raw)))
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused
    throw new ServerMistrusted(refused.code, `the party lists do not hold: ${refused.detail}`)
  }
  const key = await publicKeyOf(fromBase64(read.seed))
  for (const entry of [...(authorities.party(read.party)?.authorities ?? [])].reverse()) {
    if (entry.revoked_ms !== null) continue
    if (equal(readAuthority(fromBase64(entry.certificate)).key, key)) return entry.certificate
  }
  throw new PratiqueError("not_listed", `the party list has no CA of ${read.party} with this key`)
}

function readSaved(read: Readonly<Record<string, unknown>>): Omit<Saved, "certificate"> {
  const { party, deployment, seed, invited, devices } = read
  const texts = typeof party === "string" && typeof deployment === "string" && typeof seed === "string"
  if (!texts || !dict(invited) || !dict(devices)) {
    throw new PratiqueError("bad_authority", "the file holds no party CA", "take the party's ca.key")
  }
  return { party, deployment, seed, invited: invited as Saved["invited"], devices: devices as Saved["devices"] }
}

function dict(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

function letters(fingerprint: string): Uint8Array {
  return utf8(fingerprint.toUpperCase().replace(/[^A-Z0-9]/gu, ""))
}

/** Compare without telling by the time taken where two differ. */
function alike(one: Uint8Array, other: Uint8Array): boolean {
  let differs = one.length ^ other.length
  for (let at = 0; at < other.length; at++) differs |= (one[at] ?? 0) ^ (other[at] as number)
  return differs === 0
}
