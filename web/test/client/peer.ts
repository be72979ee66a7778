/**
 * Be devices of the browser's SDK for a test in another language: JSON lines in, JSON lines out.
 *
 *     {"id": 1, "device": "be", "method": "post", "args": {…}} ─▶ {"id": 1, "result": …} | {"id": 1, "error": {…}}
 */

import "fake-indexeddb/auto"
import { readFile, writeFile } from "node:fs/promises"
import { createInterface } from "node:readline"
import { Device, type Surroundings } from "../../src/client/device"
import { PratiqueError } from "../../src/client/errors"
import type { Unlocking } from "../../src/client/keystore"
import type { Notice, OpenedEntry } from "../../src/client/opened"
import { repair, restore, writeRecovery } from "../../src/client/recovery"
import { postingOf } from "../../src/client/store"
import type { Bundle } from "../../src/groups/engine_host"
import { regaining } from "../../src/groups/regaining"
import { fromUtf8, toHex, utf8 } from "../../src/wire/bytes"
import { Urgency } from "../../src/wire/entries"
import { Refused } from "../../src/wire/refused"

interface Args {
  readonly [name: string]: unknown
  readonly channel: string
  readonly channels: readonly string[]
  readonly operation: string
  readonly offices: readonly string[]
  readonly parties: readonly string[]
  readonly seat: readonly string[]
  readonly unseat: readonly string[]
  readonly text: string
  readonly ticket: string
  readonly label: string
  readonly file: string
  readonly passphrase: string
  readonly office: string
  readonly person: string
  readonly invitation: string
  readonly fingerprint: string
  readonly uri: string
}

interface Asked {
  readonly id: number
  readonly device: string
  readonly method: string
  readonly args: Args
}

const [url, enginePath] = process.argv.slice(2) as [string, string]
const devices = new Map<string, Device>()
const watched = new Map<string, (OpenedEntry | Notice)[]>()
const waiting = new Map<string, () => void>()
const ends = new Map<string, AbortController>()

function around(name: string): Surroundings {
  const bundle = async (): Promise<Bundle> => (await import(enginePath)) as Bundle
  return { url, database: `pratique-${name}`, bundle }
}

function unlocking(name: string): Unlocking {
  return { by: "passkey", credential: name, salt: "c2FsdA", prf: new Uint8Array(32).fill(7) }
}

function device(name: string): Device {
  const found = devices.get(name)
  if (found === undefined) throw new Error(`no device ${name}`)
  return found
}

const METHODS: Readonly<Record<string, (name: string, args: Args) => Promise<unknown>>> = {
  async enrol(name, { ticket, label }) {
    const begun = await Device.beginEnrolment(around(name), ticket, label, unlocking(name))
    devices.set(name, begun.device)
    const again = await begun.device.fingerprint()
    return { uri: String(begun.device.uri), fingerprint: begun.fingerprint, again }
  },
  finish: (name) => device(name).finishEnrolment(),
  sync: (name) => device(name).sync(),
  post: (name, { channel, text }) => device(name).post(channel, "message", utf8(text)),
  post_all: (name, { channels, text }) => {
    const contents = [["message", utf8(text)]] as const
    return device(name).postAll(channels.map((one) => postingOf(one, contents, { urgency: Urgency.URGENT })))
  },
  create_channel: (name, { operation, offices }) => {
    return device(name).createChannel(operation, { title: "from web", offices })
  },
  lane: (name, { operation, parties }) => device(name).lane(operation, parties),
  change_seats: (name, { channel, seat, unseat }) => device(name).changeSeats(channel, seat, unseat),
  update_leaf: (name, { channel }) => device(name).updateLeaf(channel),
  rejoin: (name, { channel }) => device(name).rejoin(channel),
  operations: (name) => device(name).operations(),
  doctor: (name) => device(name).doctor(),
  cursors: async (name, { channel }) => Object.fromEntries(await device(name).cursors(channel)),
  states: (name) => Promise.resolve(device(name).channels()),
  unsent: (name) => Promise.resolve(device(name).unsent()),
  read: (name, { channel }) => Promise.resolve([...device(name).opened(channel)].map(plain)),
  take_authority: async (name, { file, passphrase }) => {
    const files = [await readFile(file), await readFile(`${file}.key`)] as const
    return (await device(name).takeAuthority(...files, passphrase)).party
  },
  invite: async (name, { office, person }) => {
    const ticket = await officer(name).invite(office, person)
    return { id: ticket.id, text: ticket.text() }
  },
  waiting: async (name, { invitation }) => (await officer(name).waiting(invitation))?.fingerprint ?? null,
  approve: (name, { invitation, fingerprint }) => officer(name).approve(invitation, fingerprint),
  renew: (name, { uri }) => officer(name).renew(uri),
  revoke: (name, { uri }) => officer(name).revoke(uri),
  async reopen(name) {
    await device(name).close()
    devices.set(name, await Device.open(around(name), unlocking(name)))
    return true
  },
  async recovery_file(name, { passphrase, file }) {
    const { name: called, bytes } = await writeRecovery(device(name).store, unlocking(name), passphrase)
    await writeFile(file, bytes)
    return called
  },
  async restore(name, { file, passphrase }) {
    const where = around(name)
    devices.set(name, await Device.over(await restore(where, await readFile(file), passphrase), where))
    return true
  },
  regaining: (name) => {
    const { store, uri } = device(name)
    return Promise.resolve(regaining(store, device(name).channels(), String(uri)))
  },
  /** Lock, and alter a sealed row. */
  async spoil(name) {
    await device(name).close()
    devices.delete(name)
    await spoilRows(`pratique-${name}`)
    return true
  },
  async open(name) {
    devices.set(name, await Device.open(around(name), unlocking(name)))
    return true
  },
  async repair(name) {
    const where = around(name)
    devices.set(name, await Device.over(await repair(where, unlocking(name)), where))
    return true
  },
  /** Open a copy of a device under another name, so that what is done to it is done to nobody. */
  async copy(name, { text }) {
    await copyDatabase(`pratique-${name}`, `pratique-${text}`)
    devices.set(text, await Device.open(around(text), unlocking(text)))
    return true
  },
  async wipe(name) {
    await device(name).destroy()
    devices.delete(name)
    return await databases()
  },
  databases,
  watch(name) {
    const end = new AbortController()
    ends.set(name, end)
    watched.set(name, [])
    const run = async (): Promise<void> => {
      for await (const one of device(name).watch({ signal: end.signal })) {
        watched.get(name)?.push(one)
        waiting.get(name)?.()
      }
    }
    run().catch((failed: unknown) => process.stderr.write(`${name} watches no more: ${String(failed)}\n`))
    return Promise.resolve(true)
  },
  unwatch(name) {
    ends.get(name)?.abort()
    return Promise.resolve(true)
  },
  /** Wait until the watch has shown a message that says `text`. */
  async heard(name, { text }) {
    for (;;) {
      const seen = watched.get(name) ?? []
      if (seen.some((one) => "body" in one && fromUtf8(one.body) === text)) return seen.length
      await new Promise<void>((wake) => waiting.set(name, wake))
    }
  },
}

async function databases(): Promise<(string | undefined)[]> {
  return (await indexedDB.databases()).map((one) => one.name)
}

/** Alter the newest of the rows, which are never those that say whose the store is. */
async function spoilRows(name: string): Promise<void> {
  const base = await opened(name)
  const rows = base.transaction("rows", "readwrite").objectStore("rows")
  const newest = rows.openCursor(null, "prev")
  await new Promise<void>((done) => {
    newest.onsuccess = () => {
      const altered = newest.result?.value as Uint8Array
      altered[altered.length - 1]! ^= 1
      newest.result?.update(altered)
      rows.transaction.oncomplete = () => done()
    }
  })
  base.close()
}

async function copyDatabase(from: string, to: string): Promise<void> {
  const [source, target] = [await opened(from), await opened(to, ["meta", "rows"])]
  for (const name of source.objectStoreNames) {
    const rows = source.transaction(name).objectStore(name).openCursor()
    const kept: [IDBValidKey, unknown][] = []
    await new Promise<void>((done) => {
      rows.onsuccess = () => {
        if (rows.result === null) return done()
        kept.push([rows.result.key, rows.result.value])
        rows.result.continue()
      }
    })
    const writing = target.transaction(name, "readwrite")
    for (const [key, value] of kept) writing.objectStore(name).put(value, key)
    await new Promise((done) => (writing.oncomplete = done))
  }
  source.close()
  target.close()
}

async function opened(name: string, make: readonly string[] = []): Promise<IDBDatabase> {
  // Dexie counts versions in tens.
  const asked = indexedDB.open(name, 10)
  asked.onupgradeneeded = () => make.forEach((one) => asked.result.createObjectStore(one))
  return await new Promise((done, failed) => {
    asked.onsuccess = () => done(asked.result)
    asked.onerror = () => failed(asked.error ?? new Error(name))
  })
}

function officer(name: string): NonNullable<ReturnType<Device["officer"]>> {
  const found = device(name).officer()
  if (found === null) throw new Error(`${name} holds no authority`)
  return found
}

function plain(one: OpenedEntry): object {
  return { ...one, body: fromUtf8(one.body) }
}

async function answer(line: string): Promise<string> {
  const { id, device: name, method, args } = JSON.parse(line) as Asked
  try {
    const result = await METHODS[method]?.(name, args)
    return JSON.stringify({ id, result: result ?? null }, (_key, value: unknown) =>
      value instanceof Uint8Array ? toHex(value) : value,
    )
  } catch (failed) {
    const known = failed instanceof PratiqueError || failed instanceof Refused
    const code = known ? failed.code : "unexpected"
    const told = failed instanceof Error ? (failed.stack ?? failed.message) : String(failed)
    return JSON.stringify({ id, error: { code, detail: known ? failed.detail : told } })
  }
}

createInterface({ input: process.stdin }).on("line", (line) => {
  void answer(line).then((told) => process.stdout.write(`${told}\n`))
})
process.stdin.on("end", () => process.exit(0))
