/** One log, numbered entries, and the chain over them (docs/protocol.md §3). */

import { type Bytes, fromHex, toHex } from "./bytes"
import { sha256Hex } from "./hash"
import { encode, Reader, Writer } from "./tls"

export const LOG_ID_BYTES = 32
export const INBOX_LABEL = "pratique inbox v1"
export const DIRECTORY_LABEL = "pratique directory v1"

/** What an entry is; the numbers stand in the chain and never change. */
export const Kind = {
  CHARTER: 1,
  GROUP_INFO: 2,
  ROSTER: 3,
  COMMIT: 4,
  LINK: 5,
  APPLICATION: 6,
  WELCOME: 7,
  REMINDER: 8,
  NOTICE: 9,
} as const
export type Kind = (typeof Kind)[keyof typeof Kind]

/** How soon a person should look. */
export const Urgency = { ROUTINE: 0, PRIORITY: 1, URGENT: 2 } as const
export type Urgency = (typeof Urgency)[keyof typeof Urgency]
export type UrgencyWord = "routine" | "priority" | "urgent"

/** Give the kind's name on the wire, lower case. */
export function kindWord(kind: Kind): string {
  return wordOf(Kind, kind)
}

/** Read a kind's name; throws `RangeError`. */
export function kindFromWord(word: string): Kind {
  return fromWord(Kind, word, "unknown kind")
}

/** Give the urgency's name on the wire, lower case. */
export function urgencyWord(urgency: Urgency): UrgencyWord {
  return wordOf(Urgency, urgency) as UrgencyWord
}

/** Read an urgency's name; throws `RangeError`. */
export function urgencyFromWord(word: string): Urgency {
  return fromWord(Urgency, word, "unknown urgency")
}

/** An entry before it has a number. */
export interface Draft {
  readonly kind: Kind
  readonly data: Uint8Array
  readonly epoch: number
  readonly urgency: Urgency
  readonly to: readonly string[]
}

/** Make a draft; what is not said is of epoch 0, routine and to nobody in particular. */
export function draft(kind: Kind, data: Uint8Array, more: Partial<Omit<Draft, "kind" | "data">> = {}): Draft {
  return { epoch: 0, urgency: Urgency.ROUTINE, to: [], ...more, kind, data }
}

/**
 * One numbered record of a log.
 *
 * Shape  log: 64 hex digits; post_id: 32; seq ≥ 1 without gaps; device: a device URI, empty for the server's notices
 * Unit   at_ms: UTC, milliseconds since 1970
 */
export interface Entry {
  readonly log: string
  readonly seq: number
  readonly kind: Kind
  readonly device: string
  readonly epoch: number
  readonly post_id: string
  readonly urgency: Urgency
  readonly at_ms: number
  readonly data: Uint8Array
}

/** Give the bytes under the chain (rule LOG-2). */
export function encodeEntry(entry: Entry): Bytes {
  return new Writer()
    .opaque(fromHex(entry.log))
    .u64(entry.seq)
    .u64(entry.kind)
    .text(entry.device)
    .u64(entry.epoch)
    .raw(fromHex(entry.post_id))
    .u64(entry.urgency)
    .u64(entry.at_ms)
    .opaque(entry.data)
    .getvalue()
}

/** Give SHA-256 of the encoded entry, in hex. */
export function entryDigest(entry: Entry): string {
  return sha256Hex(encodeEntry(entry))
}

/** The newest entry of a log that a sender had processed: its number and the chain there, in hex. */
export interface Seen {
  readonly seq: number
  readonly chain: string
}

/** Give the bytes that stand in a commit's authenticated data. */
export function encodeSeen(seen: Seen): Bytes {
  return encode(seen.seq, fromHex(seen.chain))
}

/** Read `encodeSeen`'s bytes; throws `Malformed`. */
export function decodeSeen(data: Uint8Array): Seen {
  const reader = new Reader(data)
  const seen = readSeen(reader)
  reader.done()
  return seen
}

/** Read what was seen where it stands among other fields; throws what the reader throws. */
export function readSeen(reader: Reader): Seen {
  return { seq: reader.u64(), chain: toHex(reader.opaque()) }
}

/** Give chain_n from chain_{n-1}, n and the entry's digest; chain_0 is the log's id (rule LOG-3). */
export function nextChain(chain: string, seq: number, digest: string): string {
  return sha256Hex(encode(fromHex(chain), seq, fromHex(digest)))
}

/** Give the log id of a device's inbox. */
export function inboxId(device: string): string {
  return sha256Hex(encode(INBOX_LABEL, device))
}

/** Give the log id of the deployment's directory: party lists, certificates, revocations. */
export function directoryId(deployment: string): string {
  return sha256Hex(encode(DIRECTORY_LABEL, deployment))
}

function wordOf(names: Readonly<Record<string, number>>, value: number): string {
  const found = Object.entries(names).find(([, number]) => number === value)
  if (found === undefined) throw new RangeError("unknown number")
  return found[0].toLowerCase()
}

function fromWord<N extends number>(names: Readonly<Record<string, N>>, word: string, failure: string): N {
  const found = Object.entries(names).find(([name]) => name.toLowerCase() === word)
  if (found === undefined) throw new RangeError(failure)
  return found[1]
}
