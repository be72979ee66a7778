/** What must be refused of those who come in: key packages, weak keys, trees and welcomes. */
import assert from "node:assert/strict"
import { test } from "node:test"
import { createGroup } from "ts-mls/clientState.js"
import { createCommit } from "ts-mls/createCommit.js"
import type { Proposal } from "ts-mls/proposal.js"
import { encodeRatchetTree } from "ts-mls/ratchetTree.js"
import * as engine from "../src/engine.js"
import { checkEd25519, checkX25519 } from "../src/keys.js"
import { decodeKeyPackage, encodeMessage } from "../src/messages.js"
import { configure, suite } from "../src/suite.js"
import { DAY, Device, forgedKeyPackage, group, NOW, privateOf, refused } from "./group.js"

const trio = async () => (await group(3)) as [Device, Device, Device]
const add = (device: Device): Proposal => ({
  proposalType: "add",
  add: { keyPackage: decodeKeyPackage(device.package.key_package) },
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
  await refused(
    "bad_encoding",
    joiner.join({ ...made, ratchet_tree: new Uint8Array([...made.ratchet_tree, 0]) }, [first, joiner]),
  )
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
  await refused(
    "closed_list",
    offer(
      await forgedKeyPackage(device, (k) => ({
        ...k,
        cipherSuite: "MLS_128_DHKEMX25519_CHACHA20POLY1305_SHA256_Ed25519",
      })),
    ),
  )
  device.package = { ...device.package, key_package: good }
  const extension = { extensionType: 0xff00, extensionData: new Uint8Array() }
  await refused("closed_list", offer(await forgedKeyPackage(device, (k) => ({ ...k, extensions: [extension] }))))
  device.package = { ...device.package, key_package: good }
  const id = { extensionType: "application_id" as const, extensionData: new Uint8Array() }
  await refused(
    "closed_list",
    offer(await forgedKeyPackage(device, (k) => ({ ...k, leafNode: { ...k.leafNode, extensions: [id] } }))),
  )
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

test("every weak spelling of a public key", () => {
  const spelled = (text: string) => Uint8Array.from(Buffer.from(text, "hex"))
  const refuses = (check: (key: Uint8Array) => void, text: string) =>
    assert.throws(() => check(spelled(text)), /public key/, text)
  const order8 = [
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  ]
  const middle = "ff".repeat(30)
  const many = [
    "00".repeat(32),
    `01${"00".repeat(31)}`,
    `ec${middle}7f`,
    `ed${middle}7f`,
    `ee${middle}7f`,
    `ff${middle}7f`,
  ]
  const signed = (text: string) => `${text.slice(0, 62)}${(Number.parseInt(text.slice(62), 16) | 0x80).toString(16)}`
  for (const text of [...order8, ...many]) {
    refuses(checkEd25519, text)
    refuses(checkEd25519, signed(text))
  }
  const montgomery8 = [
    "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
    "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
  ]
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
    const key_package = await forgedKeyPackage(device, (k) => ({
      ...k,
      leafNode: { ...k.leafNode, hpkePublicKey: key },
    }))
    device.package = { ...device.package, key_package }
    await refused("bad_key", first.commit({ adds: [device] }))
    const other = await Device.make()
    other.package = { ...other.package, key_package: await forgedKeyPackage(other, (k) => ({ ...k, initKey: key })) }
    await refused("bad_key", first.commit({ adds: [other] }))
  }
})
