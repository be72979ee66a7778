import { expect, test } from "vitest"
import { fromBase64, fromHex } from "../../src/wire/bytes"
import * as mls from "../../src/wire/mls"
import { verifyLeaf } from "../../src/wire/mls/leaf"
import { Writer } from "../../src/wire/tls"
import { type Case, load, rows, verdict } from "./vectors"

const ENTRIES = load<{ entries: (Case & { entry: { kind: string; data: string } })[] }>("membership").entries

function dataOf(kind: string): [string, Uint8Array][] {
  return rows(ENTRIES.filter((one) => one.entry.kind === kind)).map(([name, one]) => [name, fromBase64(one.entry.data)])
}
const COMMITS = dataOf("commit")
const [INFO] = dataOf("group_info").map(([, data]) => data) as [Uint8Array]

function commit(name: string): mls.Commit {
  return mls.parseCommit(COMMITS.find(([one]) => one === name)?.[1] ?? new Uint8Array())
}
const [ADD] = commit("an Add without path").adds as [mls.KeyPackage]
const PATH_COMMIT = commit("the Remove")

test.each(COMMITS)("%s: is read, and no shortened message is", async (_, data) => {
  const read = mls.parseCommit(data)
  expect(read.adds.length + read.removes.length + (read.path === null ? 0 : 1)).toBeGreaterThan(0)
  for (let end = 0; end < data.length; end++) {
    expect(await verdict(() => mls.parseCommit(data.subarray(0, end)))).toBe("malformed_encoding")
  }
  expect(await verdict(() => mls.parseCommit(Buffer.concat([data, Buffer.alloc(1)])))).toBe("malformed_encoding")
})

test("whatever byte of a commit is changed, it is read or refused cleanly", async () => {
  const codes = new Set<string>()
  for (const [, data] of COMMITS.slice(-3)) {
    for (let at = 0; at < data.length; at++) {
      const changed = data.slice()
      changed[at] = (changed[at] as number) ^ 0x41
      codes.add(await verdict(() => mls.parseCommit(changed)))
    }
  }
  expect([...codes]).toEqual(expect.arrayContaining(["ok", "malformed_encoding", "version_refused", "suite_refused"]))
})

interface Parts {
  version?: number
  format?: number
  sender?: [kind: number, leaf?: number]
  content?: number
  proposals?: Uint8Array[]
  path?: number
  tag?: number
}

/** Write a commit without path, wrong in what `parts` say. */
function written(parts: Parts): Uint8Array {
  const [kind, leaf] = parts.sender ?? [1, 0]
  const inside = new Writer()
  for (const one of parts.proposals ?? [add(ADD)]) inside.raw(one)
  const writer = new Writer().u16(parts.version ?? 1).u16(parts.format ?? 1)
  writer.opaque(fromHex("ab".repeat(32))).u64(7).u8(kind)
  if (leaf !== undefined) writer.u32(leaf)
  writer.opaque(fromHex("")).u8(parts.content ?? 3).opaque(inside.getvalue()).u8(parts.path ?? 0)
  writer.opaque(new Uint8Array(64)).opaque(new Uint8Array(parts.tag ?? 32)).opaque(new Uint8Array(32))
  return writer.getvalue()
}

function add(keyPackage: mls.KeyPackage): Uint8Array {
  return new Writer().u8(1).u16(1).raw(keyPackage.encoded).getvalue()
}

function proposal(type: number, form = 1): Uint8Array {
  return new Writer().u8(form).u16(type).u32(0).getvalue()
}

const WRITTEN: [string, Parts][] = [
  ["ok", {}],
  ["version_refused", { version: 2 }],
  ["wire_format_refused", { format: 2 }],
  ["wire_format_refused", { format: 9 }],
  ["sender_refused", { sender: [2, 0] }],
  ["sender_refused", { sender: [4] }],
  ["sender_refused", { sender: [5] }],
  ["sender_refused", { sender: [1, 2048] }],
  ["content_type_refused", { content: 4 }],
  ["not_a_commit", { content: 2 }],
  ["path_missing", { proposals: [] }],
  ["path_missing", { proposals: [proposal(3)] }],
  ["duplicate_remove", { proposals: [proposal(3), proposal(3)] }],
  ["duplicate_key", { proposals: [add(ADD), add(ADD)] }],
  ["proposal_by_reference", { proposals: [proposal(3, 2)] }],
  ["malformed_encoding", { proposals: [proposal(3, 3)] }],
  ["update_proposal", { proposals: [proposal(2)] }],
  ["psk_proposal", { proposals: [proposal(4)] }],
  ["reinit_proposal", { proposals: [proposal(5)] }],
  ["external_init_proposal", { proposals: [proposal(6)] }],
  ["group_context_extensions_proposal", { proposals: [proposal(7)] }],
  ["unknown_proposal", { proposals: [proposal(8)] }],
  ["malformed_encoding", { path: 2 }],
  ["tag_refused", { tag: 31 }],
]

test.each(WRITTEN)("%s: %j", async (code, parts) => {
  expect(await verdict(() => mls.parseCommit(written(parts)))).toBe(code)
})

test("a key package verifies while it lives, under its own key alone", async () => {
  const { not_before: begins, not_after: ends } = ADD.leaf
  const forged = new mls.KeyPackage(
    ADD.init_key,
    ADD.leaf,
    ADD.extensions,
    new Uint8Array(64),
    ADD.encoded,
    ADD.signed,
  )
  const verdicts = [
    () => mls.verifyKeyPackage(ADD, begins),
    () => mls.verifyKeyPackage(ADD, ends),
    () => mls.verifyKeyPackage(ADD, begins - 1),
    () => mls.verifyKeyPackage(ADD, ends + 1),
    () => mls.verifyKeyPackage(forged, begins),
  ].map(verdict)
  expect(await Promise.all(verdicts)).toEqual(["ok", "ok", "not_yet_valid", "expired", "signature_refused"])
  expect(ADD.ref).toMatch(/^[0-9a-f]{64}$/)
})

test("a leaf verifies at its own place alone", async () => {
  const { path, group_id: group, sender } = PATH_COMMIT
  if (path === null) throw new Error("the Remove has a path")
  const verdicts = [
    () => verifyLeaf(path.leaf, group, sender),
    () => verifyLeaf(path.leaf, group, sender + 1),
    () => verifyLeaf(path.leaf, new Uint8Array(32), sender),
  ].map(verdict)
  expect(await Promise.all(verdicts)).toEqual(["ok", "signature_refused", "signature_refused"])
})

test("a GroupInfo is read, held to the profile, and not read short", async () => {
  const info = mls.parseGroupInfo(INFO)
  expect(await verdict(() => mls.checkGroupInfo(info))).toBe("ok")
  const odd = { type: 1, data: new Uint8Array() }
  const wrong: [string, mls.GroupInfo][] = [
    ["extension_refused", { ...info, extensions: [odd] }],
    ["extension_refused", { ...info, context: { ...info.context, extensions: [odd] } }],
    ["hash_refused", { ...info, context: { ...info.context, tree_hash: new Uint8Array(31) } }],
    ["hash_refused", { ...info, context: { ...info.context, epoch: 1 } }],
    ["tag_refused", { ...info, confirmation_tag: new Uint8Array(31) }],
  ]
  for (const [code, one] of wrong) expect(await verdict(() => mls.checkGroupInfo(one))).toBe(code)
  for (let end = 0; end < INFO.length; end++) {
    expect(await verdict(() => mls.parseGroupInfo(INFO.subarray(0, end)))).toBe("malformed_encoding")
  }
  expect(await verdict(() => mls.parseCommit(INFO))).toBe("wire_format_refused")
})

test("a ratchet tree of one leaf, and what is none", async () => {
  const leaf = PATH_COMMIT.path?.leaf.encoded ?? new Uint8Array()
  const tree = (...nodes: Uint8Array[]): Uint8Array => new Writer().opaque(Buffer.concat(nodes)).getvalue()
  const [node, parent, blank] = [Buffer.concat([fromHex("0101"), leaf]), fromHex("0102"), fromHex("00")]
  expect(mls.parseRatchetTree(tree(node)).encryptionKeys().size).toBe(1)
  expect(mls.parseRatchetTree(tree(node)).encryptionKeys([0]).size).toBe(0)
  expect([...mls.parseRatchetTree(tree(blank, blank, node)).leaves.keys()]).toEqual([1])
  for (const nodes of [[], [blank], [node, blank], [parent], [node, node]]) {
    expect(await verdict(() => mls.parseRatchetTree(tree(...nodes)))).toBe("tree_refused")
  }
})

test("a Welcome names each joiner once", async () => {
  const sealed = new Uint8Array(32)
  const secret = (ref: string): Uint8Array => new Writer().opaque(fromHex(ref)).opaque(sealed).opaque(sealed).getvalue()
  const welcome = (...refs: string[]): Uint8Array => {
    const inside = Buffer.concat(refs.map(secret))
    return new Writer().u16(1).u16(3).u16(1).opaque(inside).opaque(sealed).getvalue()
  }
  const [one, two] = ["0a".repeat(32), "0b".repeat(32)]
  expect(mls.parseWelcome(welcome(one, two)).refs).toEqual([one, two])
  const wrong: [string, Uint8Array][] = [
    ["duplicate_ref", welcome(one, one)],
    ["ref_refused", welcome("0a")],
    ["ref_refused", welcome()],
    ["malformed_encoding", welcome(one).subarray(0, -1)],
  ]
  for (const [code, data] of wrong) expect(await verdict(() => mls.parseWelcome(data))).toBe(code)
})
