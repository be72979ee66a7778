/**
 * The closed profile: the only three certificates there are, each fully given by a handful of values.
 *
 * A certificate is judged by building the one that its values call for and comparing the bytes, so there is nothing
 * else that a reader would have to know how to refuse. Issuing signs the same templates.
 *
 *   root (CN "Pratique root <deployment>", pathlen 1) → party CA (CN host, pathlen 0, constrained to it) → device (SAN)
 */

import { type Bytes, fromHex, utf8 } from "./bytes"
import { bitString, der, integer, sequence, Tag, time } from "./der"
import { sha256 } from "./hash"
import type { DeviceUri } from "./identity"

export const ROOT_PREFIX = "Pratique root "
export const SERIAL_BYTES = 16
export const MAX_DEVICE_MS = 90 * 86_400_000
/** What X.509 gives a common name at most. */
export const MAX_COMMON_NAME = 64

/** The algorithm identifier of Ed25519, of keys and of signatures alike (RFC 8410 §3). */
export const ED25519_ALGORITHM = sequence(der(Tag.OID, fromHex("2b6570")))
export const COMMON_NAME_OID = fromHex("550403")
export const SUBJECT_ALT_NAME_OID = fromHex("551d11")
export const AUTHORITY_KEY_OID = fromHex("551d23")
const SUBJECT_KEY_OID = fromHex("551d0e")
const KEY_USAGE_OID = fromHex("551d0f")
const BASIC_CONSTRAINTS_OID = fromHex("551d13")
const NAME_CONSTRAINTS_OID = fromHex("551d1e")

/** Tags of the choices and optional fields of RFC 5280, appendix A. */
export const Context = { VERSION: 0xa0, EXTENSIONS: 0xa3, KEY_IDENTIFIER: 0x80, URI: 0x86, PERMITTED: 0xa0 } as const

const VERSION_3 = der(Context.VERSION, integer(2n))
const TRUE = der(Tag.BOOLEAN, new Uint8Array([0xff]))
/** Bits of KeyUsage, from the left, with the number of bits behind the last one set. */
const USAGE = { signatures: [0x80, 7], certificates: [0x04, 2], certificates_and_lists: [0x06, 1] } as const

/**
 * What every certificate says besides names: its serial, its key and when it holds.
 *
 * Shape  serial: 1 … 2^128 − 1; key: 32 bytes
 * Unit   not_before_ms, not_after_ms: UTC, whole seconds in milliseconds
 */
export interface Holder {
  readonly serial: bigint
  readonly key: Uint8Array
  readonly not_before_ms: number
  readonly not_after_ms: number
}

/** Give the leftmost 160 bits of SHA-256 of a public key (RFC 7093 §2, method 1). */
export function keyIdentifier(key: Uint8Array): Bytes {
  return sha256(key).slice(0, 20)
}

/** Give the unsigned root certificate of a deployment. */
export function rootTemplate(deployment: string, holder: Holder): Bytes {
  const named = name(ROOT_PREFIX + deployment)
  const extensions = [basicConstraints(true, 1n), usage("certificates_and_lists"), subjectKey(holder.key)]
  return template(named, named, holder, extensions)
}

/** Give the unsigned CA certificate of a party, constrained to its own host. */
export function authorityTemplate(host: string, deployment: string, rootKey: Uint8Array, holder: Holder): Bytes {
  const permitted = der(Context.PERMITTED, sequence(der(Context.URI, utf8(host))))
  return template(name(host), name(ROOT_PREFIX + deployment), holder, [
    basicConstraints(true, 0n),
    usage("certificates"),
    extension(NAME_CONSTRAINTS_OID, true, sequence(permitted)),
    subjectKey(holder.key),
    authorityKey(rootKey),
  ])
}

/** Give the unsigned certificate of a device: no subject, its URI as the only name. */
export function deviceTemplate(uri: DeviceUri, authorityPublic: Uint8Array, holder: Holder): Bytes {
  return template(sequence(), name(uri.host), holder, [
    extension(SUBJECT_ALT_NAME_OID, true, sequence(der(Context.URI, utf8(String(uri))))),
    basicConstraints(false, null),
    usage("signatures"),
    subjectKey(holder.key),
    authorityKey(authorityPublic),
  ])
}

/** Give a certificate from its template and the issuer's signature over it. */
export function signedCertificate(unsigned: Uint8Array, signature: Uint8Array): Bytes {
  return sequence(unsigned, ED25519_ALGORITHM, bitString(signature))
}

function template(subject: Bytes, issuer: Bytes, holder: Holder, extensions: readonly Bytes[]): Bytes {
  return sequence(
    VERSION_3,
    integer(holder.serial),
    ED25519_ALGORITHM,
    issuer,
    sequence(time(holder.not_before_ms), time(holder.not_after_ms)),
    subject,
    sequence(ED25519_ALGORITHM, bitString(holder.key)),
    der(Context.EXTENSIONS, sequence(...extensions)),
  )
}

function name(commonName: string): Bytes {
  return sequence(der(Tag.SET, sequence(der(Tag.OID, COMMON_NAME_OID), der(Tag.UTF8, utf8(commonName)))))
}

function extension(oid: Uint8Array, critical: boolean, value: Uint8Array): Bytes {
  const flag = critical ? [TRUE] : []
  return sequence(der(Tag.OID, oid), ...flag, der(Tag.OCTET_STRING, value))
}

function basicConstraints(ca: boolean, pathLength: bigint | null): Bytes {
  const limit = pathLength === null ? [] : [integer(pathLength)]
  return extension(BASIC_CONSTRAINTS_OID, true, ca ? sequence(TRUE, ...limit) : sequence())
}

function usage(of: keyof typeof USAGE): Bytes {
  const [bits, unused] = USAGE[of]
  return extension(KEY_USAGE_OID, true, bitString(new Uint8Array([bits]), unused))
}

function subjectKey(key: Uint8Array): Bytes {
  return extension(SUBJECT_KEY_OID, false, der(Tag.OCTET_STRING, keyIdentifier(key)))
}

function authorityKey(key: Uint8Array): Bytes {
  return extension(AUTHORITY_KEY_OID, false, sequence(der(Context.KEY_IDENTIFIER, keyIdentifier(key))))
}
