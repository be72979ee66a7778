/** What must be refused, and by which code: the closed list, forgeries, and what others vouch for. The state never moves. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { createGroup } from "ts-mls/clientState.js"
import { createCommit, createGroupInfoWithExternalPub, joinGroupExternal } from "ts-mls/createCommit.js"
import { createProposal } from "ts-mls/createMessage.js"
import { proposeAddExternal } from "ts-mls/externalProposal.js"
import type { Proposal } from "ts-mls/proposal.js"
import { processPublicMessage } from "ts-mls/processMessages.js"
import type { PublicMessage } from "ts-mls/publicMessage.js"
import { emptyPskIndex, type PskIndex } from "ts-mls/pskIndex.js"
import { encodeRatchetTree } from "ts-mls/ratchetTree.js"
import { createSecretTree } from "ts-mls/secretTree.js"
import * as engine from "../src/engine.js"
import { decodeKeyPackage, decodePublicMessage, encodeMessage } from "../src/messages.js"
import { checkEd25519, checkX25519 } from "../src/keys.js"
import { configure, SUITE, suite } from "../src/suite.js"
import { advance, DAY, Device, evilCommit, forgedKeyPackage, group, NOW, privateOf, refused } from "./group.js"
import { pathless } from "./pathless.js"

const encode = (publicMessage: PublicMessage) => encodeMessage({ wireformat: "mls_public_message", publicMessage })
const trio = async () => (await group(3)) as [Device, Device, Device]
const remove = (removed: number): Proposal => ({ proposalType: "remove", remove: { removed } })
const add = (device: Device): Proposal => ({ proposalType: "add", add: { keyPackage: decodeKeyPackage(device.package.key_package) } })

/** Change an honest commit's bytes, keeping its form. */
async function changed(device: Device, change: (m: PublicMessage) => PublicMessage): Promise<Uint8Array> {
  return encode(change(decodePublicMessage((await device.commit({ aad: new Uint8Array([1]) })).commit)))
}

function flipped(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte, index) => (index === 0 ? byte ^ 1 : byte))
}

test("a commit with a Remove and no path", async () => {
  const [first, second] = await trio()
  await refused("closed_list", second.process(encode(await pathless(first, [remove(2)])), first))
  await refused("closed_list", second.process(encode(await pathless(first, [])), first))
})

test("an altered signature, membership tag or authenticated data", async () => {
  const [first, second] = await trio()
  const auth = await changed(first, (m) => ({ ...m, auth: { ...m.auth, signature: flipped(m.auth.signature) } }))
  await refused("not_authentic", second.process(auth, first))
  const tag = await changed(first, (m) => (m.senderType === "member" ? { ...m, membershipTag: flipped(m.membershipTag) } : m))
  await refused("not_authentic", second.process(tag, first))
  const aad = await changed(first, (m) => ({ ...m, content: { ...m.content, authenticatedData: new Uint8Array([2]) } }))
  await refused("not_authentic", second.process(aad, first))
})

test("every flipped bit of a commit", async () => {
  const [first, second] = await trio()
  const { commit } = await first.commit({ aad: new Uint8Array(8) })
  for (let at = 0; at < commit.length; at += 7) {
    const forged = commit.map((byte, index) => (index === at ? byte ^ 0x10 : byte))
    await assert.rejects(second.process(forged, first), engine.EngineError)
  }
  assert.equal((await second.process(commit, first)).epoch?.number, 2)
})

test("a cut or lengthened message", async () => {
  const [first, second] = await trio()
  const { commit } = await first.commit()
  await refused("bad_encoding", second.process(commit.subarray(0, -1), first))
  await refused("bad_encoding", second.process(new Uint8Array([...commit, 0]), first))
})

test("a commit of an old epoch, and the same commit twice", async () => {
  const [first, second, third] = await trio()
  const stale = await third.commit()
  const { commit } = await advance([first, second, third], first)
  await refused("wrong_epoch", second.process(stale.commit, third))
  await refused("wrong_epoch", second.process(commit, first))
})

test("a commit for another group", async () => {
  const [first, second] = await trio()
  const [stranger] = await trio()
  await refused("wrong_group", second.process((await stranger.commit()).commit, first))
})

test("the own commit, and another device's in the name of a third", async () => {
  const [first, second, third] = await trio()
  const { commit } = await first.commit()
  await refused("own_commit", first.process(commit, first))
  await refused("wrong_committer", second.process(commit, third))
})

test("proposals on their own, and commits that refer to them", async () => {
  const [first, second] = await trio()
  const cs = await suite()
  const proposed = await createProposal(first.raw, true, remove(2), cs)
  assert(proposed.message.wireformat === "mls_public_message")
  await refused("closed_list", second.process(encode(proposed.message.publicMessage), first))
  const { newState } = await processPublicMessage(first.raw, proposed.message.publicMessage, emptyPskIndex, cs).catch(() => proposed)
  assert.equal(Object.keys(newState.unappliedProposals).length, 1)
  await refused("closed_list", second.process(await evilCommit(newState), first))
})

test("a pre-shared key, a ReInit, GroupContext extensions, an unknown proposal", async () => {
  const [first, second] = await trio()
  const cs = await suite()
  const preSharedKeyId = { psktype: "external" as const, pskId: new Uint8Array(4), pskNonce: new Uint8Array(32) }
  const pskIndex: PskIndex = { findPsk: () => new Uint8Array(32) }
  const withPsk = await createCommit(
    { state: first.raw, cipherSuite: cs, pskIndex },
    { wireAsPublicMessage: true, forcePath: true, extraProposals: [{ proposalType: "psk", psk: { preSharedKeyId } }] },
  )
  await refused("closed_list", second.process(encodeMessage(withPsk.commit), first))
  const reinit = { groupId: new Uint8Array(32), version: "mls10" as const, cipherSuite: SUITE as typeof SUITE, extensions: [] }
  for (const proposal of [
    { proposalType: "reinit", reinit },
    { proposalType: "group_context_extensions", groupContextExtensions: { extensions: [] } },
    { proposalType: 0xf000, proposalData: new Uint8Array(3) },
  ] satisfies Proposal[])
    await refused("closed_list", second.process(await evilCommit(first.raw, [proposal]), first))
})

test("external commits and external Adds", async () => {
  const [first, second] = await trio()
  const cs = await suite()
  const joiner = await Device.make()
  const groupInfo = await createGroupInfoWithExternalPub(first.raw, [], cs)
  const keyPackage = decodeKeyPackage(joiner.package.key_package)
  const entered = await joinGroupExternal(groupInfo, keyPackage, privateOf(joiner), false, cs, first.raw.ratchetTree)
  await refused("closed_list", second.process(encode(entered.publicMessage), joiner, [joiner]))
  const proposed = await proposeAddExternal(groupInfo, keyPackage, privateOf(joiner), cs)
  await refused("closed_list", second.process(encodeMessage(proposed), joiner, [joiner]))
})

test("a PrivateMessage", async () => {
  const [first, second] = await trio()
  // our states keep no secret tree: any serves to make the message
  const secretTree = await createSecretTree(4, new Uint8Array(32), (await suite()).kdf)
  await refused("closed_list", second.process(await evilCommit({ ...first.raw, secretTree }, [], undefined, false), first))
})

test("an Add of a device that nobody vouches for, by its committer and by the others", async () => {
  const [first, second] = await trio()
  const [ghost, other] = await Promise.all([Device.make(), Device.make()])
  const p = { state: first.state, removes: [], aad: new Uint8Array(), group_info_extension: null }
  const adds = [ghost.package.key_package]
  await refused("not_allowed", engine.commit({ ...p, adds, allowed: [other.pair] }))
  await refused("not_allowed", engine.commit({ ...p, adds, allowed: [{ uri: ghost.uri, key: other.key }] }))
  await refused("not_allowed", second.process(await evilCommit(first.raw, [add(ghost)]), first, [other]))
  assert.equal((await second.process(await evilCommit(first.raw, [add(ghost)]), first, [ghost])).epoch?.leaves.length, 4)
})

test("an Add of who already stands in the tree", async () => {
  const [first, second, third] = await trio()
  await refused("refused", first.commit({ adds: [third] }))
  await refused("refused", second.process(encode(await pathless(first, [add(third)])), first, [third]))
})

test("a welcome into a tree with a leaf that nobody vouches for, the own included", async () => {
  const [first] = (await group(1)) as [Device]
  const [ghost, joiner] = await Promise.all([Device.make(), Device.make()])
  const made = await first.commit({ adds: [ghost, joiner] })
  await refused("not_allowed", joiner.join(made, [first, joiner]))
  await refused("not_allowed", joiner.join(made, [first, ghost]))
  assert.equal((await joiner.join(made, [first, ghost, joiner])).epoch.leaves.length, 3)
})

test("a welcome for another device, or with another tree", async () => {
  const [first] = (await group(1)) as [Device]
  const [joiner, stranger] = await Promise.all([Device.make(), Device.make()])
  const made = await first.commit({ adds: [joiner] })
  const again = await first.commit({ adds: [joiner] })
  await refused("refused", stranger.join(made, [first, joiner, stranger]))
  await assert.rejects(joiner.join({ ...made, ratchet_tree: again.ratchet_tree }, [first, joiner]), engine.EngineError)
  await refused("bad_encoding", joiner.join({ ...made, ratchet_tree: new Uint8Array([...made.ratchet_tree, 0]) }, [first, joiner]))
})

test("a key package: expired, of another suite, badly signed, with extensions", async () => {
  const [first] = await trio()
  const expired = await Device.make({ not_before: NOW - 2 * DAY, not_after: NOW - DAY })
  await refused("refused", first.commit({ adds: [expired] }))
  const device = await Device.make()
  const offer = async (key_package: Uint8Array) => {
    device.package = { ...device.package, key_package }
    return first.commit({ adds: [device] })
  }
  const good = device.package.key_package
  await refused("not_authentic", offer(good.map((byte, index) => (index === good.length - 1 ? byte ^ 1 : byte))))
  device.package = { ...device.package, key_package: good }
  await refused("closed_list", offer(await forgedKeyPackage(device, (k) => ({ ...k, cipherSuite: "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519" }))))
  device.package = { ...device.package, key_package: good }
  const extension = { extensionType: 0xff00, extensionData: new Uint8Array() }
  await refused("closed_list", offer(await forgedKeyPackage(device, (k) => ({ ...k, extensions: [extension] }))))
  device.package = { ...device.package, key_package: good }
  const id = { extensionType: "application_id" as const, extensionData: new Uint8Array() }
  await refused("closed_list", offer(await forgedKeyPackage(device, (k) => ({ ...k, leafNode: { ...k.leafNode, extensions: [id] } }))))
  device.package = { ...device.package, key_package: good }
  await first.commit({ adds: [device] })
})

test("a group whose context holds extensions", async () => {
  const [first, joiner] = await Promise.all([Device.make(), Device.make()])
  const cs = await suite()
  const required = { extensionType: "required_capabilities" as const, extensionData: new Uint8Array(3) }
  const config = configure({ validateCredential: async () => true })
  const own = decodeKeyPackage(first.package.key_package)
  const state = await createGroup(new Uint8Array(32), own, privateOf(first), [required], cs, config)
  const { newState, welcome } = await createCommit({ state, cipherSuite: cs }, { extraProposals: [add(joiner)] })
  assert(welcome !== undefined)
  const made = {
    welcome: encodeMessage({ wireformat: "mls_welcome", welcome }),
    ratchet_tree: encodeRatchetTree(newState.ratchetTree),
  } as engine.Committed
  await refused("closed_list", joiner.join(made, [first, joiner]))
})

test("a second spelling of the same tree", async () => {
  const [first] = (await group(1)) as [Device]
  const joiner = await Device.make()
  const made = await first.commit({ adds: [joiner] })
  const [high, low] = made.ratchet_tree as unknown as [number, number]
  assert.equal(high >> 6, 1, "the length takes two bytes")
  const longer = new Uint8Array([0x80, 0, high & 0x3f, low, ...made.ratchet_tree.subarray(2)])
  await refused("bad_encoding", joiner.join({ ...made, ratchet_tree: longer }, [first, joiner]))
})

test("an Add of a removed device that nobody vouches for any more", async () => {
  const [first, second, third] = await trio()
  const proposals = [remove(2), add(third)]
  await refused("not_allowed", second.process(encode(await pathless(first, proposals)), first))
})

test("every weak spelling of a public key", () => {
  const spelled = (text: string) => Uint8Array.from(Buffer.from(text, "hex"))
  const refuses = (check: (key: Uint8Array) => void, text: string) => assert.throws(() => check(spelled(text)), /public key/, text)
  const order8 = ["26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05", "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a"]
  const middle = "ff".repeat(30)
  const many = ["00".repeat(32), `01${"00".repeat(31)}`, `ec${middle}7f`, `ed${middle}7f`, `ee${middle}7f`, `ff${middle}7f`]
  const signed = (text: string) => `${text.slice(0, 62)}${(Number.parseInt(text.slice(62), 16) | 0x80).toString(16)}`
  for (const text of [...order8, ...many]) {
    refuses(checkEd25519, text)
    refuses(checkEd25519, signed(text))
  }
  const montgomery8 = ["e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800", "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157"]
  for (const text of [...montgomery8, ...many]) {
    refuses(checkX25519, text)
    refuses(checkX25519, signed(text))
  }
  // RFC 8032 section 7.1, test 1; RFC 7748 section 6.1, Alice
  checkEd25519(spelled("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"))
  const alice = "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a"
  checkX25519(spelled(alice))
  refuses(checkX25519, signed(alice))
  refuses(checkX25519, alice.slice(2))
})

test("weak and many-spelled keys", async () => {
  const [first] = await trio()
  const zero = new Uint8Array(32)
  const beyond = new Uint8Array(32).fill(0xff)
  for (const key of [zero, beyond]) {
    const device = await Device.make()
    const key_package = await forgedKeyPackage(device, (k) => ({ ...k, leafNode: { ...k.leafNode, hpkePublicKey: key } }))
    device.package = { ...device.package, key_package }
    await refused("bad_key", first.commit({ adds: [device] }))
    const other = await Device.make()
    other.package = { ...other.package, key_package: await forgedKeyPackage(other, (k) => ({ ...k, initKey: key })) }
    await refused("bad_key", first.commit({ adds: [other] }))
  }
})

test("the state of a removed device", async () => {
  const [first, second, third] = await trio()
  const { commit } = await first.commit({ removes: [2] })
  const done = await third.process(commit, first)
  assert.deepEqual([done.removed, done.epoch], [true, null])
  third.state = done.state
  await refused("removed", third.commit())
  await refused("removed", engine.epoch({ state: third.state }))
  assert.equal((await second.process(commit, first)).removed, false)
})

test("a device that removes itself, or a leaf that is not there", async () => {
  const [first] = await trio()
  await refused("bad_request", first.commit({ removes: [0] }))
  await refused("bad_request", first.commit({ removes: [7] }))
  await refused("refused", first.commit({ removes: [1, 1] }))
})

test("a damaged state", async () => {
  const [first] = await trio()
  await refused("bad_state", engine.epoch({ state: new Uint8Array() }))
  await refused("bad_state", engine.epoch({ state: first.state.map((byte, index) => (index === 0 ? 9 : byte)) }))
  await refused("bad_state", engine.epoch({ state: first.state.subarray(0, 200) }))
})
