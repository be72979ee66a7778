import { expect, test } from "vitest"
import { concat, fromHex, toHex, utf8 } from "../../src/wire/bytes"
import {
  checkEd25519Public,
  checkX25519Public,
  generateSeed,
  KeyRefused,
  publicKeyOf,
  sign,
  verify,
} from "../../src/wire/keys"
import { type Case, load, rows, verdict } from "./vectors"

type KeyCase = Case & { key: string }
const FILE = load<{
  ed25519: KeyCase[]
  x25519: KeyCase[]
  signatures: (KeyCase & { message: string; signature: string })[]
}>("keys")

test.each(rows(FILE.ed25519))("Ed25519 key: %s", async (_, one) => {
  expect(await verdict(() => checkEd25519Public(fromHex(one.key)))).toBe(one.expect)
})

test.each(rows(FILE.x25519))("X25519 key: %s", async (_, one) => {
  expect(await verdict(() => checkX25519Public(fromHex(one.key)))).toBe(one.expect)
})

test.each(rows(FILE.signatures))("signature: %s", async (_, one) => {
  const holds = await verify(fromHex(one.key), fromHex(one.message), fromHex(one.signature))
  expect(holds).toBe(one.expect === "ok")
})

test("a forgery under a small-order key is refused though the platform takes it", async () => {
  // R = the neutral point, S = 0: holds for every message under the neutral key.
  const neutral = fromHex(`01${"00".repeat(31)}`)
  const forged = concat(neutral, new Uint8Array(32))
  const taken = await crypto.subtle.importKey("raw", neutral, { name: "Ed25519" }, false, ["verify"])
  expect(await crypto.subtle.verify("Ed25519", taken, forged, utf8("anything"))).toBe(true)
  expect(await verify(neutral, utf8("anything"), forged)).toBe(false)
})

test("RFC 8032 test 2: key and signature of a seed", async () => {
  const seed = fromHex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
  expect(toHex(await publicKeyOf(seed))).toBe("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
  expect(toHex(await sign(seed, fromHex("72")))).toBe(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
      "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
  )
})

test("what a fresh seed signs holds under its key alone", async () => {
  const [own, other] = [generateSeed(), generateSeed()]
  const signature = await sign(own, utf8("m"))
  expect(await verify(await publicKeyOf(own), utf8("m"), signature)).toBe(true)
  expect(await verify(await publicKeyOf(other), utf8("m"), signature)).toBe(false)
  expect(await verify(await publicKeyOf(own), utf8("m"), signature.subarray(0, 63))).toBe(false)
  await expect(async () => sign(own.subarray(1), utf8("m"))).rejects.toThrow(KeyRefused)
})
