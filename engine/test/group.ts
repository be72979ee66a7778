/** Groups for the unit tests: devices that use the engine, and what an evil insider builds from the library's own parts. */
import assert from "node:assert/strict"
import { webcrypto } from "node:crypto"
import type { ClientState } from "ts-mls/clientState.js"
import { createCommit } from "ts-mls/createCommit.js"
import type { CiphersuiteImpl } from "ts-mls/crypto/ciphersuite.js"
import { type KeyPackage as MlsKeyPackage, signKeyPackage } from "ts-mls/keyPackage.js"
import { signLeafNodeKeyPackage } from "ts-mls/leafNode.js"
import type { Proposal } from "ts-mls/proposal.js"
import * as engine from "../src/engine.js"
import { decodeKeyPackage, encodeMessage } from "../src/messages.js"
import { loadPrivate, loadState } from "../src/state.js"
import { suite } from "../src/suite.js"

export const NOW = Math.floor(Date.now() / 1000)
export const DAY = 86_400

let made = 0

export class Device {
  state: Uint8Array = new Uint8Array()
  package!: engine.OwnKeyPackage

  private constructor(
    readonly uri: string,
    readonly seed: Uint8Array,
    readonly key: Uint8Array,
  ) {}

  static async make(lifetime = { not_before: NOW - DAY, not_after: NOW + DAY }): Promise<Device> {
    const seed = webcrypto.getRandomValues(new Uint8Array(32))
    const uri = `pratique://ke.stop.example/ncp/p/${made++}`
    const own = await engine.keyPackage({ uri, signature_key: seed, ...lifetime, last_resort: false })
    const device = new Device(uri, seed, decodeKeyPackage(own.key_package).leafNode.signaturePublicKey)
    device.package = own
    return device
  }

  get pair(): engine.Pair {
    return { uri: this.uri, key: this.key }
  }

  get index(): number {
    return this.raw.privatePath.leafIndex
  }

  /** the state as the library sees it, with a hook that lets everybody in */
  get raw(): ClientState {
    const state = loadState(this.state, [])
    return { ...state, clientConfig: { ...state.clientConfig, authService: { validateCredential: async () => true } } }
  }

  async create(groupId = webcrypto.getRandomValues(new Uint8Array(32))): Promise<void> {
    const p = { group_id: groupId, key_package: this.package.key_package, private: this.package.private }
    this.state = (await engine.create(p)).state
  }

  commit(
    p: { adds?: Device[]; removes?: number[]; aad?: Uint8Array; extension?: Uint8Array } = {},
  ): Promise<engine.Committed> {
    const adds = p.adds ?? []
    return engine.commit({
      state: this.state,
      adds: adds.map((device) => device.package.key_package),
      removes: p.removes ?? [],
      aad: p.aad ?? new Uint8Array(),
      allowed: adds.map((device) => device.pair),
      group_info_extension: p.extension ?? null,
    })
  }

  async join(made: engine.Committed, allowed: Device[]): Promise<engine.Joined> {
    assert(made.welcome !== null)
    const joined = await engine.join({
      welcome: made.welcome,
      key_package: this.package.key_package,
      private: this.package.private,
      ratchet_tree: made.ratchet_tree,
      allowed: allowed.map((device) => device.pair),
    })
    this.state = joined.state
    return joined
  }

  process(message: Uint8Array, committer: Device, allowed: Device[] = [], at = NOW): Promise<engine.Processed> {
    return engine.process({
      state: this.state,
      message,
      allowed: allowed.map((device) => device.pair),
      committer: committer.pair,
      at,
    })
  }
}

/** Make a group; everybody has joined by one commit of the first. */
export async function group(size: number): Promise<Device[]> {
  const devices = await Promise.all(Array.from({ length: size }, () => Device.make()))
  const [first, ...others] = devices as [Device, ...Device[]]
  await first.create()
  if (others.length > 0) {
    const committed = await first.commit({ adds: others })
    for (const device of others) await device.join(committed, devices)
    first.state = committed.state
  }
  return devices
}

/** Let one device commit and the others follow. */
export async function advance(
  devices: Device[],
  committer: Device,
  p: Parameters<Device["commit"]>[0] = {},
): Promise<engine.Committed> {
  const committed = await committer.commit(p)
  for (const device of devices) {
    if (device === committer) continue
    const done = await device.process(committed.commit, committer, p.adds ?? [])
    device.state = done.state
  }
  committer.state = committed.state
  return committed
}

/** Commit with the library alone: any proposal, any state, any crypto. */
export async function evilCommit(
  state: ClientState,
  extraProposals: Proposal[] = [],
  cs?: CiphersuiteImpl,
  wireAsPublicMessage = true,
): Promise<Uint8Array> {
  const cipherSuite = cs ?? (await suite())
  const { commit } = await createCommit(
    { state, cipherSuite },
    { extraProposals, wireAsPublicMessage, forcePath: true },
  )
  return encodeMessage(commit)
}

/** Change a device's key package as it likes, validly signed by it. */
export async function forgedKeyPackage(
  device: Device,
  change: (keyPackage: MlsKeyPackage) => MlsKeyPackage,
): Promise<Uint8Array> {
  const { signature } = await suite()
  const changed = change(decodeKeyPackage(device.package.key_package))
  const leafNode = await signLeafNodeKeyPackage(changed.leafNode, device.seed, signature)
  const keyPackage = await signKeyPackage(
    { ...changed, leafNode: { ...changed.leafNode, ...leafNode } },
    device.seed,
    signature,
  )
  return encodeMessage({ wireformat: "mls_key_package", keyPackage })
}

export function privateOf(device: Device): ReturnType<typeof loadPrivate> {
  return loadPrivate(device.package.private)
}

/** Expect a refusal with a code. */
export async function refused(code: string, attempt: Promise<unknown>): Promise<void> {
  await assert.rejects(attempt, (error: unknown) => {
    assert(error instanceof engine.EngineError, `no EngineError: ${String(error)}`)
    assert.equal(error.code, code, error.message)
    return true
  })
}
