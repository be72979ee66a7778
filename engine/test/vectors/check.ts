/** What the vector runners share: hex, one suite per number, and checks that say what differed. */
import { type CiphersuiteId, type CiphersuiteImpl, getCiphersuiteFromId } from "ts-mls/crypto/ciphersuite.js"
import { getCiphersuiteImpl } from "ts-mls/crypto/getCiphersuiteImpl.js"
import type { GroupContext } from "ts-mls/groupContext.js"
import { decodeMlsMessage, type MLSMessage } from "ts-mls/message.js"
import type { Decoder } from "ts-mls/codec/tlsDecoder.js"

import { natively } from "./native.js"

export type Hex = string

export interface Vector {
  cipher_suite?: number
}

export function bytes(text: Hex): Uint8Array {
  const pairs = text.match(/../g) ?? []
  return Uint8Array.from(pairs, (pair) => Number.parseInt(pair, 16))
}

export function hex(data: Uint8Array): Hex {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("")
}

export function same(what: string, got: Uint8Array | undefined, wanted: Hex): void {
  const text = got === undefined ? "nothing" : hex(got)
  if (text !== wanted) throw new Error(`${what}: got ${text}, wanted ${wanted}`)
}

export function holds(what: string, condition: boolean): asserts condition {
  if (!condition) throw new Error(`${what} does not hold`)
}

export function decoded<T>(what: string, decode: Decoder<T>, text: Hex): T {
  const data = bytes(text)
  const result = decode(data, 0)
  if (result === undefined || result[1] !== data.length) throw new Error(`${what} cannot be decoded as a whole`)
  return result[0]
}

export function message<W extends MLSMessage["wireformat"]>(
  wireformat: W,
  text: Hex,
): Extract<MLSMessage, { wireformat: W }> {
  const found = decoded(wireformat, decodeMlsMessage, text)
  if (found.wireformat !== wireformat) throw new Error(`${found.wireformat} where ${wireformat} was wanted`)
  return found as Extract<MLSMessage, { wireformat: W }>
}

export async function suiteOf(vector: Vector): Promise<CiphersuiteImpl> {
  const cs = await librarySuiteOf(vector)
  return vector.cipher_suite === 1 ? cs : natively(cs)
}

export function librarySuiteOf(vector: Vector): Promise<CiphersuiteImpl> {
  return getCiphersuiteImpl(getCiphersuiteFromId(vector.cipher_suite as CiphersuiteId))
}

export function context(
  cs: CiphersuiteImpl,
  p: { group_id: Hex; epoch: number; tree_hash: Hex; confirmed_transcript_hash: Hex },
): GroupContext {
  return {
    version: "mls10",
    cipherSuite: cs.name,
    groupId: bytes(p.group_id),
    epoch: BigInt(p.epoch),
    treeHash: bytes(p.tree_hash),
    confirmedTranscriptHash: bytes(p.confirmed_transcript_hash),
    extensions: [],
  }
}
