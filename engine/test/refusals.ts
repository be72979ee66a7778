/** What must be refused, and by which code: the closed list, forgeries, and what others vouch for. The state never moves. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { createCommit, createGroupInfoWithExternalPub, joinGroupExternal } from "ts-mls/createCommit.js"
import { createProposal } from "ts-mls/createMessage.js"
import { proposeAddExternal } from "ts-mls/externalProposal.js"
import type { Proposal } from "ts-mls/proposal.js"
import { processPublicMessage } from "ts-mls/processMessages.js"
import type { PublicMessage } from "ts-mls/publicMessage.js"
import { emptyPskIndex, type PskIndex } from "ts-mls/pskIndex.js"
import { createSecretTree } from "ts-mls/secretTree.js"
import * as engine from "../src/engine.js"
import { decodeKeyPackage, decodePublicMessage, encodeMessage } from "../src/messages.js"
import { SUITE, suite } from "../src/suite.js"
import { advance, Device, evilCommit, group, privateOf, refused } from "./group.js"
import { pathless } from "./pathless.js"

const encode = (publicMessage: PublicMessage) => encodeMessage({ wireformat: "mls_public_message", publicMessage })
const trio = async () => (await group(3)) as [Device, Device, Device]
const remove = (removed: number): Proposal => ({ proposalType: "remove", remove: { removed } })
const add = (device: Device): Proposal => ({
  proposalType: "add",
  add: { keyPackage: decodeKeyPackage(device.package.key_package) },
})

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
  const tag = await changed(first, (m) =>
    m.senderType === "member" ? { ...m, membershipTag: flipped(m.membershipTag) } : m,
  )
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
  const { newState } = await processPublicMessage(first.raw, proposed.message.publicMessage, emptyPskIndex, cs).catch(
    () => proposed,
  )
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
  const reinit = {
    groupId: new Uint8Array(32),
    version: "mls10" as const,
    cipherSuite: SUITE as typeof SUITE,
    extensions: [],
  }
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
  await refused(
    "closed_list",
    second.process(await evilCommit({ ...first.raw, secretTree }, [], undefined, false), first),
  )
})

test("an Add of a device that nobody vouches for, by its committer and by the others", async () => {
  const [first, second] = await trio()
  const [ghost, other] = await Promise.all([Device.make(), Device.make()])
  const p = { state: first.state, removes: [], aad: new Uint8Array(), group_info_extension: null }
  const adds = [ghost.package.key_package]
  await refused("not_allowed", engine.commit({ ...p, adds, allowed: [other.pair] }))
  await refused("not_allowed", engine.commit({ ...p, adds, allowed: [{ uri: ghost.uri, key: other.key }] }))
  await refused("not_allowed", second.process(await evilCommit(first.raw, [add(ghost)]), first, [other]))
  assert.equal(
    (await second.process(await evilCommit(first.raw, [add(ghost)]), first, [ghost])).epoch?.leaves.length,
    4,
  )
})

test("an Add of who already stands in the tree", async () => {
  const [first, second, third] = await trio()
  await refused("refused", first.commit({ adds: [third] }))
  await refused("refused", second.process(encode(await pathless(first, [add(third)])), first, [third]))
})

test("an Add of a removed device that nobody vouches for any more", async () => {
  const [first, second, third] = await trio()
  const proposals = [remove(2), add(third)]
  await refused("not_allowed", second.process(encode(await pathless(first, proposals)), first))
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
