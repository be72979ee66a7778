/**
 * Seal and open contents under an epoch key: Cobblestone-256 outside, a device's signature inside.
 *
 * Shape  sealed  = Cobblestone-256(K_e, context = label ‖ channel ‖ epoch ‖ device ‖ post_id, padded)
 *        padded  = signed content ‖ zeros up to the next size of PADDED_BYTES
 *        content = type ‖ seen.seq u64 ‖ seen.chain ‖ bytes ‖ signature, the whole as one opaque<V>
 */

import { type Bytes, concat, fromAscii, fromHex } from "./bytes"
import { decrypt, encrypt } from "./cobblestone"
import { Kind, readSeen, type Seen } from "./entries"
import { sign, verify } from "./keys"
import { Refused } from "./refused"
import { encode, Reader } from "./tls"

export const PADDED_BYTES: readonly number[] = [256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536]
export const SIGNED_LABEL = "pratique content v1"
export const LINK_TYPE = "link"
const MAX_PADDED_BYTES = 65536

/** Something that cannot be sealed, opened or believed; `code` is stable. */
export class SealRefused extends Refused {}

/**
 * What a member of one epoch holds of it.
 *
 * Shape  key: 32 bytes, MLS-Exporter("pratique epoch key", group_id, 32); authenticator: epoch_authenticator
 */
export interface EpochKey {
  readonly epoch: number
  readonly key: Uint8Array
  readonly authenticator: Uint8Array
}

/** Where a content stands; bound into the seal and into the signature. */
export interface Place {
  readonly channel: string
  readonly device: string
  readonly post_id: string
  /** An application entry unless it says link. */
  readonly kind?: Kind
}

/** An opened content: what it is, what its sender had seen, its bytes. */
export interface Content {
  readonly type: string
  readonly seen: Seen
  readonly body: Uint8Array
}

/**
 * Sign, pad and seal one content.
 *
 * Throws  SealRefused("content_too_large") when it does not fit the largest padded size
 */
export async function seal(content: Content, place: Place, epoch: EpochKey, seed: Uint8Array): Promise<Bytes> {
  const signature = await sign(seed, signed(place, epoch, content))
  const framed = encode(encode(...contentFields(content), signature))
  const room = PADDED_BYTES.find((limit) => limit >= framed.length)
  if (room === undefined) {
    const detail = `a content holds at most ${MAX_PADDED_BYTES} bytes, this one ${framed.length}`
    throw new SealRefused("content_too_large", detail)
  }
  return encrypt(epoch.key, context(place, epoch.epoch), concat(framed, new Uint8Array(room - framed.length)))
}

/**
 * Open one content and check who signed it.
 *
 * Takes   signatureKey: the Ed25519 key of the leaf that posted it
 * Throws  SealRefused: cannot_open, malformed_content, bad_signature
 */
export async function openSealed(
  data: Uint8Array,
  place: Place,
  epoch: EpochKey,
  signatureKey: Uint8Array,
): Promise<Content> {
  const padded = await decrypt(epoch.key, context(place, epoch.epoch), data)
  if (padded === null) {
    throw new SealRefused("cannot_open", `the entry does not open under the key of epoch ${epoch.epoch}`)
  }
  const { content, signature, rest } = readPadded(padded)
  if (![0, 64].includes(content.seen.chain.length)) {
    throw malformed("the chain that the sender had seen has the wrong length")
  }
  if (!PADDED_BYTES.includes(padded.length) || rest.some((byte) => byte !== 0)) {
    throw malformed("the padding is not one of the fixed sizes, or not zeros")
  }
  if (!(await verify(signatureKey, signed(place, epoch, content), signature))) {
    throw new SealRefused("bad_signature", `the content is not signed by ${place.device}`)
  }
  return content
}

/** Seal the old epoch's key and authenticator under the new epoch's key (history `full`). */
export async function sealLink(
  old: EpochKey,
  epoch: EpochKey,
  place: Place,
  seen: Seen,
  seed: Uint8Array,
): Promise<Bytes> {
  const body = encode(old.epoch, old.key, old.authenticator)
  return seal({ type: LINK_TYPE, seen, body }, place, epoch, seed)
}

/** Walk one link back; throws `SealRefused`. */
export async function openLink(
  data: Uint8Array,
  place: Place,
  epoch: EpochKey,
  signatureKey: Uint8Array,
): Promise<EpochKey> {
  const content = await openSealed(data, place, epoch, signatureKey)
  let old: EpochKey
  try {
    const reader = new Reader(content.body)
    old = { epoch: reader.u64(), key: reader.opaque(), authenticator: reader.opaque() }
    reader.done()
  } catch {
    throw malformed("the link cannot be read")
  }
  const sized = old.key.length === 32 && old.authenticator.length === 32
  if (content.type !== LINK_TYPE || old.epoch >= epoch.epoch || !sized) {
    throw malformed("the link does not lead to an older epoch")
  }
  return old
}

function readPadded(padded: Uint8Array): { content: Content; signature: Uint8Array; rest: Uint8Array } {
  try {
    const outer = new Reader(padded)
    const inner = outer.vector()
    const content = { type: fromAscii(inner.opaque()), seen: readSeen(inner), body: inner.opaque() }
    const signature = inner.opaque()
    inner.done()
    return { content, signature, rest: outer.raw(outer.left) }
  } catch {
    throw malformed("the opened bytes are not a content")
  }
}

function contentFields(content: Content): (number | string | Uint8Array)[] {
  return [content.type, content.seen.seq, fromHex(content.seen.chain), content.body]
}

function context(place: Place, epoch: number): Bytes {
  return concat(encode(label(place), fromHex(place.channel), epoch, place.device), fromHex(place.post_id))
}

function signed(place: Place, epoch: EpochKey, content: Content): Bytes {
  const channel = fromHex(place.channel)
  const head = encode(SIGNED_LABEL, label(place), channel, epoch.epoch, epoch.authenticator, place.device)
  return concat(head, fromHex(place.post_id), encode(...contentFields(content)))
}

function label(place: Place): string {
  return place.kind === Kind.LINK ? "pratique link v1" : "pratique entry v1"
}

function malformed(detail: string): SealRefused {
  return new SealRefused("malformed_content", detail)
}
