/** Ask a passkey for the secret that opens the store: the PRF extension's 32 bytes for a salt. Nothing of it is sent. */
import type { Unlocking } from "../api"

type Passkey = Extract<Unlocking, { by: "passkey" }>
type Bytes = Uint8Array<ArrayBuffer>
interface PrfOutput {
  prf?: { enabled?: boolean; results?: { first?: ArrayBuffer } }
}

/** Why there is no secret: the person said no, or the authenticator cannot. */
export class PasskeyRefused extends Error {
  constructor(
    readonly code: "passkey_cancelled" | "passkey_without_prf",
    readonly detail: string,
  ) {
    super(detail)
  }
}

/** Whether this browser has passkeys at all; only making one tells whether it gives secrets. */
export async function passkeysHere(): Promise<boolean> {
  // A passkey is of a domain; a server that is reached by its address has none.
  if (typeof PublicKeyCredential === "undefined" || /^[\d.]+$|:/.test(location.hostname)) return false
  const able = await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().catch(() => false)
  const known = (PublicKeyCredential as { getClientCapabilities?: () => Promise<Record<string, boolean>> }).getClientCapabilities
  const told = await known?.call(PublicKeyCredential).catch(() => undefined)
  return told?.["extension:prf"] === false ? false : able || told?.["hybridTransport"] === true
}

/** Make a passkey for this device and ask it at once. */
export async function makePasskey(name: string): Promise<Passkey> {
  const salt = random()
  const made = (await asked(() =>
    navigator.credentials.create({
      publicKey: {
        rp: { name: "Pratique", id: location.hostname },
        user: { id: random(), name, displayName: name },
        challenge: random(),
        pubKeyCredParams: [
          { type: "public-key", alg: -8 },
          { type: "public-key", alg: -7 },
          { type: "public-key", alg: -257 },
        ],
        authenticatorSelection: { residentKey: "preferred", userVerification: "required" },
        attestation: "none",
        extensions: { prf: { eval: { first: salt } } } as AuthenticationExtensionsClientInputs,
      },
    }),
  )) as PublicKeyCredential
  const told = (made.getClientExtensionResults() as PrfOutput).prf
  const credential = base64url(new Uint8Array(made.rawId))
  if (told?.results?.first) return { by: "passkey", credential, salt: base64url(salt), prf: new Uint8Array(told.results.first) }
  if (told?.enabled !== true) throw without()
  return await usePasskey(credential, base64url(salt))
}

/** Ask the passkey that was made before. */
export async function usePasskey(credential: string, salt: string): Promise<Passkey> {
  const got = (await asked(() =>
    navigator.credentials.get({
      publicKey: {
        challenge: random(),
        rpId: location.hostname,
        allowCredentials: [{ type: "public-key", id: bytesOf(credential) }],
        userVerification: "required",
        extensions: { prf: { eval: { first: bytesOf(salt) } } } as AuthenticationExtensionsClientInputs,
      },
    }),
  )) as PublicKeyCredential
  const first = (got.getClientExtensionResults() as PrfOutput).prf?.results?.first
  if (first === undefined) throw without()
  return { by: "passkey", credential, salt, prf: new Uint8Array(first) }
}

async function asked(ask: () => Promise<Credential | null>): Promise<Credential> {
  try {
    const credential = await ask()
    if (credential !== null) return credential
  } catch (error) {
    if (!(error instanceof DOMException)) throw error
  }
  throw new PasskeyRefused("passkey_cancelled", "the passkey was not given")
}

function without(): PasskeyRefused {
  return new PasskeyRefused("passkey_without_prf", "this passkey cannot open a store; use a passphrase")
}

function random(): Bytes {
  return crypto.getRandomValues(new Uint8Array(32))
}
function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}
function bytesOf(text: string): Bytes {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0))
}
