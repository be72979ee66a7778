/**
 * Ask the MLS engine: the one bundle, imported into this worker, asked one JSON line at a time.
 *
 *     await engine.commit(state, {adds}) ─▶ {"id", "method", "params"} ─▶ engine.js ─▶ {"id", "result" | "error"}
 *
 * It keeps nothing between two calls: a call that fails leaves nothing behind. Refuses to know logs, certificates and
 * stores: who may stand in a tree is told by the caller (`allowed`), and what the answers are worth is his to save.
 */

import { PratiqueError } from "../client/errors"
import { toBase64 } from "../wire/bytes"
import * as answers from "./engine_answers"
import type { Committed, Created, Epoch, Joined, KeyPackage, Processed, Result, Versions } from "./engine_answers"

export type { Committed, Created, Epoch, Joined, KeyPackage, Leaf, Processed, Versions } from "./engine_answers"

/** A device URI and its Ed25519 public key. */
export type Pair = readonly [string, Uint8Array]

/** What the bundle exports. */
export interface Bundle {
  answer(line: string): Promise<string>
}

/** Says that the engine refuses, with a stable code (engine/src/errors.ts lists them). */
export class EngineError extends PratiqueError {}

/** Says that no answer came: nothing is known about what was asked. Codes: `engine_missing`, `engine_lost`. */
export class EngineUnavailable extends EngineError {
  constructor(code: string, detail: string) {
    super(code, detail, "`pratique doctor` looks at everything")
  }
}

/** Import the bundle that the build put beside the pages; the signed manifest pins its bytes. */
export async function importBundle(): Promise<Bundle> {
  const path = "/engine.js"
  return (await import(/* @vite-ignore */ path)) as Bundle
}

/** Ask the MLS engine, from any number of tasks; each call has its turn. */
export class Engine {
  readonly #load: () => Promise<Bundle>
  #bundle: Promise<Bundle> | null = null
  #turn: Promise<unknown> = Promise.resolve()
  #last = 0

  /** `load` gives the bundle; it is asked for with the first call, and again where it failed. */
  constructor(load: () => Promise<Bundle> = importBundle) {
    this.#load = load
  }

  /**
   * Make a key package.
   *
   * Takes   signatureKey: the device's Ed25519 seed, 32 bytes
   * Unit    notBefore, notAfter: seconds since 1970
   */
  async keyPackage(
    uri: string,
    signatureKey: Uint8Array,
    span: { notBefore: number; notAfter: number; lastResort?: boolean },
  ): Promise<KeyPackage> {
    const result = await this.#call("key_package", {
      uri,
      signature_key: toBase64(signatureKey),
      not_before: span.notBefore,
      not_after: span.notAfter,
      last_resort: span.lastResort ?? false,
    })
    return answers.readKeyPackage(result)
  }

  /** Begin a group with one leaf, at epoch 0. */
  async create(groupId: Uint8Array, keyPackage: Uint8Array, privatePart: Uint8Array): Promise<Created> {
    const params = { group_id: toBase64(groupId), key_package: toBase64(keyPackage), private: toBase64(privatePart) }
    return answers.readCreated(await this.#call("create", params))
  }

  /**
   * Stage the next epoch; the old state stays good until the server has accepted the commit.
   *
   * Takes   adds: key packages; removes: leaf indices; aad: the commit's authenticated data; allowed: the pairs that
   *         may be added; groupInfoExtension: bytes for the GroupInfo, the uploaded and the welcome's
   */
  async commit(
    state: Uint8Array,
    given: {
      adds?: Iterable<Uint8Array>
      removes?: Iterable<number>
      aad?: Uint8Array
      allowed?: Iterable<Pair>
      groupInfoExtension?: Uint8Array | null
    } = {},
  ): Promise<Committed> {
    const extension = given.groupInfoExtension ?? null
    const result = await this.#call("commit", {
      state: toBase64(state),
      adds: [...(given.adds ?? [])].map(toBase64),
      removes: [...(given.removes ?? [])],
      aad: toBase64(given.aad ?? new Uint8Array()),
      allowed: pairs(given.allowed ?? []),
      group_info_extension: extension === null ? null : toBase64(extension),
    })
    return answers.readCommitted(result)
  }

  /** Join a group by a welcome; every leaf of its tree must be among the allowed. */
  async join(
    welcome: Uint8Array,
    keyPackage: Uint8Array,
    privatePart: Uint8Array,
    ratchetTree: Uint8Array,
    allowed: Iterable<Pair>,
  ): Promise<Joined> {
    const result = await this.#call("join", {
      welcome: toBase64(welcome),
      key_package: toBase64(keyPackage),
      private: toBase64(privatePart),
      ratchet_tree: toBase64(ratchetTree),
      allowed: pairs(allowed),
    })
    return answers.readJoined(result)
  }

  /**
   * Follow another device's commit into the next epoch.
   *
   * Takes   allowed: the pairs that may be added; committer: whom the entry names
   * Unit    at: seconds since 1970, the entry's instant; added key packages must be valid then
   */
  async process(
    state: Uint8Array,
    message: Uint8Array,
    given: { allowed: Iterable<Pair>; committer: Pair; at: number },
  ): Promise<Processed> {
    const result = await this.#call("process", {
      state: toBase64(state),
      message: toBase64(message),
      allowed: pairs(given.allowed),
      committer: pairs([given.committer])[0],
      at: given.at,
    })
    return answers.readProcessed(result)
  }

  /** Give what a saved state knows of its epoch. */
  async epoch(state: Uint8Array): Promise<Epoch> {
    return answers.readEpoch(await this.#call("epoch", { state: toBase64(state) }))
  }

  /** Give the versions of the engine, of ts-mls and of our patch. */
  async version(): Promise<Versions> {
    return answers.readVersions(await this.#call("version", {}))
  }

  async #call(method: string, params: Readonly<Record<string, unknown>>): Promise<Result> {
    const line = JSON.stringify({ id: ++this.#last, method, params })
    const mine = this.#turn.then(async () => (await this.#loaded()).answer(line))
    this.#turn = mine.catch(() => undefined)
    let answer: { result?: Result; error?: { code: string; message: string } }
    try {
      answer = JSON.parse(await mine) as typeof answer
    } catch (failed) {
      if (failed instanceof EngineError) throw failed
      throw new EngineUnavailable("engine_lost", `the engine did not answer: ${String(failed)}`)
    }
    if (answer.error !== undefined) throw new EngineError(answer.error.code, answer.error.message)
    if (answer.result === undefined) throw new EngineUnavailable("engine_lost", "the engine's answer is empty")
    return answer.result
  }

  async #loaded(): Promise<Bundle> {
    this.#bundle ??= this.#load()
    try {
      return await this.#bundle
    } catch (failed) {
      this.#bundle = null
      throw new EngineUnavailable("engine_missing", `the engine cannot be loaded: ${String(failed)}`)
    }
  }
}

function pairs(all: Iterable<Pair>): { uri: string; key: string }[] {
  return [...all].map(([uri, key]) => ({ uri, key: toBase64(key) }))
}
