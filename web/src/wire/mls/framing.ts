/** Opens MLSMessages: says what they are, and hands on a reader (RFC 9420 §6). */

import { MlsReader, MlsRefused, nameOf } from "./refused"
import { readVersion } from "./suite"

export const MAX_MESSAGE_BYTES = 2 * 1024 * 1024

export const WireFormat = { PUBLIC_MESSAGE: 1, PRIVATE_MESSAGE: 2, WELCOME: 3, GROUP_INFO: 4, KEY_PACKAGE: 5 } as const
export type WireFormat = (typeof WireFormat)[keyof typeof WireFormat]

export const SenderKind = { MEMBER: 1, EXTERNAL: 2, NEW_MEMBER_PROPOSAL: 3, NEW_MEMBER_COMMIT: 4 } as const
export type SenderKind = (typeof SenderKind)[keyof typeof SenderKind]

export const ContentType = { APPLICATION: 1, PROPOSAL: 2, COMMIT: 3 } as const
export type ContentType = (typeof ContentType)[keyof typeof ContentType]

/** The head of a FramedContent, up to its content type. */
export interface ContentHead {
  readonly group_id: Uint8Array
  readonly epoch: number
  readonly sender_kind: SenderKind
  readonly leaf_index: number | null
  readonly aad: Uint8Array
  readonly content_type: ContentType
}

/** Give a reader behind the header of an MLSMessage of the expected wire format. */
export function openMessage(message: Uint8Array, expected: WireFormat): MlsReader {
  if (message.length > MAX_MESSAGE_BYTES) {
    throw new MlsRefused("too_large", `an MLS message has at most ${MAX_MESSAGE_BYTES} bytes`)
  }
  const reader = new MlsReader(message)
  readVersion(reader)
  const wireFormat = reader.known(WireFormat, "WireFormat", "wire_format_refused", 2)
  if (wireFormat !== expected) {
    const [wanted, found] = [nameOf(WireFormat, expected), nameOf(WireFormat, wireFormat)]
    throw new MlsRefused("wire_format_refused", `a ${wanted} was expected and this is a ${found}`)
  }
  return reader
}

export function readContentHead(reader: MlsReader): ContentHead {
  const group_id = reader.opaque()
  const epoch = reader.huge()
  const sender_kind = reader.known(SenderKind, "SenderKind", "sender_refused")
  // An external sender has an index too, but into a list that our groups do not have.
  const index = sender_kind === SenderKind.MEMBER || sender_kind === SenderKind.EXTERNAL ? reader.u32() : null
  const leaf_index = sender_kind === SenderKind.MEMBER ? index : null
  const aad = reader.opaque()
  const content_type = reader.known(ContentType, "ContentType", "content_type_refused")
  return { group_id, epoch, sender_kind, leaf_index, aad, content_type }
}
