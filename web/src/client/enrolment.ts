/** Enrol a device: make its key, prove the invitation, and believe only a certificate that leads to the pinned root. */

import { equal, fromHex, toHex, utf8 } from "../wire/bytes"
import { readRoot } from "../wire/certificates"
import { sha256Hex } from "../wire/hash"
import { DeviceUri, officeParty } from "../wire/identity"
import { enrolmentFingerprint } from "../wire/issuing"
import { generateSeed, publicKeyOf, sign } from "../wire/keys"
import { Refused } from "../wire/refused"
import { enrolmentBytes } from "./account"
import type { LocalDirectory } from "./directory"
import { PratiqueError, Problem, ServerMistrusted } from "./errors"
import { type Http, text } from "./http"
import { InvitationTicket } from "./invitations"
import type { Unlocking } from "./keystore"
import { Store } from "./store"

/**
 * Give whom an invitation brings in, or refuse one that can bring nobody, before a person chose anything; its secret
 * stays here.
 *
 * Raises  PratiqueError, ServerMistrusted where the root is not the invitation's, Problem
 */
export async function lookAt(http: Http, handed: string): Promise<{ office: string; person: string }> {
  const ticket = InvitationTicket.parse(handed)
  const { token_digest } = ticket.invitation
  if (sha256Hex(ticket.token) !== token_digest) {
    throw new PratiqueError("bad_invitation", "the invitation's secret is not the one it was signed for", "copy it again")
  }
  await rootOf(http, ticket)
  const told = await http.call("GET", `/v1/enrolments/${ticket.id}`).catch((failed: unknown) => {
    if (!(failed instanceof Problem) || failed.code !== "not_found") throw failed
    throw new PratiqueError("invitation_unknown", "the server does not know this invitation", "ask for a new one")
  })
  const state = told.get("state", "str")
  if (state === "expired") throw expired()
  if (state !== "open") throw new PratiqueError("invitation_used", "the invitation was used", "ask for a new one")
  const { office, person } = ticket.invitation
  return { office, person }
}

/**
 * Make a store with a new device key and ask to be enrolled; give the store and the fingerprint.
 *
 * Raises  PratiqueError, ServerMistrusted where the root is not the invitation's, Problem
 */
export async function begin(
  http: Http,
  name: string,
  ticket: InvitationTicket,
  deviceName: string,
  unlocking: Unlocking,
): Promise<{ store: Store; fingerprint: string }> {
  const { invitation } = ticket
  const root = await rootOf(http, ticket)
  const uri = await nameOf(root, invitation.office, invitation.person, deviceName)
  const store = await Store.create(name, unlocking)
  const seed = generateSeed()
  const key = await publicKeyOf(seed)
  try {
    await store.transaction((batch) => {
      store.setSecret(batch, "device key", seed)
      store.setSecret(batch, "invitation token", ticket.token)
      const facts = { server: utf8(http.url), root, uri: utf8(String(uri)), invitation: fromHex(ticket.id) }
      for (const [name, value] of Object.entries(facts)) store.setFact(batch, name, value)
    })
    await ask(http, ticket.id, ticket.token, uri, seed)
  } catch (failed) {
    // The server refused, so nothing was enrolled and nothing is kept; without an answer, `finish` asks again.
    if (failed instanceof Problem) await store.destroy()
    else await store.close()
    throw failed
  }
  return { store, fingerprint: enrolmentFingerprint(key, uri, ticket.id) }
}

/** Give the fingerprint of a device that waits, as `begin` gave it. */
export async function fingerprintOf(store: Store, uri: DeviceUri): Promise<string | null> {
  const invitation = store.fact("invitation")
  if (invitation === null) return null
  return enrolmentFingerprint(await publicKeyOf(store.secret("device key")), uri, toHex(invitation))
}

/**
 * Fetch and verify this device's certificate; false while no officer has approved.
 *
 * Raises  ServerMistrusted where the certificate is not for this name and key, or does not lead to the root
 */
export async function finish(
  http: Http,
  store: Store,
  directory: LocalDirectory,
  uri: DeviceUri,
  seed: Uint8Array,
): Promise<boolean> {
  const invitation = toHex(store.fact("invitation") ?? new Uint8Array())
  const told = await http.call("GET", `/v1/enrolments/${invitation}`)
  const state = told.get("state", "str")
  if (state === "expired") throw expired()
  if (state === "open") await ask(http, invitation, store.secret("invitation token"), uri, seed)
  if (state !== "active") return false
  const der = told.get("certificate", "bytes")
  const nowMs = await directory.refreshParties(http)
  try {
    const certificate = await directory.authorities.verifyDevice(der, nowMs)
    if (String(certificate.uri) !== String(uri) || !equal(certificate.key, await publicKeyOf(seed))) {
      throw new ServerMistrusted("wrong_certificate", "the certificate is not for this device's name and key")
    }
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused
    throw new ServerMistrusted(refused.code, `the certificate does not hold: ${refused.detail}`)
  }
  await store.transaction((batch) => {
    directory.trust.putCertificate(batch, String(uri), der)
    store.setFact(batch, "enrolled", utf8("yes"))
  })
  return true
}

function expired(): PratiqueError {
  return new PratiqueError("invitation_expired", "the invitation has expired", "ask for a new one")
}

async function rootOf(http: Http, { invitation }: InvitationTicket): Promise<Uint8Array<ArrayBuffer>> {
  const told = await http.call("GET", "/v1/deployment")
  const root = told.get("root_certificate", "bytes")
  if (sha256Hex(root) !== invitation.root) {
    throw new ServerMistrusted("wrong_root", "the server's root is not the one your invitation names")
  }
  return root
}

async function nameOf(root: Uint8Array, officeId: string, person: string, device: string): Promise<DeviceUri> {
  try {
    const { deployment } = await readRoot(root)
    return new DeviceUri(officeParty(officeId), deployment, officeId.split("/")[1] ?? "", person, device)
  } catch (refused) {
    if (!(refused instanceof Refused)) throw refused
    throw new PratiqueError(refused.code, refused.detail)
  }
}

async function ask(
  http: Http,
  invitation: string,
  token: Uint8Array,
  uri: DeviceUri,
  seed: Uint8Array,
): Promise<void> {
  const key = await publicKeyOf(seed)
  const signature = text(await sign(seed, enrolmentBytes(uri, invitation, key)))
  const asked = { invitation, token: text(token), device: String(uri), key: text(key), signature }
  await http.call("POST", "/v1/enrolments", asked, { repeat: true })
}
