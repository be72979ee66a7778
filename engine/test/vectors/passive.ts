/** The passive client: it joins by a Welcome and follows proposals and commits. Eleven sets have this form. */
import { joinGroup, makePskIndex } from "ts-mls/clientState.js"
import { processPrivateMessage, processPublicMessage } from "ts-mls/processMessages.js"
import { decodeMlsMessage } from "ts-mls/message.js"
import { decodeRatchetTree } from "ts-mls/ratchetTree.js"
import { bytesToBase64 } from "ts-mls/util/byteArray.js"
import { bytes, decoded, type Hex, message, same, suiteOf, type Vector } from "./check.js"

interface Passive extends Vector {
  key_package: Hex
  init_priv: Hex
  encryption_priv: Hex
  signature_priv: Hex
  welcome: Hex
  ratchet_tree: Hex | null
  initial_epoch_authenticator: Hex
  external_psks: { psk_id: Hex; psk: Hex }[]
  epochs: { proposals: Hex[]; commit: Hex; epoch_authenticator: Hex }[]
}

export async function passive(v: Passive): Promise<void> {
  const cs = await suiteOf(v)
  const psks = Object.fromEntries(v.external_psks.map((p) => [bytesToBase64(bytes(p.psk_id)), bytes(p.psk)]))
  const keys = {
    initPrivateKey: bytes(v.init_priv),
    hpkePrivateKey: bytes(v.encryption_priv),
    signaturePrivateKey: bytes(v.signature_priv),
  }
  let state = await joinGroup(
    message("mls_welcome", v.welcome).welcome,
    message("mls_key_package", v.key_package).keyPackage,
    keys,
    makePskIndex(undefined, psks),
    cs,
    v.ratchet_tree === null ? undefined : decoded("tree", decodeRatchetTree, v.ratchet_tree),
  )
  same("initial epoch authenticator", state.keySchedule.epochAuthenticator, v.initial_epoch_authenticator)
  const follow = async (text: Hex): Promise<void> => {
    const m = decoded("message", decodeMlsMessage, text)
    const psk = makePskIndex(state, psks)
    if (m.wireformat === "mls_public_message") {
      state = (await processPublicMessage(state, m.publicMessage, psk, cs)).newState
    } else if (m.wireformat === "mls_private_message") {
      state = (await processPrivateMessage(state, m.privateMessage, psk, cs)).newState
    } else throw new Error("neither a proposal nor a commit")
  }
  for (const epoch of v.epochs) {
    for (const proposal of epoch.proposals) await follow(proposal)
    await follow(epoch.commit)
    same("epoch authenticator", state.keySchedule.epochAuthenticator, epoch.epoch_authenticator)
  }
}
