/** MLSMessages in and out, decoded strictly. */
import type { ClientState } from "ts-mls/clientState.js"
import { createGroupInfo } from "ts-mls/createCommit.js"
import type { KeyPackage } from "ts-mls/keyPackage.js"
import { decodeMlsMessage, encodeMlsMessage, type MlsMessageContent } from "ts-mls/message.js"
import type { PublicMessage } from "ts-mls/publicMessage.js"
import type { Welcome } from "ts-mls/welcome.js"
import { decodeWhole } from "./bytes.js"
import { require } from "./errors.js"
import { GROUP_INFO_EXTENSION, suite } from "./suite.js"

export function encodeMessage(content: MlsMessageContent): Uint8Array {
  return encodeMlsMessage({ version: "mls10", ...content })
}

function decodeMessage(what: string, bytes: Uint8Array): MlsMessageContent {
  return decodeWhole(what, decodeMlsMessage, encodeMlsMessage, bytes)
}

export function decodeKeyPackage(bytes: Uint8Array): KeyPackage {
  const message = decodeMessage("key package", bytes)
  require(message.wireformat === "mls_key_package", "bad_encoding", "the message is not a key package")
  return message.keyPackage
}

export function decodeWelcome(bytes: Uint8Array): Welcome {
  const message = decodeMessage("welcome", bytes)
  require(message.wireformat === "mls_welcome", "bad_encoding", "the message is not a welcome")
  return message.welcome
}

/** Decode a handshake message; a PrivateMessage is refused, as ours are all public. */
export function decodePublicMessage(bytes: Uint8Array): PublicMessage {
  const message = decodeMessage("commit", bytes)
  require(message.wireformat === "mls_public_message", "closed_list", "the message is not a PublicMessage")
  return message.publicMessage
}

export interface GroupInfoExtensions {
  extensionType: number
  extensionData: Uint8Array
}

/** Wrap the caller's bytes as our one GroupInfo extension. */
export function ourExtension(data: Uint8Array | null): GroupInfoExtensions[] {
  return data === null ? [] : [{ extensionType: GROUP_INFO_EXTENSION, extensionData: data }]
}

/** Sign the GroupInfo of a state, without ratchet tree and without external_pub: neither is wanted by anybody. */
export async function groupInfoOf(state: ClientState, extension: Uint8Array | null): Promise<Uint8Array> {
  const groupInfo = await createGroupInfo(
    state.groupContext,
    state.confirmationTag,
    state,
    ourExtension(extension),
    await suite(),
  )
  return encodeMessage({ wireformat: "mls_group_info", groupInfo })
}
