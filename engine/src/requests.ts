/** Requests as JSON: `{"id","method","params"}` in, `{"id","result"}` or `{"id","error":{"code","message"}}` out. */
import { fromBase64, toBase64 } from "./bytes.js"
import * as engine from "./engine.js"
import { asEngineError, require } from "./errors.js"
import type { Pair } from "./leaves.js"

type Json = null | boolean | number | string | Json[] | { [name: string]: Json }

/** The parameters of one request; each is taken once, and none may be left. */
class Params {
  readonly #left: Map<string, Json>

  constructor(params: Json) {
    this.#left = new Map(Object.entries(object(params, "params")))
  }

  take(name: string): Json {
    const value = this.#left.get(name)
    require(value !== undefined, "bad_request", `the parameter ${name} is missing`)
    this.#left.delete(name)
    return value
  }

  bytes = (name: string): Uint8Array => bytes(this.take(name), name)
  text = (name: string): string => text(this.take(name), name)
  count = (name: string): number => count(this.take(name), name)
  list = <T>(name: string, item: (value: Json, name: string) => T): T[] => {
    const value = this.take(name)
    require(Array.isArray(value), "bad_request", `${name} is not a list`)
    return value.map((entry) => item(entry, name))
  }
  pairs = (name: string): Pair[] => this.list(name, pair)
  maybeBytes = (name: string): Uint8Array | null => {
    const value = this.take(name)
    return value === null ? null : bytes(value, name)
  }
  flag = (name: string): boolean => {
    const value = this.take(name)
    require(typeof value === "boolean", "bad_request", `${name} is neither true nor false`)
    return value
  }

  end(): void {
    require(this.#left.size === 0, "bad_request", "the request has an unknown parameter")
  }
}

function object(value: Json | undefined, name: string): { [name: string]: Json } {
  require(typeof value === "object" &&
    value !== null &&
    !Array.isArray(value), "bad_request", `${name} is not an object`)
  return value
}

function text(value: Json | undefined, name: string): string {
  require(typeof value === "string", "bad_request", `${name} is not a string`)
  return value
}

function bytes(value: Json | undefined, name: string): Uint8Array {
  return fromBase64(text(value, name))
}

function count(value: Json, name: string): number {
  require(Number.isSafeInteger(value) && (value as number) >= 0, "bad_request", `${name} is not a whole number`)
  return value as number
}

function pair(value: Json, name: string): Pair {
  const { uri, key } = object(value, name)
  return { uri: text(uri, name), key: bytes(key, name) }
}

const METHODS: Record<string, (p: Params) => Promise<object>> = {
  key_package: (p) =>
    call(p, engine.keyPackage, {
      uri: p.text("uri"),
      signature_key: p.bytes("signature_key"),
      not_before: p.count("not_before"),
      not_after: p.count("not_after"),
      last_resort: p.flag("last_resort"),
    }),
  create: (p) =>
    call(p, engine.create, {
      group_id: p.bytes("group_id"),
      key_package: p.bytes("key_package"),
      private: p.bytes("private"),
    }),
  commit: (p) =>
    call(p, engine.commit, {
      state: p.bytes("state"),
      adds: p.list("adds", bytes),
      removes: p.list("removes", count),
      aad: p.bytes("aad"),
      allowed: p.pairs("allowed"),
      group_info_extension: p.maybeBytes("group_info_extension"),
    }),
  join: (p) =>
    call(p, engine.join, {
      welcome: p.bytes("welcome"),
      key_package: p.bytes("key_package"),
      private: p.bytes("private"),
      ratchet_tree: p.bytes("ratchet_tree"),
      allowed: p.pairs("allowed"),
    }),
  process: (p) =>
    call(p, engine.process, {
      state: p.bytes("state"),
      message: p.bytes("message"),
      allowed: p.pairs("allowed"),
      committer: pair(p.take("committer"), "committer"),
      at: p.count("at"),
    }),
  epoch: (p) => call(p, engine.epoch, { state: p.bytes("state") }),
  version: (p) => call(p, async () => engine.VERSIONS, {}),
}

function call<P, R extends object>(params: Params, method: (p: P) => Promise<R>, given: P): Promise<R> {
  params.end()
  return method(given)
}

/** Answer one line; never throws. */
export async function answer(line: string): Promise<string> {
  let id: Json = null
  try {
    const request = object(parse(line), "the request")
    id = request["id"] ?? null
    const name = text(request["method"], "method")
    const method = Object.hasOwn(METHODS, name) ? METHODS[name] : undefined
    require(method !== undefined, "bad_request", "the engine has no such method")
    const result = await method(new Params(request["params"] ?? null))
    return JSON.stringify({ id, result }, (_key, value: unknown) =>
      value instanceof Uint8Array ? toBase64(value) : value,
    )
  } catch (thrown) {
    const { code, message } = asEngineError(thrown)
    return JSON.stringify({ id, error: { code, message } })
  }
}

function parse(line: string): Json {
  try {
    return JSON.parse(line) as Json
  } catch {
    return null
  }
}
