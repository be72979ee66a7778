import "fake-indexeddb/auto"
import { afterEach, expect, it } from "vitest"
import { LocalDirectory } from "../../src/client/directory"
import { ServerMistrusted } from "../../src/client/errors"
import { Http } from "../../src/client/http"
import { Store } from "../../src/client/store"
import { fromBase64 } from "../../src/wire/bytes"
import { utf8 } from "../../src/wire/bytes"
import { load } from "../wire/vectors"

interface Vectors {
  readonly root: string
  readonly lists: readonly string[]
  readonly keys: readonly { signer: string; after: number; at_ms: number; keys: readonly string[] }[]
  readonly devices: readonly { name: string; expect: string; after: number; at_ms: number; device: string }[]
  readonly refused: readonly { name: string; expect: string; after: number; list: string }[]
}

const { root, lists, devices, refused } = load<Vectors>("party_lists")
const UNLOCKING = { by: "passkey", credential: "c", salt: "s", prf: new Uint8Array(32) } as const
const NAME = "pratique-directory"
let store: Store | null = null

async function fresh(): Promise<LocalDirectory> {
  store = await Store.create(NAME, UNLOCKING)
  return await LocalDirectory.open(store, fromBase64(root))
}

async function again(): Promise<LocalDirectory> {
  await store?.close()
  store = await Store.open(NAME, UNLOCKING)
  return await LocalDirectory.open(store, fromBase64(root))
}

/** A server that shows these lists: what it says is the vectors' own. */
function showing(shown: readonly string[]): Http {
  const body = utf8(JSON.stringify({ party_lists: shown, now_ms: 5 }))
  return new Http("http://127.0.0.1:1", () => Promise.resolve(new Response(body)))
}

afterEach(async () => {
  await store?.destroy()
  store = null
})

it("takes party lists as they come, and knows them when it is opened again", async () => {
  const directory = await fresh()
  expect(await directory.refreshParties(showing(lists.slice(0, 2)))).toBe(5)
  expect(directory.authorities.number).toBe(2)
  await directory.refreshParties(showing(lists))
  expect((await again()).authorities.number).toBe(3)
})

it("mistrusts a server that shows fewer or other lists than before", async () => {
  const directory = await fresh()
  await directory.refreshParties(showing(lists))
  for (const shown of [lists.slice(0, 2), [lists[1], ...lists.slice(1)] as string[], []]) {
    const failed = await directory.refreshParties(showing(shown)).catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(ServerMistrusted)
    expect((failed as ServerMistrusted).code).toBe("party_list_rollback")
  }
  expect(directory.authorities.number).toBe(3)
})

it.each(refused.map((one) => [one.name, one] as const))("keeps no list that does not hold: %s", async (_name, one) => {
  const directory = await fresh()
  await directory.refreshParties(showing(lists.slice(0, one.after)))
  const shown = showing([...lists.slice(0, one.after), one.list])
  const failed = await directory.refreshParties(shown).catch((error: unknown) => error)
  expect(failed).toBeInstanceOf(ServerMistrusted)
  expect((failed as ServerMistrusted).code).toBe(one.expect)
  expect((await again()).authorities.number).toBe(one.after)
})

it("answers for the vectors' devices by what it keeps", async () => {
  for (const one of devices) {
    const directory = await fresh()
    await directory.refreshParties(showing(lists.slice(0, one.after)))
    const der = fromBase64(one.device)
    const uri = await directory.authorities.verifyDevice(der, one.at_ms).then((found) => String(found.uri), () => null)
    expect([one.name, uri !== null]).toEqual([one.name, one.expect === "ok"])
    await store?.transaction((batch) => directory.trust.putCertificate(batch, uri ?? "pratique://none", der))
    const reopened = await again()
    const found = await reopened.device(uri ?? "pratique://none", one.at_ms)
    expect([one.name, String(found?.uri ?? null)]).toEqual([one.name, String(uri)])
    await store?.destroy()
  }
  expect(devices.length).toBeGreaterThan(5)
})
