/** Reads what any X.509 certificate says of itself, so that one outside the profile is refused by the right code. */

import { equal, fromUtf8 } from "./bytes"
import {
  COMMON_NAME_OID,
  Context,
  ED25519_ALGORITHM,
  type Holder,
  SERIAL_BYTES,
  SUBJECT_ALT_NAME_OID,
} from "./certificate_profile"
import { CertificateRefused } from "./certificate_refused"
import { content, DerRefused, inside, readBits, readInteger, readTime, Tag, type Value, values } from "./der"
import { checkEd25519Public, KeyRefused } from "./keys"

export const MAX_CERTIFICATE_BYTES = 4096

/** One certificate as it was read: `unsigned` is what the signature is over. */
export interface Parsed {
  readonly unsigned: Uint8Array
  readonly subject: Value
  readonly extensions: readonly Extension[]
  readonly holder: Holder
}

interface Extension {
  readonly oid: Uint8Array
  readonly value: Uint8Array
}

/** Read a certificate and check its key, its serial number and that it ends after it begins. */
export function readCertificate(der: Uint8Array): Parsed {
  if (der.length > MAX_CERTIFICATE_BYTES) {
    throw new CertificateRefused("malformed_certificate", `a certificate has at most ${MAX_CERTIFICATE_BYTES} bytes`)
  }
  const { algorithm, ...read } = wellFormed(() => fieldsOf(der))
  if (!equal(algorithm, ED25519_ALGORITHM)) {
    throw new CertificateRefused("key_refused", "the key is not an Ed25519 key")
  }
  const { serial, key, not_before_ms: begins, not_after_ms: ends } = read.holder
  try {
    checkEd25519Public(key)
  } catch (refused) {
    if (!(refused instanceof KeyRefused)) throw refused
    throw new CertificateRefused(refused.code, refused.detail)
  }
  if (serial <= 0n || serial >= 1n << BigInt(8 * SERIAL_BYTES)) {
    const detail = `a serial number is positive and has ${SERIAL_BYTES} bytes at most`
    throw new CertificateRefused("wrong_profile", detail)
  }
  if (ends <= begins) throw new CertificateRefused("wrong_validity", "the certificate ends before it begins")
  return read
}

/** Give the subject's one common name; throws `CertificateRefused("wrong_name")`. */
export function commonName(parsed: Parsed): string {
  const attributes = inside(parsed.subject, Tag.SEQUENCE).flatMap((set) => inside(set, Tag.SET))
  const pairs = attributes.map((attribute) => inside(attribute, Tag.SEQUENCE))
  const names = pairs.filter(([oid]) => oid !== undefined && equal(oid.content, COMMON_NAME_OID))
  try {
    if (names.length === 1) return fromUtf8(names[0]?.[1]?.content ?? new Uint8Array())
  } catch {
    // Not UTF-8: refused below like no name at all.
  }
  throw new CertificateRefused("wrong_name", "the certificate does not have exactly one common name")
}

/** Give the one alternative name, which has to be a URI; throws `CertificateRefused`. */
export function onlyUri(parsed: Parsed): string {
  const value = extensionValue(parsed, SUBJECT_ALT_NAME_OID)
  let names: Value[] | null = null
  try {
    if (value !== null) names = inside(values(value)[0], Tag.SEQUENCE)
  } catch (refused) {
    if (!(refused instanceof DerRefused)) throw refused
  }
  if (names === null) throw new CertificateRefused("wrong_profile", "the alternative names cannot be read")
  const [only, ...more] = names
  if (only === undefined || more.length || only.tag !== Context.URI) {
    throw new CertificateRefused("wrong_name", "a device certificate has exactly one name, a device URI")
  }
  return String.fromCharCode(...only.content)
}

/** Give the value of the one extension of this kind, or null where there is none or there are several. */
export function extensionValue(parsed: Parsed, oid: Uint8Array): Uint8Array | null {
  const found = parsed.extensions.filter((extension) => equal(extension.oid, oid))
  return found.length === 1 ? (found[0]?.value ?? null) : null
}

/** Give the key identifier inside an AuthorityKeyIdentifier, or null where it has none. */
export function readKeyIdentifier(value: Uint8Array): Uint8Array | null {
  try {
    return inside(values(value)[0], Tag.SEQUENCE).find((one) => one.tag === Context.KEY_IDENTIFIER)?.content ?? null
  } catch {
    return null
  }
}

function fieldsOf(der: Uint8Array): Parsed & { algorithm: Uint8Array } {
  const outer = values(der)
  const [unsigned, outerAlgorithm, signature, ...more] = inside(outer[0], Tag.SEQUENCE)
  if (outer.length !== 1 || more.length) throw new DerRefused("a certificate has three parts")
  inside(outerAlgorithm, Tag.SEQUENCE)
  readBits(signature)
  const fields = inside(unsigned, Tag.SEQUENCE)
  const version = fields[0]?.tag === Context.VERSION ? readInteger(inside(fields.shift(), Context.VERSION)[0]) : 0n
  if (version !== 0n && version !== 2n) throw new DerRefused("the version is neither 1 nor 3")
  const [serial, inner, issuer, validity, subject, keyInfo, ...rest] = fields
  const [begins, ends, ...later] = inside(validity, Tag.SEQUENCE)
  const [algorithm, bits, ...others] = inside(keyInfo, Tag.SEQUENCE)
  if (later.length || others.length) throw new DerRefused("a field of the certificate holds too much")
  checkName(issuer)
  checkName(subject)
  inside(inner, Tag.SEQUENCE)
  inside(algorithm, Tag.SEQUENCE)
  return {
    unsigned: (unsigned as Value).bytes,
    algorithm: (algorithm as Value).bytes,
    subject: subject as Value,
    extensions: rest.filter((field) => field.tag === Context.EXTENSIONS).flatMap(extensionsOf),
    holder: {
      serial: readInteger(serial),
      key: readBits(bits),
      not_before_ms: readTime(begins),
      not_after_ms: readTime(ends),
    },
  }
}

function extensionsOf(field: Value): Extension[] {
  return inside(values(field.content)[0], Tag.SEQUENCE).map((one) => {
    const parts = inside(one, Tag.SEQUENCE)
    return { oid: content(parts[0], Tag.OID), value: content(parts.at(-1), Tag.OCTET_STRING) }
  })
}

function checkName(name: Value | undefined): void {
  for (const set of inside(name, Tag.SEQUENCE)) {
    for (const attribute of inside(set, Tag.SET)) content(inside(attribute, Tag.SEQUENCE)[0], Tag.OID)
  }
}

function wellFormed<T>(read: () => T): T {
  try {
    return read()
  } catch (refused) {
    if (!(refused instanceof DerRefused)) throw refused
    throw new CertificateRefused("malformed_certificate", "the bytes are not an X.509 certificate")
  }
}
