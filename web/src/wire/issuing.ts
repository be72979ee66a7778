/** Issue certificates on the member side, where the CA keys live; verification is in `certificates`. */

import { type Bytes, equal, fromHex, randomBytes, toHex } from "./bytes"
import {
  authorityTemplate,
  deviceTemplate,
  type Holder,
  rootTemplate,
  SERIAL_BYTES,
  signedCertificate,
} from "./certificate_profile"
import { CertificateRefused, readAuthority, readRoot } from "./certificates"
import { sha256 } from "./hash"
import { checkDeployment, type DeviceUri, partyHost } from "./identity"
import { checkEd25519Public, publicKeyOf, sign } from "./keys"
import { encode } from "./tls"

export const ENROLMENT_LABEL = "pratique enrolment v1"
/** A certificate begins a little before it was made: other clocks may be behind the issuer's. */
export const EARLIER_MS = 5 * 60_000
const DAY_MS = 86_400_000
const YEAR_MS = 365 * DAY_MS
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"

/** Make the self-signed root certificate of a deployment; throws `NameRefused`. */
export async function makeRoot(
  deployment: string,
  seed: Uint8Array,
  atMs: number,
  years = 10,
  serial = drawSerial(),
): Promise<Bytes> {
  checkDeployment(deployment)
  const holder = holderOf(await publicKeyOf(seed), atMs, years * YEAR_MS, serial)
  return signed(rootTemplate(deployment, holder), seed)
}

/**
 * Certify a party's CA key, constrained to the party's host.
 *
 * Throws  NameRefused, KeyRefused, CertificateRefused("wrong_issuer") where the key is not the root's
 */
export async function issueAuthority(
  party: string,
  rootDer: Uint8Array,
  rootSeed: Uint8Array,
  caPublic: Uint8Array,
  atMs: number,
  years = 5,
  serial = drawSerial(),
): Promise<Bytes> {
  const root = await readRoot(rootDer)
  await sameKey(root.key, rootSeed, "the root")
  const host = partyHost(party, root.deployment)
  const holder = holderOf(caPublic, atMs, years * YEAR_MS, serial)
  return signed(authorityTemplate(host, root.deployment, root.key, holder), rootSeed)
}

/**
 * Certify a device's key under its URI; a renewal keeps the key.
 *
 * Throws  KeyRefused; CertificateRefused: wrong_issuer, wrong_name where the CA is another party's
 */
export async function issueDevice(
  uri: DeviceUri,
  devicePublic: Uint8Array,
  authorityDer: Uint8Array,
  authoritySeed: Uint8Array,
  atMs: number,
  days = 90,
  serial = drawSerial(),
): Promise<Bytes> {
  const { host, key } = readAuthority(authorityDer)
  await sameKey(key, authoritySeed, "the party CA")
  if (host !== uri.host) {
    throw new CertificateRefused("wrong_name", "the party CA may only name devices of its own party")
  }
  if (!(days > 0 && days <= 90)) {
    throw new CertificateRefused("wrong_validity", "a device certificate holds for 1 to 90 days")
  }
  const holder = holderOf(devicePublic, atMs, days * DAY_MS, serial)
  return signed(deviceTemplate(uri, key, holder), authoritySeed)
}

/** Give what approver and device compare: 25 base32 characters (125 bits) over key, name and invitation. */
export function enrolmentFingerprint(key: Uint8Array, uri: DeviceUri, invitationDigest: string): string {
  const digest = sha256(encode(ENROLMENT_LABEL, key, String(uri), fromHex(invitationDigest)))
  const bits = BigInt(`0x${toHex(digest.subarray(0, 16))}`) >> 3n
  const letters = Array.from({ length: 25 }, (_, at) => BASE32[Number((bits >> BigInt(120 - 5 * at)) & 31n)])
  return [0, 5, 10, 15, 20].map((start) => letters.slice(start, start + 5).join("")).join("-")
}

function holderOf(key: Uint8Array, atMs: number, lengthMs: number, serial: bigint): Holder {
  checkEd25519Public(key)
  const not_before_ms = Math.floor((atMs - EARLIER_MS) / 1000) * 1000
  return { serial, key, not_before_ms, not_after_ms: not_before_ms + lengthMs }
}

function drawSerial(): bigint {
  return BigInt(`0x${toHex(randomBytes(SERIAL_BYTES))}`) || 1n
}

async function sameKey(key: Uint8Array, seed: Uint8Array, what: string): Promise<void> {
  if (!equal(await publicKeyOf(seed), key)) {
    throw new CertificateRefused("wrong_issuer", `the key does not belong to the certificate of ${what}`)
  }
}

async function signed(unsigned: Bytes, seed: Uint8Array): Promise<Bytes> {
  return signedCertificate(unsigned, await sign(seed, unsigned))
}
