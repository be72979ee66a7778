/** Key packages of one device. */
import { generateKeyPackageWithKey, makeKeyPackageRef } from "ts-mls/keyPackage.js"
import { fromBase64 } from "./bytes.js"
import { require } from "./errors.js"
import { encodeMessage } from "./messages.js"
import { savePrivate } from "./state.js"
import { CAPABILITIES, LAST_RESORT, suite } from "./suite.js"

// RFC 8410 section 7: the fixed head of an Ed25519 private key
const PKCS8_ED25519 = [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20]

export interface OwnKeyPackage {
  key_package: Uint8Array
  private: Uint8Array
  ref: Uint8Array
}

async function publicKeyOf(seed: Uint8Array): Promise<Uint8Array> {
  const pkcs8 = new Uint8Array([...PKCS8_ED25519, ...seed])
  const key = await crypto.subtle.importKey("pkcs8", pkcs8, "Ed25519", true, ["sign"])
  const { x } = await crypto.subtle.exportKey("jwk", key)
  require(typeof x === "string", "internal", "the public key cannot be derived")
  return fromBase64(`${x.replaceAll("-", "+").replaceAll("_", "/")}=`)
}

/** Make a key package.
 *
 * Takes   signature_key: an Ed25519 seed of 32 bytes
 * Unit    not_before, not_after in seconds since 1970
 */
export async function keyPackage(p: {
  uri: string
  signature_key: Uint8Array
  not_before: number
  not_after: number
  last_resort: boolean
}): Promise<OwnKeyPackage> {
  require(p.signature_key.length === 32, "bad_request", "the signature key is not a seed of 32 bytes")
  require(p.not_before <= p.not_after, "bad_request", "the key package ends before it begins")
  const cs = await suite()
  const { publicPackage, privatePackage } = await generateKeyPackageWithKey(
    { credentialType: "basic", identity: new TextEncoder().encode(p.uri) },
    CAPABILITIES,
    { notBefore: BigInt(p.not_before), notAfter: BigInt(p.not_after) },
    p.last_resort ? [{ extensionType: LAST_RESORT, extensionData: new Uint8Array() }] : [],
    { signKey: p.signature_key, publicKey: await publicKeyOf(p.signature_key) },
    cs,
  )
  return {
    key_package: encodeMessage({ wireformat: "mls_key_package", keyPackage: publicPackage }),
    private: savePrivate(privatePackage),
    ref: await makeKeyPackageRef(publicPackage, cs.hash),
  }
}
