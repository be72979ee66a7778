/** Parse what the engine makes, and refuse everything near it cleanly. */

import { describe, expect, test } from "vitest"
import { fromBase64, toHex } from "../../src/wire/bytes"
import { Kind } from "../../src/wire/entries"
import { sha256 } from "../../src/wire/hash"
import * as mls from "../../src/wire/mls"
import { Refused } from "../../src/wire/refused"
import { encode } from "../../src/wire/tls"
import { Welcome } from "../../src/wire/welcomes"
import { NOW_MS, roomOf } from "../groups/room"

const room = await roomOf()
const body = JSON.parse(new TextDecoder().decode(room.post.body)) as Record<string, string>
const [package_] = room.packages
const real: Record<string, [Uint8Array, (data: Uint8Array) => unknown]> = {
  commit: [room.log.entries.find((entry) => entry.kind === Kind.COMMIT)!.data, mls.parseCommit],
  "key package": [package_!.key_package, mls.parseKeyPackage],
  GroupInfo: [fromBase64(body["group_info"]!), mls.parseGroupInfo],
  tree: [fromBase64(body["ratchet_tree"]!), mls.parseRatchetTree],
  welcome: [Welcome.decode(room.welcome).welcome, mls.parseWelcome],
}

/** Draw numbers that are the same at every run. */
function* drawn(seed: string): Generator<number> {
  for (let at = 0; ; at++) yield* new Uint16Array(sha256(encode(seed, at)).buffer)
}

test("what was made is read as it was meant", async () => {
  const commit = mls.parseCommit(real["commit"]![0])
  expect([toHex(commit.group_id), commit.epoch, commit.sender]).toEqual([room.log.id, 0, 0])
  expect(commit.adds.map((add) => [add.identity, add.ref])).toEqual(
    room.others.map((one, at) => [one.uri, room.packages[at]?.ref]),
  )
  expect(mls.parseWelcome(real["welcome"]![0]).refs).toEqual(room.packages.map((one) => one.ref))
  const info = mls.parseGroupInfo(real["GroupInfo"]![0])
  mls.checkGroupInfo(info)
  await mls.verifyGroupInfo(info, room.founder.pair[1])
  await expect(mls.verifyGroupInfo(info, room.others[0]!.pair[1])).rejects.toMatchObject({ code: "signature_refused" })
  expect(info.context.epoch).toBe(1)
  const tree = mls.parseRatchetTree(real["tree"]![0])
  expect([...tree.leaves.values()].map((leaf) => leaf.identity)).toEqual(
    [room.founder, ...room.others].map((one) => one.uri),
  )
  expect(tree.encryptionKeys([1, 2]).size).toBe(tree.encryptionKeys().size - 2)
})

test("a key package counts within its lifetime alone, both ends included", async () => {
  const one = mls.parseKeyPackage(package_!.key_package)
  const verdict = (atS: number): Promise<string> =>
    mls.verifyKeyPackage(one, atS).then(
      () => "ok",
      (refused: Refused) => refused.code,
    )
  expect(one.not_before).toBe(NOW_MS / 1000 - 300)
  const found = [one.not_before - 1, one.not_before, one.not_after, one.not_after + 1].map(verdict)
  expect(await Promise.all(found)).toEqual(["not_yet_valid", "ok", "ok", "expired"])
})

describe.each(Object.entries(real))("a %s", (name, [data, parse]) => {
  test("is refused where it is cut short or goes on", () => {
    expect(() => parse(data)).not.toThrow()
    for (let size = 0; size < data.length; size++) expect(() => parse(data.subarray(0, size))).toThrow(Refused)
    expect(() => parse(new Uint8Array([...data, 0]))).toThrow(Refused)
  })

  test("is read or refused, and nothing else, whatever was changed", () => {
    const numbers = drawn(name)
    const next = (below: number): number => (numbers.next().value as number) % below
    let refused = 0
    for (let round = 0; round < 1500; round++) {
      const changed = data.slice()
      for (let count = 1 + next(3); count > 0; count--) changed[next(changed.length)] = next(256)
      try {
        parse(changed)
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(mls.MlsRefused)
        refused += 1
      }
    }
    // Most of a welcome is sealed, where any byte will do.
    expect(refused).toBeGreaterThan(20)
  })
})
