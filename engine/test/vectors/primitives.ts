/** crypto-basics, deserialization, key-schedule, psk_secret, secret-tree, transcript-hashes, tree-math. */
import { decodeAuthenticatedContent } from "ts-mls/authenticatedContent.js"
import { determineLength } from "ts-mls/codec/variableLength.js"
import { refhash } from "ts-mls/crypto/hash.js"
import { decryptWithLabel, encryptWithLabel } from "ts-mls/crypto/hpke.js"
import { deriveSecret, deriveTreeSecret, expandWithLabel } from "ts-mls/crypto/kdf.js"
import { signWithLabel, verifyWithLabel } from "ts-mls/crypto/signature.js"
import { encodeGroupContext } from "ts-mls/groupContext.js"
import { initializeEpoch, mlsExporter } from "ts-mls/keySchedule.js"
import { computePskSecret, type PreSharedKeyID } from "ts-mls/presharedkey.js"
import { createSecretTree, deriveKey, deriveNonce, ratchetUntil } from "ts-mls/secretTree.js"
import { expandSenderDataKey, expandSenderDataNonce } from "ts-mls/sender.js"
import { createConfirmedHash, createInterimHash } from "ts-mls/transcriptHash.js"
import { left, nodeWidth, parent, right, root, sibling, toNodeIndex } from "ts-mls/treemath.js"
import { bytes, context, decoded, type Hex, holds, librarySuiteOf, same, suiteOf, type Vector } from "./check.js"

type Labelled = { label: string; out: Hex; secret: Hex }

interface CryptoBasics extends Vector {
  derive_secret: Labelled
  derive_tree_secret: Labelled & { generation: number; length: number }
  expand_with_label: Labelled & { context: Hex; length: number }
  ref_hash: { label: string; out: Hex; value: Hex }
  sign_with_label: { content: Hex; label: string; priv: Hex; pub: Hex; signature: Hex }
  encrypt_with_label: Record<"ciphertext" | "context" | "kem_output" | "label" | "plaintext" | "priv" | "pub", Hex>
}

export async function cryptoBasics(v: CryptoBasics): Promise<void> {
  const cs = await librarySuiteOf(v)
  const { derive_secret: d, derive_tree_secret: t, expand_with_label: x, ref_hash: r, sign_with_label: s } = v
  same("ref_hash", await refhash(r.label, bytes(r.value), cs.hash), r.out)
  same("derive_secret", await deriveSecret(bytes(d.secret), d.label, cs.kdf), d.out)
  same("derive_tree_secret", await deriveTreeSecret(bytes(t.secret), t.label, t.generation, t.length, cs.kdf), t.out)
  same("expand_with_label", await expandWithLabel(bytes(x.secret), x.label, bytes(x.context), x.length, cs.kdf), x.out)
  const pub = bytes(s.pub)
  const content = bytes(s.content)
  const again = await signWithLabel(bytes(s.priv), s.label, content, cs.signature)
  holds("given signature", await verifyWithLabel(pub, s.label, content, bytes(s.signature), cs.signature))
  holds("own signature", await verifyWithLabel(pub, s.label, content, again, cs.signature))
  const e = v.encrypt_with_label
  const key = await cs.hpke.importPrivateKey(bytes(e.priv))
  const open = (enc: Uint8Array, ct: Uint8Array) => decryptWithLabel(key, e.label, bytes(e.context), enc, ct, cs.hpke)
  same("given ciphertext", await open(bytes(e.kem_output), bytes(e.ciphertext)), e.plaintext)
  const own = await encryptWithLabel(
    await cs.hpke.importPublicKey(bytes(e.pub)),
    e.label,
    bytes(e.context),
    bytes(e.plaintext),
    cs.hpke,
  )
  same("own ciphertext", await open(own.enc, own.ct), e.plaintext)
}

export async function deserialization(v: Vector & { vlbytes_header: Hex; length: number }): Promise<void> {
  const { length, lengthFieldSize } = determineLength(bytes(v.vlbytes_header))
  holds("length", length === v.length)
  holds("length of the header", lengthFieldSize * 2 === v.vlbytes_header.length)
}

interface KeyScheduleEpoch {
  [secret: string]: Hex | { context: Hex; label: string; length: number; secret: Hex }
}

export async function keySchedule(
  v: Vector & { group_id: Hex; initial_init_secret: Hex; epochs: KeyScheduleEpoch[] },
): Promise<void> {
  const cs = await suiteOf(v)
  let init = bytes(v.initial_init_secret)
  for (const [number, epoch] of v.epochs.entries()) {
    const text = (name: string): Hex => epoch[name] as Hex
    const gc = context(cs, {
      group_id: v.group_id,
      epoch: number,
      tree_hash: text("tree_hash"),
      confirmed_transcript_hash: text("confirmed_transcript_hash"),
    })
    same("group_context", encodeGroupContext(gc), text("group_context"))
    const made = await initializeEpoch(init, bytes(text("commit_secret")), gc, bytes(text("psk_secret")), cs.kdf)
    const { keySchedule: ks } = made
    same("joiner_secret", made.joinerSecret, text("joiner_secret"))
    same("welcome_secret", made.welcomeSecret, text("welcome_secret"))
    same("encryption_secret", made.encryptionSecret, text("encryption_secret"))
    same("init_secret", ks.initSecret, text("init_secret"))
    same("sender_data_secret", ks.senderDataSecret, text("sender_data_secret"))
    same("exporter_secret", ks.exporterSecret, text("exporter_secret"))
    same("epoch_authenticator", ks.epochAuthenticator, text("epoch_authenticator"))
    same("external_secret", ks.externalSecret, text("external_secret"))
    same("confirmation_key", ks.confirmationKey, text("confirmation_key"))
    same("membership_key", ks.membershipKey, text("membership_key"))
    same("resumption_psk", ks.resumptionPsk, text("resumption_psk"))
    const { publicKey } = await cs.hpke.deriveKeyPair(ks.externalSecret)
    same("external_pub", await cs.hpke.exportPublicKey(publicKey), text("external_pub"))
    const x = epoch["exporter"] as { context: Hex; label: string; length: number; secret: Hex }
    same("exporter", await mlsExporter(ks.exporterSecret, x.label, bytes(x.context), x.length, cs), x.secret)
    init = ks.initSecret
  }
}

export async function pskSecret(
  v: Vector & { psks: Record<"psk_id" | "psk" | "psk_nonce", Hex>[]; psk_secret: Hex },
): Promise<void> {
  const psks = v.psks.map((p): [PreSharedKeyID, Uint8Array] => [
    { psktype: "external", pskId: bytes(p.psk_id), pskNonce: bytes(p.psk_nonce) },
    bytes(p.psk),
  ])
  same("psk_secret", await computePskSecret(psks, await suiteOf(v)), v.psk_secret)
}

interface SecretTree extends Vector {
  encryption_secret: Hex
  sender_data: Record<"sender_data_secret" | "ciphertext" | "key" | "nonce", Hex>
  leaves: (Record<"application_key" | "application_nonce" | "handshake_key" | "handshake_nonce", Hex> & {
    generation: number
  })[][]
}

export async function secretTree(v: SecretTree): Promise<void> {
  const cs = await suiteOf(v)
  const secret = bytes(v.sender_data.sender_data_secret)
  const ciphertext = bytes(v.sender_data.ciphertext)
  same("sender data key", await expandSenderDataKey(cs, secret, ciphertext), v.sender_data.key)
  same("sender data nonce", await expandSenderDataNonce(cs, secret, ciphertext), v.sender_data.nonce)
  const tree = await createSecretTree(v.leaves.length, bytes(v.encryption_secret), cs.kdf)
  const far = { retainKeysForEpochs: 1, retainKeysForGenerations: 1, maximumForwardRatchetSteps: 1000 }
  for (const [index, generations] of v.leaves.entries()) {
    const node = tree[index * 2]
    holds("a node of the secret tree", node !== undefined)
    for (const wanted of generations) {
      for (const kind of ["application", "handshake"] as const) {
        const [ratchet] = await ratchetUntil(node[kind], wanted.generation, far, cs.kdf)
        same(`${kind} key`, await deriveKey(ratchet.secret, wanted.generation, cs), wanted[`${kind}_key`])
        same(`${kind} nonce`, await deriveNonce(ratchet.secret, wanted.generation, cs), wanted[`${kind}_nonce`])
      }
    }
  }
}

type TranscriptHashes = Vector &
  Record<
    | "confirmation_key"
    | "authenticated_content"
    | "interim_transcript_hash_before"
    | "confirmed_transcript_hash_after"
    | "interim_transcript_hash_after",
    Hex
  >

export async function transcriptHashes(v: TranscriptHashes): Promise<void> {
  const cs = await suiteOf(v)
  const { wireformat, content, auth } = decoded("content", decodeAuthenticatedContent, v.authenticated_content)
  if (content.contentType !== "commit" || auth.contentType !== "commit") throw new Error("the content is not a commit")
  const input = { wireformat, content, signature: auth.signature }
  const confirmed = await createConfirmedHash(bytes(v.interim_transcript_hash_before), input, cs.hash)
  same("confirmed", confirmed, v.confirmed_transcript_hash_after)
  same("interim", await createInterimHash(confirmed, auth.confirmationTag, cs.hash), v.interim_transcript_hash_after)
  holds("tag", await cs.hash.verifyMac(bytes(v.confirmation_key), auth.confirmationTag, confirmed))
}

type Relation = (number | null)[]

export async function treeMath(
  v: Vector & { n_leaves: number; n_nodes: number; root: number } & Record<
      "left" | "right" | "parent" | "sibling",
      Relation
    >,
): Promise<void> {
  const width = v.n_leaves
  holds("n_nodes", nodeWidth(width) === v.n_nodes)
  holds("root", root(width) === v.root)
  const relations = {
    left: (i: number) => left(toNodeIndex(i)),
    right: (i: number) => right(toNodeIndex(i)),
    parent: (i: number) => parent(toNodeIndex(i), width),
    sibling: (i: number) => sibling(toNodeIndex(i), width),
  }
  for (const [name, relation] of Object.entries(relations)) {
    const wanted = v[name as keyof typeof relations]
    holds(`the length of ${name}`, wanted.length === v.n_nodes)
    for (const [index, value] of wanted.entries()) {
      if (value !== null) holds(`${name} of ${index}`, relation(index) === value)
      else
        holds(
          `no ${name} of ${index}`,
          throws(() => relation(index)),
        )
    }
  }
}

function throws(run: () => unknown): boolean {
  try {
    run()
    return false
  } catch {
    return true
  }
}
