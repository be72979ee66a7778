/** messages, message-protection, welcome. */
import type { Decoder } from "ts-mls/codec/tlsDecoder.js"
import { decodeCommit, encodeCommit } from "ts-mls/commit.js"
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import { createContentCommitSignature } from "ts-mls/framedContent.js"
import type { GroupContext } from "ts-mls/groupContext.js"
import { verifyGroupInfoConfirmationTag, verifyGroupInfoSignature } from "ts-mls/groupInfo.js"
import { decodeGroupSecrets, encodeGroupSecrets } from "ts-mls/groupSecrets.js"
import { makeKeyPackageRef } from "ts-mls/keyPackage.js"
import { decodeMlsMessage, encodeMlsMessage, type MLSMessage } from "ts-mls/message.js"
import { protect, protectApplicationData, protectProposal, unprotectPrivateMessage } from "ts-mls/messageProtection.js"
import { protectProposalPublic, protectPublicMessage, unprotectPublicMessage } from "ts-mls/messageProtectionPublic.js"
import { defaultPaddingConfig } from "ts-mls/paddingConfig.js"
import * as proposals from "ts-mls/proposal.js"
import { computePskSecret } from "ts-mls/presharedkey.js"
import { decodeRatchetTree, encodeRatchetTree, type RatchetTree } from "ts-mls/ratchetTree.js"
import { createSecretTree, type SecretTree } from "ts-mls/secretTree.js"
import { decryptGroupInfo, decryptGroupSecrets } from "ts-mls/welcome.js"
import { bytes, context, decoded, type Hex, hex, holds, message, same, suiteOf, type Vector } from "./check.js"

type Form = (text: Hex) => Uint8Array

function form<T>(decode: Decoder<T>, encode: (value: T) => Uint8Array): Form {
  return (text) => encode(decoded("value", decode, text))
}

const mlsMessage = form(decodeMlsMessage, encodeMlsMessage)

const FORMS: Record<string, Form> = {
  mls_welcome: mlsMessage,
  mls_group_info: mlsMessage,
  mls_key_package: mlsMessage,
  ratchet_tree: form(decodeRatchetTree, encodeRatchetTree),
  group_secrets: form(decodeGroupSecrets, encodeGroupSecrets),
  add_proposal: form(proposals.decodeAdd, proposals.encodeAdd),
  update_proposal: form(proposals.decodeUpdate, proposals.encodeUpdate),
  remove_proposal: form(proposals.decodeRemove, proposals.encodeRemove),
  pre_shared_key_proposal: form(proposals.decodePSK, proposals.encodePSK),
  re_init_proposal: form(proposals.decodeReinit, proposals.encodeReinit),
  external_init_proposal: form(proposals.decodeExternalInit, proposals.encodeExternalInit),
  group_context_extensions_proposal: form(
    proposals.decodeGroupContextExtensions,
    proposals.encodeGroupContextExtensions,
  ),
  commit: form(decodeCommit, encodeCommit),
  public_message_application: mlsMessage,
  public_message_proposal: mlsMessage,
  public_message_commit: mlsMessage,
  private_message: mlsMessage,
}

export async function messages(v: Vector & Record<string, Hex>): Promise<void> {
  const names = Object.keys(FORMS)
  holds("the set of messages", JSON.stringify(Object.keys(v).sort()) === JSON.stringify([...names].sort()))
  for (const name of names) same(name, (FORMS[name] as Form)(v[name] as Hex), v[name] as Hex)
}

export async function welcome(
  v: Vector & Record<"init_priv" | "key_package" | "signer_pub" | "welcome", Hex>,
): Promise<void> {
  const cs = await suiteOf(v)
  const { keyPackage } = message("mls_key_package", v.key_package)
  const given = message("mls_welcome", v.welcome).welcome
  const key = await cs.hpke.importPrivateKey(bytes(v.init_priv))
  const secrets = await decryptGroupSecrets(key, await makeKeyPackageRef(keyPackage, cs.hash), given, cs.hpke)
  holds("group secrets", secrets !== undefined)
  const psk = await computePskSecret([], cs)
  const groupInfo = await decryptGroupInfo(given, secrets.joinerSecret, psk, cs)
  holds("group info", groupInfo !== undefined)
  holds("signature", await verifyGroupInfoSignature(groupInfo, bytes(v.signer_pub), cs.signature))
  holds("confirmation tag", await verifyGroupInfoConfirmationTag(groupInfo, secrets.joinerSecret, psk, cs))
}

const SENDER = 1
const RETAIN = { retainKeysForEpochs: 1, retainKeysForGenerations: 10, maximumForwardRatchetSteps: 10 }
const NO_DATA = new Uint8Array()

interface Protection {
  cs: CiphersuiteImpl
  gc: GroupContext
  tree: SecretTree
  signKey: Uint8Array
  publicKey: Uint8Array
  senderDataSecret: Uint8Array
  membershipKey: Uint8Array
}

type MessageProtection = Vector & { epoch: number } & Record<
    | "group_id"
    | "tree_hash"
    | "confirmed_transcript_hash"
    | "signature_priv"
    | "signature_pub"
    | "encryption_secret"
    | "sender_data_secret"
    | "membership_key"
    | "proposal"
    | "proposal_priv"
    | "proposal_pub"
    | "commit"
    | "commit_priv"
    | "commit_pub"
    | "application"
    | "application_priv",
    Hex
  >

export async function messageProtection(v: MessageProtection): Promise<void> {
  const cs = await suiteOf(v)
  const p: Protection = {
    cs,
    gc: context(cs, v),
    tree: await createSecretTree(2, bytes(v.encryption_secret), cs.kdf),
    signKey: bytes(v.signature_priv),
    publicKey: bytes(v.signature_pub),
    senderDataSecret: bytes(v.sender_data_secret),
    membershipKey: bytes(v.membership_key),
  }
  for (const text of [v.proposal_pub, v.proposal_priv, ...(await ownProposals(p, v.proposal))])
    same("proposal", await contentOf(p, text), v.proposal)
  for (const text of [v.commit_pub, v.commit_priv, ...(await ownCommits(p, v.commit))])
    same("commit", await contentOf(p, text), v.commit)
  const application = await protectApplicationData(
    p.signKey,
    p.senderDataSecret,
    bytes(v.application),
    NO_DATA,
    p.gc,
    p.tree,
    SENDER,
    defaultPaddingConfig,
    cs,
  )
  const own = encoded({
    version: "mls10",
    wireformat: "mls_private_message",
    privateMessage: application.privateMessage,
  })
  for (const text of [v.application_priv, own]) same("application", await contentOf(p, text), v.application)
}

function encoded(m: MLSMessage): Hex {
  return hex(encodeMlsMessage(m))
}

/** Unprotect a message of the sender and give its content's bytes. */
async function contentOf(p: Protection, text: Hex): Promise<Uint8Array> {
  const m = decoded("message", decodeMlsMessage, text)
  // of the tree only the sender's place is looked at: its key is handed in
  const tree: RatchetTree = [undefined, undefined, undefined]
  if (m.wireformat === "mls_public_message") {
    const { content } = await unprotectPublicMessage(p.membershipKey, p.gc, tree, m.publicMessage, p.cs, p.publicKey)
    return content.contentType === "commit" ? encodeCommit(content.commit) : proposals.encodeProposal(content.proposal)
  }
  if (m.wireformat !== "mls_private_message") throw new Error("not a protected message")
  const { content } = await unprotectPrivateMessage(
    p.senderDataSecret,
    m.privateMessage,
    p.tree,
    tree,
    p.gc,
    RETAIN,
    p.cs,
    p.publicKey,
  )
  const c = content.content
  if (c.contentType === "application") return c.applicationData
  return c.contentType === "commit" ? encodeCommit(c.commit) : proposals.encodeProposal(c.proposal)
}

async function ownProposals(p: Protection, text: Hex): Promise<Hex[]> {
  const proposal = decoded("proposal", proposals.decodeProposal, text)
  const open = await protectProposalPublic(p.signKey, p.membershipKey, p.gc, NO_DATA, proposal, SENDER, p.cs)
  const closed = await protectProposal(
    p.signKey,
    p.senderDataSecret,
    proposal,
    NO_DATA,
    p.gc,
    p.tree,
    SENDER,
    defaultPaddingConfig,
    p.cs,
  )
  return [
    encoded({ version: "mls10", wireformat: "mls_public_message", publicMessage: open.publicMessage }),
    encoded({ version: "mls10", wireformat: "mls_private_message", privateMessage: closed.privateMessage }),
  ]
}

async function ownCommits(p: Protection, text: Hex): Promise<Hex[]> {
  const commit = decoded("commit", decodeCommit, text)
  const sign = async (wireformat: "mls_public_message" | "mls_private_message") => {
    const made = await createContentCommitSignature(
      p.gc,
      wireformat,
      commit,
      { senderType: "member", leafIndex: SENDER },
      NO_DATA,
      p.signKey,
      p.cs.signature,
    )
    // the confirmation tag belongs to the key schedule: any bytes do here
    const auth = { contentType: "commit" as const, signature: made.signature, confirmationTag: p.membershipKey }
    return { content: made.framedContent, auth }
  }
  const open = await sign("mls_public_message")
  const publicMessage = await protectPublicMessage(
    p.membershipKey,
    p.gc,
    { wireformat: "mls_public_message", ...open },
    p.cs,
  )
  const closed = await sign("mls_private_message")
  const { privateMessage } = await protect(
    p.senderDataSecret,
    NO_DATA,
    p.gc,
    p.tree,
    { ...closed.content, auth: closed.auth },
    SENDER,
    defaultPaddingConfig,
    p.cs,
  )
  return [
    encoded({ version: "mls10", wireformat: "mls_public_message", publicMessage }),
    encoded({ version: "mls10", wireformat: "mls_private_message", privateMessage }),
  ]
}
