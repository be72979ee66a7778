/** One regression test per point of the patch; each fails against the published library. */
import assert from "node:assert/strict"
import { readFile } from "node:fs/promises"
import { test } from "node:test"
import { createGroup, validateRatchetTree } from "ts-mls/clientState.js"
import { createCommit, createGroupInfoWithExternalPub, joinGroupExternal } from "ts-mls/createCommit.js"
import { proposeExternal } from "ts-mls/externalProposal.js"
import { decodeExternalSenders, encodeExternalSenders } from "ts-mls/externalSender.js"
import { processPublicMessage } from "ts-mls/processMessages.js"
import { emptyPskIndex } from "ts-mls/pskIndex.js"
import type { RatchetTree } from "ts-mls/ratchetTree.js"
import { treeHashRoot } from "ts-mls/treeHash.js"
import { toLeafIndex } from "ts-mls/treemath.js"
import { applyUpdatePath, createUpdatePath } from "ts-mls/updatePath.js"
import { VERSIONS } from "../src/engine.js"
import { decodeKeyPackage } from "../src/messages.js"
import { suite } from "../src/suite.js"
import { advance, Device, group, privateOf } from "./group.js"
import { pathless } from "./pathless.js"

test("the library is the one the patch was made for", async () => {
  const { version } = JSON.parse(await readFile("node_modules/ts-mls/package.json", "utf8")) as { version: string }
  assert.equal(VERSIONS.ts_mls, version)
})

/** Tell what the library says of a tree whose hashes are recomputed for it. */
async function judge(device: Device, tree: RatchetTree): Promise<string | undefined> {
  const cs = await suite()
  const { groupContext, clientConfig } = device.raw
  const hash = await treeHashRoot(tree, cs.hash)
  const error = await validateRatchetTree(
    tree,
    groupContext,
    clientConfig.lifetimeConfig,
    clientConfig.authService,
    hash,
    cs,
  )
  return error?.message
}

/** Make 8 devices in a tree in which node 3 lists leaf 3 as unmerged and the root, above it, does not; before, both did. */
async function makeUnevenTree(): Promise<{ devices: Device[]; before: RatchetTree; tree: RatchetTree }> {
  const devices = await group(8)
  for (const device of devices) await advance(devices, device)
  const removed = devices[3] as Device
  const left = devices.filter((device) => device !== removed)
  const gone = await (left[2] as Device).commit({ removes: [3] })
  for (const device of left) {
    device.state = device === left[2] ? gone.state : (await device.process(gone.commit, left[2] as Device)).state
  }
  // an Add without a path, as other engines make them: the library's own way
  const added = await Device.make()
  const { raw } = left[0] as Device
  const { newState } = await createCommit(
    { state: raw, cipherSuite: await suite() },
    {
      wireAsPublicMessage: true,
      extraProposals: [{ proposalType: "add", add: { keyPackage: decodeKeyPackage(added.package.key_package) } }],
    },
  )
  const [tree] = await createUpdatePath(
    newState.ratchetTree,
    toLeafIndex(4),
    newState.groupContext,
    (left[3] as Device).seed,
    await suite(),
  )
  return { devices: left, before: newState.ratchetTree, tree }
}

let uneven: ReturnType<typeof makeUnevenTree> | undefined
const unevenTree = () => (uneven ??= makeUnevenTree())

function withUnmerged(tree: RatchetTree, index: number, unmergedLeaves: number[]): RatchetTree {
  return tree.map((node, i) =>
    i === index && node?.nodeType === "parent" ? { ...node, parent: { ...node.parent, unmergedLeaves } } : node,
  )
}

const unmerged = (tree: RatchetTree, index: number): number[] => {
  const node = tree[index]
  assert(node?.nodeType === "parent")
  return node.parent.unmergedLeaves
}

test("P1: an unmerged leaf need not be listed above the parent that lists it", async () => {
  const { devices, tree } = await unevenTree()
  assert.deepEqual([unmerged(tree, 3), unmerged(tree, 7)], [[3], []])
  assert.equal(await judge(devices[0] as Device, tree), undefined)
})

test("P1: an unmerged leaf must be listed by every non-blank node below", async () => {
  const { devices, tree } = await unevenTree()
  const lacking = withUnmerged(withUnmerged(tree, 7, [3]), 3, [])
  assert.match((await judge(devices[0] as Device, lacking)) ?? "", /must list leaf node in its unmerged_leaves/)
})

test("hardening: a leaf that a parent hash does not cover must be listed as unmerged", async () => {
  const { devices, before } = await unevenTree()
  assert.deepEqual([unmerged(before, 3), unmerged(before, 7)], [[3], [3]])
  assert.equal(await judge(devices[0] as Device, before), undefined)
  // leaf 3 was added and told no key; no parent hash covers the lists that say so
  const forgotten = withUnmerged(withUnmerged(before, 3, []), 7, [])
  assert.match((await judge(devices[0] as Device, forgotten)) ?? "", /Unable to verify parent hash/)
})

test("hardening: an unmerged leaf must be a descendant of the parent that lists it", async () => {
  const { devices, tree } = await unevenTree()
  const foreign = withUnmerged(tree, 3, [3, 5])
  assert.match((await judge(devices[0] as Device, foreign)) ?? "", /non-blank descendant/)
})

test("hardening: an unmerged leaf must not be blank", async () => {
  const { devices, tree } = await unevenTree()
  const blank = tree.slice()
  blank[6] = undefined
  assert.match((await judge(devices[0] as Device, blank)) ?? "", /non-blank descendant/)
})

test("P2: external_pub is opaque<V>, written and read", async () => {
  const [first] = (await group(1)) as [Device]
  const cs = await suite()
  const groupInfo = await createGroupInfoWithExternalPub(first.raw, [], cs)
  const [extension] = groupInfo.extensions
  assert.deepEqual(
    [extension?.extensionType, extension?.extensionData.length, extension?.extensionData[0]],
    ["external_pub", 33, 32],
  )
  const joiner = await Device.make()
  const keyPackage = decodeKeyPackage(joiner.package.key_package)
  const enter = (extensionData: Uint8Array) =>
    joinGroupExternal(
      { ...groupInfo, extensions: [{ extensionType: "external_pub", extensionData }] },
      keyPackage,
      privateOf(joiner),
      false,
      cs,
      first.raw.ratchetTree,
    )
  await assert.rejects(enter(extension?.extensionData.slice(1) as Uint8Array))
  // the extension is covered by the GroupInfo's signature: only the untouched one is joined by
  const { newState, publicMessage } = await enter(extension?.extensionData as Uint8Array)
  const followed = await processPublicMessage(first.raw, publicMessage, emptyPskIndex, cs)
  assert.deepEqual(followed.newState.keySchedule.epochAuthenticator, newState.keySchedule.epochAuthenticator)
})

test("P3: external_senders is a vector, and its second sender is found", async () => {
  const cs = await suite()
  const [first, second, other, joiner] = await Promise.all([Device.make(), Device.make(), Device.make(), Device.make()])
  const sender = (device: Device) => ({
    signaturePublicKey: device.key,
    credential: { credentialType: "basic" as const, identity: new TextEncoder().encode(device.uri) },
  })
  const extensionData = encodeExternalSenders([sender(second), sender(other)])
  assert.equal(decodeExternalSenders(extensionData, 0)?.[0].length, 2)
  const [
    {
      raw: { clientConfig: config },
    },
  ] = (await group(1)) as [Device]
  const keyPackage = decodeKeyPackage(first.package.key_package)
  const state = await createGroup(
    new Uint8Array(32),
    keyPackage,
    privateOf(first),
    [{ extensionType: "external_senders", extensionData }],
    cs,
    config,
  )
  const groupInfo = await createGroupInfoWithExternalPub(state, [], cs)
  const add = { proposalType: "add" as const, add: { keyPackage: decodeKeyPackage(joiner.package.key_package) } }
  const proposed = await proposeExternal(groupInfo, add, other.key, other.seed, cs)
  assert(proposed.wireformat === "mls_public_message")
  assert.deepEqual(proposed.publicMessage.content.sender, { senderType: "external", senderIndex: 1 })
  const { newState } = await processPublicMessage(state, proposed.publicMessage, emptyPskIndex, cs)
  assert.equal(Object.keys(newState.unappliedProposals).length, 1)
})

test("P4: a commit of GroupContextExtensions carries a path, and is refused without", async () => {
  const [first, second] = (await group(2)) as [Device, Device]
  const cs = await suite()
  const required = { extensionType: "required_capabilities" as const, extensionData: new Uint8Array([0, 0, 2, 0, 1]) }
  const { commit, newState } = await createCommit(
    { state: first.raw, cipherSuite: cs },
    {
      wireAsPublicMessage: true,
      extraProposals: [
        { proposalType: "group_context_extensions", groupContextExtensions: { extensions: [required] } },
      ],
    },
  )
  assert(commit.wireformat === "mls_public_message" && commit.publicMessage.content.contentType === "commit")
  assert.notEqual(commit.publicMessage.content.commit.path, undefined)
  // the path is sealed under the new extensions: only then can the receiver open it
  const followed = await processPublicMessage(second.raw, commit.publicMessage, emptyPskIndex, cs)
  assert.deepEqual(followed.newState.keySchedule.epochAuthenticator, newState.keySchedule.epochAuthenticator)
  const bare = await pathless(first, [
    { proposalType: "group_context_extensions", groupContextExtensions: { extensions: [required] } },
  ])
  await assert.rejects(processPublicMessage(second.raw, bare, emptyPskIndex, cs), /Update path is required/)
})

test("hardening: the keys of an update path stand nowhere else, leaves included", async () => {
  const [first] = (await group(4)) as [Device]
  const cs = await suite()
  const state = first.raw
  const [, path] = await createUpdatePath(state.ratchetTree, toLeafIndex(0), state.groupContext, first.seed, cs)
  const apply = (index: number, hpkePublicKey: Uint8Array) =>
    applyUpdatePath(
      state.ratchetTree,
      toLeafIndex(0),
      { ...path, nodes: path.nodes.map((node, i) => (i === index ? { ...node, hpkePublicKey } : node)) },
      cs.hash,
    )
  const [low, high] = path.nodes
  const leaf = state.ratchetTree[2]
  assert(low !== undefined && high !== undefined && leaf?.nodeType === "leaf")
  await apply(0, low.hpkePublicKey)
  await assert.rejects(apply(0, high.hpkePublicKey), /not unique/)
  await assert.rejects(apply(0, path.leafNode.hpkePublicKey), /not unique/)
  await assert.rejects(apply(0, leaf.leaf.hpkePublicKey), /may not appear/)
})

test("an Add may carry a path, which the library makes only on demand", async () => {
  const [first] = (await group(2)) as [Device]
  const added = await Device.make()
  const proposal = { proposalType: "add" as const, add: { keyPackage: decodeKeyPackage(added.package.key_package) } }
  const path = async (forcePath: boolean) => {
    const { commit } = await createCommit(
      { state: first.raw, cipherSuite: await suite() },
      { wireAsPublicMessage: true, extraProposals: [proposal], forcePath },
    )
    assert(commit.wireformat === "mls_public_message" && commit.publicMessage.content.contentType === "commit")
    return commit.publicMessage.content.commit.path
  }
  assert.equal(await path(false), undefined)
  assert.notEqual(await path(true), undefined)
})
