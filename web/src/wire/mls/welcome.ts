/** Reads Welcomes: whom they are for; what they hold stays sealed (RFC 9420 §12.4.3.1). */

import { toHex } from "../bytes"
import { openMessage, WireFormat } from "./framing"
import { MlsRefused } from "./refused"
import { HASH_BYTES, MAX_LEAVES, readSuite } from "./suite"

/** A Welcome; `refs` are the KeyPackageRefs of the joiners, in hex and in the Welcome's order. */
export interface Welcome {
  readonly refs: readonly string[]
  readonly encrypted_group_info: Uint8Array
}

/**
 * Give the Welcome of an MLSMessage.
 *
 * Throws  MlsRefused: beside malformed ones: ref_refused, duplicate_ref
 */
export function parseWelcome(message: Uint8Array): Welcome {
  const reader = openMessage(message, WireFormat.WELCOME)
  readSuite(reader)
  const inside = reader.vector()
  const refs = new Set<string>()
  while (inside.left) {
    const ref = inside.opaque()
    inside.opaque() // KEM output
    inside.opaque() // ciphertext
    if (ref.length !== HASH_BYTES) {
      throw new MlsRefused("ref_refused", `a key package reference has ${HASH_BYTES} bytes`)
    }
    if (refs.has(toHex(ref))) throw new MlsRefused("duplicate_ref", "a Welcome names one key package twice")
    refs.add(toHex(ref))
  }
  if (refs.size === 0 || refs.size > MAX_LEAVES) {
    throw new MlsRefused("ref_refused", `a Welcome names 1 to ${MAX_LEAVES} key packages`)
  }
  const encrypted_group_info = reader.opaque()
  reader.done()
  return { refs: [...refs], encrypted_group_info }
}
