/** Sign a device in: its key signs a challenge, and every later request carries the ten-minute token it got. */

import { fromHex } from "../wire/bytes"
import type { DeviceUri } from "../wire/identity"
import { sign } from "../wire/keys"
import { encode } from "../wire/tls"
import { Problem } from "./errors"
import { field, text, type Answer, type Http, type Sending } from "./http"

const SIGN_IN_LABEL = "pratique sign-in v1"
const ENROLMENT_LABEL = "pratique enrolment v1"
/** A token is renewed this long before its end, so that none ends on its way. */
const EARLIER_MS = 60_000

/** Give what a device signs to sign in. */
export function signInBytes(uri: DeviceUri, challenge: Uint8Array, expiresMs: number): Uint8Array {
  return encode(SIGN_IN_LABEL, uri.deployment, String(uri), challenge, expiresMs)
}

/** Give what a device signs to enrol under an invitation's digest. */
export function enrolmentBytes(uri: DeviceUri, invitation: string, key: Uint8Array): Uint8Array {
  return encode(ENROLMENT_LABEL, uri.deployment, fromHex(invitation), String(uri), key)
}

/** A device towards its server; `key` is the seed of its Ed25519 key. */
export class Account {
  #token = ""
  #until = 0
  #signing: Promise<void> | null = null

  constructor(
    readonly http: Http,
    readonly uri: DeviceUri,
    readonly key: Uint8Array,
  ) {}

  /** Get a new token; throws `Problem("sign_in_refused")` alike for unknown, waiting and revoked devices. */
  async signIn(): Promise<void> {
    // Many tasks of one worker ask at once; one of them signs in for all.
    this.#signing ??= this.#signIn().finally(() => {
      this.#signing = null
    })
    await this.#signing
  }

  /** Sign in where the token is missing or old, so that what is asked next goes out at once. */
  async ready(): Promise<void> {
    if (performance.now() >= this.#until) await this.signIn()
  }

  /** Send a request as this device, signing in first where the token is missing or old. */
  async call(method: string, path: string, body: unknown = null, sending: Sending = {}): Promise<Answer> {
    await this.ready()
    try {
      return await this.http.call(method, path, body, { ...sending, bearer: this.#token })
    } catch (failed) {
      if (!(failed instanceof Problem) || failed.code !== "not_signed_in") throw failed
    }
    await this.signIn()
    return await this.http.call(method, path, body, { ...sending, bearer: this.#token })
  }

  async #signIn(): Promise<void> {
    const device = String(this.uri)
    const asked = await this.http.call("POST", "/v1/challenges", { device }, { repeat: true })
    const challenge = asked.get("challenge", "bytes")
    const expires_ms = asked.get("expires_ms", "int")
    const signature = text(await sign(this.key, signInBytes(this.uri, challenge, expires_ms)))
    const proof = { device, challenge: text(challenge), expires_ms, signature }
    const sent = performance.now()
    const given = (await this.http.call("POST", "/v1/sessions", proof)).json()
    this.#token = field(given, "access_token", "str")
    const lifeMs = field(given, "expires_ms", "int") - Date.now()
    // The server's clock may differ from ours; a token is never taken for longer than it can live.
    this.#until = sent + Math.min(Math.max(lifeMs, 2 * EARLIER_MS), 600_000) - EARLIER_MS
  }
}
