/** Gives the transcript hashes that chain the commits of a group (RFC 9420 §8.2). */

import { sha256 } from "../hash"
import { Writer } from "../tls"
import type { Commit } from "./commit"
import { WireFormat } from "./framing"

/** Give the confirmed transcript hash of the epoch that the commit begins; `interim` is of the epoch before. */
export function nextConfirmedTranscriptHash(commit: Commit, interim: Uint8Array): Uint8Array {
  const signed = new Writer().raw(interim).u16(WireFormat.PUBLIC_MESSAGE).raw(commit.content).opaque(commit.signature)
  return sha256(signed.getvalue())
}

/** Give the hash that the next commit follows on, from an epoch's own hash and confirmation tag. */
export function interimTranscriptHash(confirmed: Uint8Array, confirmationTag: Uint8Array): Uint8Array {
  return sha256(new Writer().raw(confirmed).opaque(confirmationTag).getvalue())
}
