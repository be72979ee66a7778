/** Run the pinned bundle in this process, as the browser's worker does. */

import { createHash } from "node:crypto"
import { readFileSync } from "node:fs"
import { expect, test } from "vitest"
import { type Bundle, Engine, EngineError, EngineUnavailable } from "../../src/groups/engine_host"
import { equal, randomBytes } from "../../src/wire/bytes"
import { parseKeyPackage, verifyKeyPackage } from "../../src/wire/mls"
import { BUNDLE, leavesOf, loadBundle, memberOf, NOW_MS, packageOf, PIN } from "./room"

const AT_S = NOW_MS / 1000

test("the bundle is the pinned one, and is imported without starting anything", async () => {
  expect(createHash("sha256").update(readFileSync(BUNDLE)).digest("hex")).toBe(PIN)
  expect(Object.keys(await loadBundle())).toEqual(["answer"])
  expect(await new Engine(loadBundle).version()).toEqual({ engine: "1", ts_mls: "1.6.4", patch: "1" })
})

test("a group is made, joined and moved on, with the same secrets on both sides", async () => {
  const [one, two] = [new Engine(loadBundle), new Engine(loadBundle)]
  const [be, ke] = [await memberOf("be"), await memberOf("ke")]
  const [own, theirs] = [await packageOf(one, be), await packageOf(two, ke)]
  await verifyKeyPackage(parseKeyPackage(theirs.key_package), AT_S)
  expect(parseKeyPackage(theirs.key_package).ref).toBe(theirs.ref)

  const created = await one.create(randomBytes(32), own.key_package, own.private)
  expect([created.epoch.number, leavesOf(created.epoch)]).toEqual([0, [[0, be.uri]]])
  const extension = new Uint8Array([1, 2, 3])
  const added = await one.commit(created.state, {
    adds: [theirs.key_package],
    aad: new Uint8Array([9]),
    allowed: [ke.pair],
    groupInfoExtension: extension,
  })
  if (added.welcome === null) throw new Error("an Add makes a welcome")
  const allowed = [be.pair, ke.pair]
  const joined = await two.join(added.welcome, theirs.key_package, theirs.private, added.ratchet_tree, allowed)
  expect(joined.group_info_extension).toEqual(extension)
  expect(joined.signer).toBe(0)
  expect(leavesOf(joined.epoch)).toEqual([[0, be.uri], [1, ke.uri]])
  expect(joined.epoch).toEqual({ ...added.epoch, own_leaf: 1 })
  expect(joined.epoch.key.length).toBe(32)
  expect(equal(joined.epoch.key, created.epoch.key)).toBe(false)

  const update = await two.commit(joined.state)
  const followed = await one.process(added.state, update.commit, { allowed: [], committer: ke.pair, at: AT_S })
  expect(followed.removed).toBe(false)
  expect(followed.epoch).toEqual({ ...update.epoch, own_leaf: 0 })
  expect(await one.epoch(followed.state)).toEqual(followed.epoch)
})

test("a call that fails leaves the state as it was, and the next is answered", async () => {
  const engine = new Engine(loadBundle)
  const [be, ke] = [await memberOf("be"), await memberOf("ke")]
  const [own, theirs] = [await packageOf(engine, be), await packageOf(engine, ke)]
  const created = await engine.create(randomBytes(32), own.key_package, own.private)
  const commit = engine.commit(created.state, { adds: [theirs.key_package], allowed: [] })
  await expect(commit).rejects.toMatchObject({ code: "not_allowed" })
  await expect(engine.epoch(new Uint8Array([0]))).rejects.toBeInstanceOf(EngineError)
  expect(await engine.epoch(created.state)).toEqual(created.epoch)
  const added = await engine.commit(created.state, { adds: [theirs.key_package], allowed: [ke.pair] })
  expect(added.epoch.number).toBe(1)
})

test("many callers are answered one at a time, each its own answer", async () => {
  const { answer } = await loadBundle()
  let running = 0
  const counted: Bundle = {
    async answer(line) {
      expect((running += 1)).toBe(1)
      const told = await answer(line)
      running -= 1
      return told
    },
  }
  const engine = new Engine(() => Promise.resolve(counted))
  const be = await memberOf("be")
  const made = await Promise.all(Array.from({ length: 12 }, () => packageOf(engine, be)))
  expect(new Set(made.map((one) => one.ref)).size).toBe(12)
})

test("a bundle that cannot be loaded is asked for again", async () => {
  let tries = 0
  const engine = new Engine(() => (++tries === 1 ? Promise.reject(new Error("offline")) : loadBundle()))
  const failed = await engine.version().catch((thrown: unknown) => thrown)
  expect(failed).toBeInstanceOf(EngineUnavailable)
  expect(failed).toMatchObject({ code: "engine_missing", detail: expect.stringContaining("offline") as string })
  expect((await engine.version()).engine).toBe("1")
})
