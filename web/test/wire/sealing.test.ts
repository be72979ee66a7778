import { expect, test } from "vitest"
import { fromBase64, fromHex, toHex, utf8 } from "../../src/wire/bytes"
import { decrypt, encrypt } from "../../src/wire/cobblestone"
import { Kind, kindFromWord, type Seen } from "../../src/wire/entries"
import { generateSeed, publicKeyOf } from "../../src/wire/keys"
import { type EpochKey, openLink, openSealed, PADDED_BYTES, type Place, seal, sealLink } from "../../src/wire/sealing"
import { type Case, load, rows, verdict } from "./vectors"

interface Base {
  channel: string
  device: string
  post_id: string
  kind: string
  epoch: number
  key: string
  authenticator: string
  signature_key: string
}
interface SealCase extends Case {
  sealed: string
  with?: Partial<Base>
  content?: { type: string; seen: Seen; body: string }
  link?: { epoch: number; key: string; authenticator: string }
}
const FILE = load<{
  base: Base
  padded_bytes: number[]
  cases: SealCase[]
  sizes: { type: string; body_bytes: number; sealed_bytes: number }[]
}>("sealing")

const SEED = generateSeed()
const SEEN: Seen = { seq: 9, chain: "00".repeat(32) }
const PLACE: Place = { channel: "00".repeat(32), device: FILE.base.device, post_id: "01".repeat(16) }
const EPOCH: EpochKey = { epoch: 3, key: new Uint8Array(32), authenticator: new Uint8Array(32).fill(7) }

/** Open a case of the vectors as what its place says it is, and show it as the case does. */
async function opened(one: SealCase): Promise<object> {
  const given = { ...FILE.base, ...one.with }
  const kind = kindFromWord(given.kind)
  const place = { channel: given.channel, device: given.device, post_id: given.post_id.replaceAll("-", ""), kind }
  const epoch = { epoch: given.epoch, key: fromHex(given.key), authenticator: fromHex(given.authenticator) }
  const [data, signer] = [fromBase64(one.sealed), fromHex(given.signature_key)]
  if (kind === Kind.LINK) {
    const old = await openLink(data, place, epoch, signer)
    return { epoch: old.epoch, key: toHex(old.key), authenticator: toHex(old.authenticator) }
  }
  const content = await openSealed(data, place, epoch, signer)
  return { type: content.type, seen: content.seen, body: toHex(content.body) }
}

test.each(rows(FILE.cases))("%s", async (_, one) => {
  expect(await verdict(() => opened(one))).toBe(one.expect)
  if (one.expect === "ok") expect(await opened(one)).toEqual(one.link ?? one.content)
})

test("the padded sizes are those of the vectors", () => {
  expect(PADDED_BYTES).toEqual(FILE.padded_bytes)
})

test.each(FILE.sizes)("a body of $body_bytes bytes shows as $sealed_bytes", async (one) => {
  const content = { type: one.type, seen: SEEN, body: new Uint8Array(one.body_bytes) }
  const sealed = await seal(content, PLACE, EPOCH, SEED)
  expect(sealed).toHaveLength(one.sealed_bytes)
  expect(await openSealed(sealed, PLACE, EPOCH, await publicKeyOf(SEED))).toEqual(content)
  expect(await seal(content, PLACE, EPOCH, SEED)).not.toEqual(sealed)
})

test("one byte more than the largest content does not fit", async () => {
  const largest = FILE.sizes.at(-1)?.body_bytes ?? 0
  const content = { type: "message", seen: SEEN, body: new Uint8Array(largest + 1) }
  expect(await verdict(() => seal(content, PLACE, EPOCH, SEED))).toBe("content_too_large")
})

test("no changed byte opens", async () => {
  const content = { type: "message", seen: SEEN, body: utf8("body") }
  const [sealed, key] = [await seal(content, PLACE, EPOCH, SEED), await publicKeyOf(SEED)]
  for (let at = 0; at < sealed.length; at++) {
    const changed = sealed.slice()
    changed[at] = (changed[at] as number) ^ 0x10
    expect(await verdict(() => openSealed(changed, PLACE, EPOCH, key)), `byte ${at}`).toBe("cannot_open")
    expect(await verdict(() => openSealed(sealed.subarray(0, at), PLACE, EPOCH, key))).toBe("cannot_open")
  }
})

test("links walk back epoch by epoch", async () => {
  const place = { ...PLACE, kind: Kind.LINK }
  const epochs = [0, 1, 2, 3].map((epoch) => ({
    epoch,
    key: new Uint8Array(32).fill(epoch),
    authenticator: new Uint8Array(32).fill(100 + epoch),
  })) as [EpochKey, EpochKey, EpochKey, EpochKey]
  const key = await publicKeyOf(SEED)
  let found = epochs[3]
  for (const at of [2, 1, 0] as const) {
    const link = await sealLink(epochs[at], epochs[(at + 1) as 1 | 2 | 3], place, SEEN, SEED)
    expect(await verdict(() => openSealed(link, PLACE, found, key))).toBe("cannot_open")
    found = await openLink(link, place, found, key)
  }
  expect(found).toEqual(epochs[0])
})

test.each([0, 1, 16_383, 16_384, 16_385, 32_768, 40_000])("%i bytes have one chunking", async (size) => {
  const [key, context] = [generateSeed(), utf8("context")]
  const message = Uint8Array.from({ length: size }, (_, at) => at & 255)
  const sealed = await encrypt(key, context, message)
  expect(sealed).toHaveLength(56 + size + 16 * (Math.floor(size / 16_384) + 1))
  expect(await decrypt(key, context, sealed)).toEqual(message)
  expect(await decrypt(key, utf8("other"), sealed)).toBeNull()
  // Cut at the end of a chunk: only the missing short chunk tells.
  const chunks = Math.floor(size / 16_384)
  if (chunks) expect(await decrypt(key, context, sealed.subarray(0, 56 + chunks * (16_384 + 16)))).toBeNull()
})
