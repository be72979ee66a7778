/**
 * Verify the three certificates of the closed profile: root, party CA, device (docs/protocol.md §2).
 *
 * A chain is checked once and remembered; only the instant is judged afresh, so a call on the hot path costs a look-up.
 * What a path validator would ask besides (names constrained, path lengths, key identifiers, critical extensions)
 * stands in the bytes that the profile fixes, and these are compared whole.
 */

import { equal, toHex } from "./bytes"
import {
  AUTHORITY_KEY_OID,
  authorityTemplate,
  deviceTemplate,
  MAX_COMMON_NAME,
  MAX_DEVICE_MS,
  ROOT_PREFIX,
  rootTemplate,
  signedCertificate,
} from "./certificate_profile"
import {
  commonName,
  extensionValue,
  onlyUri,
  type Parsed,
  readCertificate,
  readKeyIdentifier,
} from "./certificate_reading"
import { CertificateRefused } from "./certificate_refused"
import { sha256Hex } from "./hash"
import { checkDeployment, checkParty, DeviceUri, NameRefused } from "./identity"
import { SIGNATURE_BYTES, verify } from "./keys"

export { CertificateRefused }

const REMEMBERED = 8192

/** The deployment's root, pinned at enrolment by its digest. */
export interface RootCertificate {
  readonly deployment: string
  readonly key: Uint8Array
  readonly not_before_ms: number
  readonly not_after_ms: number
  readonly der: Uint8Array
  /** SHA-256 of the certificate in hex: what an invitation carries. */
  readonly digest: string
}

/** A party's CA, constrained to its host. */
export interface AuthorityCertificate {
  readonly host: string
  readonly key: Uint8Array
  readonly not_before_ms: number
  readonly not_after_ms: number
  readonly der: Uint8Array
}

/** A device: its name, its signature key, and the party CA that vouched for both. */
export interface DeviceCertificate {
  readonly uri: DeviceUri
  readonly key: Uint8Array
  readonly not_before_ms: number
  readonly not_after_ms: number
  readonly der: Uint8Array
  readonly authority: Uint8Array
  /** SHA-256 of the certificate in hex. */
  readonly fingerprint: string
}

/** Read a root certificate and check its own signature; whoever calls pins its digest; throws `CertificateRefused`. */
export const readRoot = remembered(64, async (der: Uint8Array): Promise<RootCertificate> => {
  const parsed = readCertificate(der)
  const common = commonName(parsed)
  if (!common.startsWith(ROOT_PREFIX)) {
    throw new CertificateRefused("wrong_name", `a root is named "${ROOT_PREFIX}<deployment>"`)
  }
  const deployment = canonical(checkDeployment, common.slice(ROOT_PREFIX.length))
  match(der, rootTemplate(deployment, parsed.holder))
  await checkSignature(der, parsed, parsed.holder.key, "the root does not sign itself")
  return { deployment, ...held(parsed), der, digest: sha256Hex(der) }
})

/** Give the party CA that the root vouches for at an instant; throws `CertificateRefused`. */
export async function verifyAuthority(
  der: Uint8Array,
  rootDer: Uint8Array,
  atMs: number,
): Promise<AuthorityCertificate> {
  const authority = await authorityOf(der, rootDer)
  judge("root", await readRoot(rootDer), atMs)
  judge("party CA", authority, atMs)
  return authority
}

/** Give the device that the party CA vouches for at an instant, or throw `CertificateRefused`. */
export async function verifyDevice(
  der: Uint8Array,
  authorityDer: Uint8Array,
  rootDer: Uint8Array,
  atMs: number,
): Promise<DeviceCertificate> {
  const device = await deviceOf(der, authorityDer, rootDer)
  await verifyAuthority(authorityDer, rootDer, atMs)
  judge("device", device, atMs)
  return device
}

/** Give the key identifier of the issuer that a certificate names, in hex, unverified; throws `CertificateRefused`. */
export function authorityKeyId(der: Uint8Array): string {
  const value = extensionValue(readCertificate(der), AUTHORITY_KEY_OID)
  const found = value === null ? null : readKeyIdentifier(value)
  if (found === null) throw new CertificateRefused("wrong_profile", "the certificate does not name its issuer's key")
  return toHex(found)
}

/** Give the host and the key that a party CA's certificate claims, unverified; throws `CertificateRefused`. */
export function readAuthority(der: Uint8Array): { host: string; key: Uint8Array } {
  const parsed = readCertificate(der)
  return { host: commonName(parsed), key: parsed.holder.key }
}

/** Give when a certificate begins and ends, unverified; nothing where it cannot be read. */
export function lifetime(der: Uint8Array): readonly number[] {
  try {
    const { not_before_ms, not_after_ms } = readCertificate(der).holder
    return [not_before_ms, not_after_ms]
  } catch (refused) {
    if (!(refused instanceof CertificateRefused)) throw refused
    return []
  }
}

/** Hold an instant to a certificate's time, both ends counted in; throws `CertificateRefused`. */
function judge(what: string, one: { not_before_ms: number; not_after_ms: number }, atMs: number): void {
  if (atMs < one.not_before_ms) {
    throw new CertificateRefused("not_yet_valid", `the ${what} certificate is not valid yet`)
  }
  if (atMs > one.not_after_ms) throw new CertificateRefused("expired", `the ${what} certificate has expired`)
}

const authorityOf = remembered(REMEMBERED, async (der: Uint8Array, rootDer: Uint8Array) => {
  const root = await readRoot(rootDer)
  const parsed = readCertificate(der)
  const host = commonName(parsed)
  const dot = host.indexOf(".")
  canonical(checkParty, dot < 0 ? host : host.slice(0, dot))
  if (dot < 0 || host.slice(dot + 1) !== root.deployment) {
    throw new CertificateRefused("wrong_name", "the party CA is not of this deployment")
  }
  if (host.length > MAX_COMMON_NAME) {
    throw new CertificateRefused("wrong_profile", "a value of the certificate has no place in the profile")
  }
  match(der, authorityTemplate(host, root.deployment, root.key, parsed.holder))
  await checkSignature(der, parsed, root.key, "the party CA is not signed by the root")
  checkTogether(parsed.holder, root)
  return { host, ...held(parsed), der }
})

const deviceOf = remembered(REMEMBERED, async (der: Uint8Array, authorityDer: Uint8Array, rootDer: Uint8Array) => {
  const authority = await authorityOf(authorityDer, rootDer)
  const parsed = readCertificate(der)
  const { holder } = parsed
  const uri = canonical(DeviceUri.parse, onlyUri(parsed))
  if (uri.host !== authority.host) {
    throw new CertificateRefused("wrong_name", "the device is of another party than the CA that signed it")
  }
  if (holder.not_after_ms - holder.not_before_ms > MAX_DEVICE_MS) {
    throw new CertificateRefused("wrong_validity", "a device certificate holds for 90 days at most")
  }
  match(der, deviceTemplate(uri, authority.key, holder))
  await checkSignature(der, parsed, authority.key, "the device certificate is not signed by the party CA")
  checkTogether(holder, authority, await readRoot(rootDer))
  return { uri, ...held(parsed), der, authority: authorityDer, fingerprint: sha256Hex(der) }
})

function held(parsed: Parsed): Pick<RootCertificate, "key" | "not_before_ms" | "not_after_ms"> {
  const { key, not_before_ms, not_after_ms } = parsed.holder
  return { key, not_before_ms, not_after_ms }
}

function canonical<T>(check: (name: string) => T, name: string): T {
  try {
    return check(name)
  } catch (refused) {
    if (!(refused instanceof NameRefused)) throw refused
    throw new CertificateRefused("wrong_name", refused.message)
  }
}

/** Compare the certificate with the one its values call for, byte for byte up to the signature. */
function match(der: Uint8Array, unsigned: Uint8Array): void {
  const expected = signedCertificate(unsigned, new Uint8Array(SIGNATURE_BYTES))
  if (!equal(der.subarray(0, -SIGNATURE_BYTES), expected.subarray(0, -SIGNATURE_BYTES))) {
    throw new CertificateRefused("wrong_profile", "the certificate has other fields or extensions than the profile")
  }
}

async function checkSignature(der: Uint8Array, parsed: Parsed, key: Uint8Array, detail: string): Promise<void> {
  if (!(await verify(key, parsed.unsigned, der.subarray(-SIGNATURE_BYTES)))) {
    throw new CertificateRefused("wrong_issuer", detail)
  }
}

/** Refuse a path whose certificates never hold at the same time. */
function checkTogether(...path: readonly { not_before_ms: number; not_after_ms: number }[]): void {
  if (Math.max(...path.map((one) => one.not_before_ms)) > Math.min(...path.map((one) => one.not_after_ms))) {
    throw new CertificateRefused("wrong_validity", "there is no instant at which the whole chain holds")
  }
}

/** Remember what a check of whole certificates gave; a refusal is not remembered, and the oldest makes room. */
function remembered<T>(
  limit: number,
  check: (...ders: Uint8Array[]) => Promise<T>,
): (...ders: Uint8Array[]) => Promise<T>
function remembered<A extends Uint8Array[], T>(limit: number, check: (...ders: A) => Promise<T>) {
  const found = new Map<string, T>()
  return async (...ders: A): Promise<T> => {
    const key = ders.map(sha256Hex).join()
    const known = found.get(key)
    if (known !== undefined) return known
    const fresh = await check(...ders)
    if (found.size >= limit) found.delete(found.keys().next().value as string)
    found.set(key, fresh)
    return fresh
  }
}
