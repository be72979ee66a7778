/** One test per trap of the library that was met when building on it; the traps stay, our rules go around them. */
import assert from "node:assert/strict"
import { test } from "node:test"
import type { ClientState } from "ts-mls/clientState.js"
import { createCommit } from "ts-mls/createCommit.js"
import { encryptWithLabel } from "ts-mls/crypto/hpke.js"
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import { encodeGroupSecrets } from "ts-mls/groupSecrets.js"
import { makeKeyPackageRef } from "ts-mls/keyPackage.js"
import { decodeMlsMessage } from "ts-mls/message.js"
import { processPublicMessage } from "ts-mls/processMessages.js"
import { emptyPskIndex } from "ts-mls/pskIndex.js"
import type { PublicMessage } from "ts-mls/publicMessage.js"
import { protectPublicMessage } from "ts-mls/messageProtectionPublic.js"
import { encodeRatchetTree } from "ts-mls/ratchetTree.js"
import { decryptGroupSecrets } from "ts-mls/welcome.js"
import * as engine from "../src/engine.js"
import { decodeKeyPackage, decodePublicMessage, decodeWelcome, encodeMessage } from "../src/messages.js"
import { suite } from "../src/suite.js"
import { advance, DAY, Device, evilCommit, forgedKeyPackage, group, NOW, privateOf, refused } from "./group.js"

const trio = async () => (await group(3)) as [Device, Device, Device]
const encode = (publicMessage: PublicMessage) => encodeMessage({ wireformat: "mls_public_message", publicMessage })

function contains(haystack: Uint8Array, needle: Uint8Array): boolean {
  return Buffer.from(haystack).includes(Buffer.from(needle))
}

test("a saved state holds no secret of an earlier epoch", async () => {
  const devices = await trio()
  const [first, second] = devices
  const secrets: Uint8Array[] = []
  for (let round = 0; round < 6; round++) {
    const { keySchedule, privatePath } = first.raw
    secrets.push(...Object.values(keySchedule), privatePath.privateKeys[0] as Uint8Array)
    await advance(devices, devices[round % 3] as Device)
    if (round % 3 === 0) for (const secret of secrets) assert(!contains(first.state, secret))
    for (const secret of Object.values(first.raw.keySchedule)) assert(contains(first.state, secret))
  }
  assert(Math.abs(first.state.length - second.state.length) < 200)
  assert.equal(first.raw.historicalReceiverData.size, 0)
})

test("a leaf that lapsed meanwhile does not block a join, but a lapsed Add is refused", async () => {
  const lapsing = await Device.make()
  const [first] = (await group(1)) as [Device]
  const second = await Device.make()
  await second.join(await advance([first], first, { adds: [lapsing, second] }), [first, lapsing, second])
  const third = await Device.make()
  const made = await first.commit({ adds: [third] })
  await refused("lapsed_key_package", second.process(made.commit, first, [third], NOW + 2 * DAY))
  await refused("lapsed_key_package", second.process(made.commit, first, [third], NOW - 2 * DAY))
  await second.process(made.commit, first, [third], NOW)
  // for the joiner's clock all of them have lapsed
  const past = Date.now
  Date.now = () => past() + 3 * DAY * 1000
  try {
    assert.equal((await third.join(made, [first, lapsing, second, third])).epoch.leaves.length, 4)
  } finally {
    Date.now = past
  }
})

/** The same state, but with the own leaf's URI, or URI and key, replaced: what the library copies into the path's leaf. */
function disguised(state: ClientState, uri: string, key?: Uint8Array): ClientState {
  const ratchetTree = state.ratchetTree.slice()
  const own = state.privatePath.leafIndex * 2
  const node = ratchetTree[own]
  assert(node?.nodeType === "leaf")
  const credential = { credentialType: "basic" as const, identity: new TextEncoder().encode(uri) }
  ratchetTree[own] = {
    ...node,
    leaf: { ...node.leaf, credential, signaturePublicKey: key ?? node.leaf.signaturePublicKey },
  }
  return { ...state, ratchetTree }
}

test("a committer's new leaf keeps its URI", async () => {
  const [first, second, third] = await trio()
  const message = await evilCommit(disguised(first.raw, third.uri))
  await refused("committer_changed", second.process(message, first, [third]))
  // the library, whose hook sees no predecessor, follows it
  const followed = await processPublicMessage(second.raw, decodePublicMessage(message), emptyPskIndex, await suite())
  assert.equal(followed.newState.groupContext.epoch, 2n)
})

test("a committer's new leaf keeps its signature key", async () => {
  const [first, second] = await trio()
  const other = await Device.make()
  const cs = await suite()
  const signature: CiphersuiteImpl["signature"] = {
    ...cs.signature,
    // the new leaf is signed by the new key, the commit by the old
    sign: (key, data) =>
      cs.signature.sign(contains(data, new TextEncoder().encode("LeafNodeTBS")) ? other.seed : key, data),
  }
  const message = await evilCommit(disguised(first.raw, first.uri, other.key), [], { ...cs, signature })
  await refused(
    "committer_changed",
    second.process(message, first, [{ ...other, uri: first.uri, pair: { uri: first.uri, key: other.key } } as Device]),
  )
  const followed = await processPublicMessage(second.raw, decodePublicMessage(message), emptyPskIndex, cs)
  assert.equal(followed.newState.groupContext.epoch, 2n)
})

test("an Add reuses no encryption key of the tree", async () => {
  const [first, second, third] = await trio()
  const thief = await Device.make()
  const stolen = third.raw.ratchetTree[4]
  assert(stolen?.nodeType === "leaf")
  const { hpkePublicKey } = stolen.leaf
  const key_package = await forgedKeyPackage(thief, (k) => ({ ...k, leafNode: { ...k.leafNode, hpkePublicKey } }))
  thief.package = { ...thief.package, key_package }
  await refused("duplicate_key", first.commit({ adds: [thief] }))
  // without a path the library follows it, and fails at the next commit with one
  const { commit } = await createCommit(
    { state: first.raw, cipherSuite: await suite() },
    {
      wireAsPublicMessage: true,
      extraProposals: [{ proposalType: "add", add: { keyPackage: decodeKeyPackage(key_package) } }],
    },
  )
  assert(commit.wireformat === "mls_public_message")
  await refused("duplicate_key", second.process(encodeMessage(commit), first, [thief]))
  const followed = await processPublicMessage(second.raw, commit.publicMessage, emptyPskIndex, await suite())
  assert.equal(followed.newState.groupContext.epoch, 2n)
})

test("an insider's ReInit suspends nobody", async () => {
  const devices = await trio()
  const [first, second] = devices
  const reinit = {
    groupId: new Uint8Array(32),
    version: "mls10" as const,
    cipherSuite: first.raw.groupContext.cipherSuite,
    extensions: [],
  }
  const { commit } = await createCommit(
    { state: first.raw, cipherSuite: await suite() },
    { wireAsPublicMessage: true, extraProposals: [{ proposalType: "reinit", reinit }] },
  )
  assert(commit.wireformat === "mls_public_message")
  await refused("closed_list", second.process(encodeMessage(commit), first))
  const followed = await processPublicMessage(second.raw, commit.publicMessage, emptyPskIndex, await suite())
  assert.equal(followed.newState.groupActiveState.kind, "suspendedPendingReinit")
  await advance(devices, first)
})

test("the GroupInfo carries our extension and nothing else, in both places", async () => {
  const [first] = (await group(1)) as [Device]
  const joiner = await Device.make()
  const extension = new TextEncoder().encode("seq, chain, roster head")
  const made = await first.commit({ adds: [joiner], extension })
  const joined = await joiner.join(made, [first, joiner])
  assert.deepEqual([joined.group_info_extension, joined.signer], [extension, 0])
  const message = decodeMlsMessage(made.group_info, 0)?.[0]
  assert(message?.wireformat === "mls_group_info")
  assert.deepEqual(message.groupInfo.extensions, [{ extensionType: 0xf1a7, extensionData: extension }])
  assert.deepEqual(message.groupInfo.confirmationTag, joined.epoch.confirmation_tag)
  const plain = await first.commit({ adds: [joiner] })
  assert.equal((await joiner.join(plain, [first, joiner])).group_info_extension, null)
})

test("a flipped confirmation tag passes every signature, and the engine sees it", async () => {
  const [first, second] = await trio()
  const cs = await suite()
  const { content, auth } = decodePublicMessage((await first.commit()).commit)
  assert(auth.contentType === "commit" && content.contentType === "commit")
  const confirmationTag = auth.confirmationTag.map((byte) => byte ^ 1)
  // an insider has the membership key: its tag over the flipped one is valid
  const { keySchedule, groupContext } = first.raw
  const forged = await protectPublicMessage(
    keySchedule.membershipKey,
    groupContext,
    { wireformat: "mls_public_message", content, auth: { ...auth, confirmationTag } },
    cs,
  )
  await refused("not_authentic", second.process(encode(forged), first))
})

test("one garbled path ciphertext is refused by those it was for; their state does not move", async () => {
  const [first, second, third] = await trio()
  const cs = await suite()
  // leaf 2 sits alone in its half, so the root's path secret goes to it alone
  const hpke = { ...cs.hpke }
  let sealed = 0
  hpke.seal = async (...p) => {
    const made = await cs.hpke.seal(...p)
    const last = sealed++ === 1
    return last ? { ...made, ct: made.ct.map((byte) => byte ^ 1) } : made
  }
  const message = await evilCommit(first.raw, [], { ...cs, hpke })
  const results = await Promise.allSettled([second.process(message, first), third.process(message, first)])
  assert.deepEqual(results.map((result) => result.status).sort(), ["fulfilled", "rejected"])
  const failed = results.find((result) => result.status === "rejected")
  assert(failed?.status === "rejected" && failed.reason.code === "undecryptable")
  // who refused goes on from the epoch it holds
  const good = await first.commit()
  await second.process(good.commit, first)
  await third.process(good.commit, first)
})

test("a welcome with a wrong path secret is refused at the join, not commits later", async () => {
  const [first] = (await group(1)) as [Device]
  const joiner = await Device.make()
  const cs = await suite()
  const made = await first.commit({ adds: [joiner] })
  assert(made.welcome !== null)
  const welcome = decodeWelcome(made.welcome)
  const keyPackage = decodeKeyPackage(joiner.package.key_package)
  const initKey = await cs.hpke.importPrivateKey(privateOf(joiner).initPrivateKey)
  const secrets = await decryptGroupSecrets(initKey, await makeKeyPackageRef(keyPackage, cs.hash), welcome, cs.hpke)
  assert(secrets?.pathSecret !== undefined)
  const wrong = encodeGroupSecrets({ ...secrets, pathSecret: secrets.pathSecret.map((byte) => byte ^ 1) })
  const publicKey = await cs.hpke.importPublicKey(keyPackage.initKey)
  const { enc, ct } = await encryptWithLabel(publicKey, "Welcome", welcome.encryptedGroupInfo, wrong, cs.hpke)
  const entry = welcome.secrets[0]
  assert(entry !== undefined)
  const forged = { ...welcome, secrets: [{ ...entry, encryptedGroupSecrets: { kemOutput: enc, ciphertext: ct } }] }
  const bytes = encodeMessage({ wireformat: "mls_welcome", welcome: forged })
  await refused("path_key_mismatch", joiner.join({ ...made, welcome: bytes }, [first, joiner]))
  assert.equal((await joiner.join(made, [first, joiner])).epoch.number, 1)
})

test("a welcome that asks for a pre-shared key is refused", async () => {
  const [first] = (await group(1)) as [Device]
  const joiner = await Device.make()
  const cs = await suite()
  const preSharedKeyId = { psktype: "external" as const, pskId: new Uint8Array(4), pskNonce: new Uint8Array(32) }
  const { newState, welcome } = await createCommit(
    { state: first.raw, cipherSuite: cs, pskIndex: { findPsk: () => new Uint8Array(32) } },
    {
      wireAsPublicMessage: true,
      extraProposals: [
        { proposalType: "psk", psk: { preSharedKeyId } },
        { proposalType: "add", add: { keyPackage: decodeKeyPackage(joiner.package.key_package) } },
      ],
    },
  )
  assert(welcome !== undefined)
  await refused(
    "closed_list",
    engine.join({
      welcome: encodeMessage({ wireformat: "mls_welcome", welcome }),
      key_package: joiner.package.key_package,
      private: joiner.package.private,
      ratchet_tree: encodeRatchetTree(newState.ratchetTree),
      allowed: [first.pair, joiner.pair],
    }),
  )
})
