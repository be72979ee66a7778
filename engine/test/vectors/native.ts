/**
 * For the suites that the bundle leaves out: checks signatures by OpenSSL, derives keys on the spot (not by one call of
 * WebCrypto each) and reads each private key once. The library takes many times longer for the same, and we ship none
 * of it: of these suites the vectors are here for what MLS does. `crypto-basics` runs as the library computes, always.
 */
import { createPublicKey, type KeyObject, verify } from "node:crypto"
import { type CiphersuiteImpl, getCiphersuiteFromName } from "ts-mls/crypto/ciphersuite.js"
import type { HashAlgorithm } from "ts-mls/crypto/hash.js"
import type { Kdf } from "ts-mls/crypto/kdf.js"
import type { Signature, SignatureAlgorithm } from "ts-mls/crypto/signature.js"

// What stands before the raw key in its SubjectPublicKeyInfo (RFC 5480, RFC 8410), and which hash is signed.
const CURVES: Partial<Record<SignatureAlgorithm, [prefix: string, hash: string | null]>> = {
  Ed448: ["3043300506032b6571033a00", null],
  P256: ["3059301306072a8648ce3d020106082a8648ce3d030107034200", "sha256"],
  P384: ["3076301006072a8648ce3d020106052b81040022036200", "sha384"],
  P521: ["30819b301006072a8648ce3d020106052b8104002303818600", "sha512"],
}

export async function natively(cs: CiphersuiteImpl): Promise<CiphersuiteImpl> {
  const { hpke } = cs
  const suite = getCiphersuiteFromName(cs.name)
  return {
    ...cs,
    kdf: await kdf(suite.hash, cs.kdf.size),
    signature: signature(suite.signature, cs.signature),
    hpke: { ...hpke, importPrivateKey: once(hpke.importPrivateKey), deriveKeyPair: once(hpke.deriveKeyPair) },
  }
}

/** Most of an import is OpenSSL's finding the public key: do it once for each private key. */
function once<T>(make: (key: Uint8Array) => Promise<T>): (key: Uint8Array) => Promise<T> {
  const made = new Map<string, Promise<T>>()
  return (key) => {
    const name = Buffer.from(key).toString("base64")
    const known = made.get(name) ?? make(key)
    made.set(name, known)
    return known
  }
}

function signature(algorithm: SignatureAlgorithm, library: Signature): Signature {
  const curve = CURVES[algorithm]
  if (curve === undefined) return library
  const [prefix, hash] = curve
  const publicKey = (raw: Uint8Array): KeyObject =>
    createPublicKey({ key: Buffer.concat([Buffer.from(prefix, "hex"), raw]), format: "der", type: "spki" })
  return {
    ...library,
    verify: (key, message, made) => Promise.resolve(verify(hash, message, publicKey(key), made)),
  }
}

async function kdf(name: HashAlgorithm, size: number): Promise<Kdf> {
  // on demand, as the library loads what the bundle for Deno leaves out
  const { expand, extract } = await import("@noble/hashes/hkdf.js")
  const { sha256, sha384, sha512 } = await import("@noble/hashes/sha2.js")
  const hash = { "SHA-256": sha256, "SHA-384": sha384, "SHA-512": sha512 }[name]
  return {
    size,
    extract: (salt, secret) => Promise.resolve(extract(hash, secret, salt)),
    expand: (key, info, length) => Promise.resolve(expand(hash, key, info, length)),
  }
}
