/** Ask the server over HTTP: strict JSON both ways, problems as exceptions, repeats only of what is safe to repeat. */

import { fromBase64, toBase64 } from "../wire/bytes"
import * as strictJson from "../wire/strict_json"
import { Problem, ServerMistrusted, Unreachable } from "./errors"

const TRIES = 5
const FIRST_PAUSE_MS = 200
const TIMEOUT_MS = 30_000
const MAX_ANSWER_BYTES = 64 * 1024 * 1024
const LONGEST_PAUSE_MS = 5_000

type Bytes = Uint8Array<ArrayBuffer>

/** What a field of an answer may be; bytes are read from base64. */
export interface FieldKinds {
  str: string
  int: number
  bytes: Bytes
  list: unknown[]
  dict: Record<string, unknown>
}

/**
 * How one request is sent.
 *
 * `repeat`: whether sending the same bytes again is harmless, by itself true for GET and PUT; `media`: what the bytes
 * of a body are.
 */
export interface Sending {
  readonly bearer?: string
  readonly repeat?: boolean
  readonly media?: string
}

/** One server, asked by `fetch`. */
export class Http {
  readonly url: string
  readonly #fetch: typeof fetch

  /** Take the server's origin, as `location.origin` has it. */
  constructor(url: string, ask: typeof fetch = (input, init) => fetch(input, init)) {
    this.url = url.replace(/\/+$/, "")
    this.#fetch = ask
  }

  /**
   * Send one request and give the answer; `body` is sent as it is where it is bytes, else as strict JSON.
   *
   * Raises  Problem, Unreachable, ServerMistrusted
   */
  async call(method: string, path: string, body: unknown = null, sending: Sending = {}): Promise<Answer> {
    const content = body === null ? null : body instanceof Uint8Array ? body : strictJson.dumps(body)
    const headers: Record<string, string> = { accept: "application/json" }
    if (content !== null) headers["content-type"] = sending.media ?? "application/json"
    if (sending.bearer) headers["authorization"] = `Bearer ${sending.bearer}`
    const again = sending.repeat ?? (method === "GET" || method === "PUT")
    let pause = FIRST_PAUSE_MS
    for (let left = TRIES - 1; ; left--) {
      let wait = pause
      try {
        return (await this.#ask(method, path, content, headers)).checked()
      } catch (failed) {
        if (failed instanceof Problem) {
          const told = failed.facts["retry_after_s"]
          wait = Math.max(pause, 1000 * (typeof told === "number" ? told : 0))
        }
        const worth = failed instanceof Unreachable || (failed instanceof Problem && failed.action === "retry")
        if (!worth || !again || left === 0 || wait > LONGEST_PAUSE_MS) throw failed
      }
      await pauseFor(wait)
      pause *= 2
    }
  }

  async #ask(
    method: string,
    path: string,
    content: Uint8Array | null,
    headers: Record<string, string>,
  ): Promise<Answer> {
    let response: Response
    try {
      response = await this.#fetch(this.url + path, {
        method,
        headers,
        body: content as Bytes | null,
        credentials: "omit",
        cache: "no-store",
        redirect: "error",
        referrerPolicy: "no-referrer",
        signal: AbortSignal.timeout(TIMEOUT_MS),
      })
      return new Answer(response.status, response.headers, await bodyOf(response))
    } catch (failed) {
      if (failed instanceof ServerMistrusted) throw failed
      throw new Unreachable(this.url, failed instanceof Error ? failed.message : String(failed))
    }
  }
}

/** One answer of the server. */
export class Answer {
  #read: { json: unknown } | null = null

  constructor(
    readonly status: number,
    readonly headers: Headers,
    readonly content: Bytes,
  ) {}

  /** Give this answer, or throw the `Problem` that it is. */
  checked(): Answer {
    if (this.status >= 200 && this.status < 300) return this
    let told: unknown
    try {
      told = strictJson.loads(this.content)
    } catch {
      told = null
    }
    if (!isDict(told) || told["code"] === undefined || told["detail"] === undefined) {
      throw new Problem("http_error", this.status, `HTTP ${this.status}`)
    }
    const { code, detail, action, type: _type, title: _title, status: _status, ...facts } = told
    throw new Problem(plain(code), this.status, plain(detail), plain(action ?? ""), facts)
  }

  /** Read the body as strict JSON; throws `ServerMistrusted`. */
  json(): unknown {
    try {
      this.#read ??= { json: strictJson.loads(this.content) }
    } catch {
      throw new ServerMistrusted("bad_answer", "the server's answer is not strict JSON")
    }
    return this.#read.json
  }

  /** Give one field of a JSON object, of a kind; throws `ServerMistrusted`. */
  get<K extends keyof FieldKinds>(name: string, kind: K): FieldKinds[K] {
    return field(this.json(), name, kind)
  }
}

/** Give one field of an object the server sent, of a kind; throws `ServerMistrusted`. */
export function field<K extends keyof FieldKinds>(value: unknown, name: string, kind: K): FieldKinds[K] {
  const found = isDict(value) && Object.hasOwn(value, name) ? value[name] : undefined
  const read = READ[kind](found)
  if (read === null) throw new ServerMistrusted("bad_answer", `the server's answer lacks ${name}`)
  return read
}

const READ: { readonly [K in keyof FieldKinds]: (found: unknown) => FieldKinds[K] | null } = {
  str: (found) => (typeof found === "string" ? found : null),
  int: (found) => (typeof found === "number" && Number.isSafeInteger(found) ? found : null),
  bytes: (found) => {
    try {
      return typeof found === "string" ? fromBase64(found) : null
    } catch {
      return null
    }
  },
  list: (found) => (Array.isArray(found) ? (found as unknown[]) : null),
  dict: (found) => (isDict(found) ? found : null),
}

/** Give text of the server's as one short printable line. */
export function plain(value: unknown): string {
  const told = typeof value === "string" ? value : (JSON.stringify(value) ?? "")
  return [...told.slice(0, 300)].map((letter) => (/[\p{C}\p{Zl}\p{Zp}]/u.test(letter) ? "?" : letter)).join("")
}

/** Read a list of base64 texts; throws `ServerMistrusted`. */
export function blobs(values: readonly unknown[]): Bytes[] {
  return values.map((value) => field({ value }, "value", "bytes"))
}

/** Write bytes as the API carries them: standard base64. */
export function text(data: Uint8Array): string {
  return toBase64(data)
}

/** Wait, half as long or half as long again, so that many who wait do not come at once. */
export async function pauseFor(ms: number, signal?: AbortSignal): Promise<void> {
  if (signal?.aborted === true) return
  await new Promise<void>((done) => {
    const finish = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener("abort", finish)
      done()
    }
    const timer = setTimeout(finish, ms * (0.5 + Math.random()))
    signal?.addEventListener("abort", finish)
  })
}

async function bodyOf(response: Response): Promise<Bytes> {
  const parts: Uint8Array[] = []
  let size = 0
  const reader = response.body?.getReader()
  for (let part = await reader?.read(); part !== undefined && !part.done; part = await reader?.read()) {
    size += part.value.length
    if (size > MAX_ANSWER_BYTES) {
      await reader?.cancel()
      throw new ServerMistrusted("answer_too_large", `the server sends more than ${MAX_ANSWER_BYTES} bytes`)
    }
    parts.push(part.value)
  }
  const whole = new Uint8Array(size)
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function isDict(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
