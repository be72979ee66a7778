/** The page's side of the worker: ask, act, be told what changed. */
import type { Acts, Client, Failure, FieldProblem, Queries, Topic } from "./api"
import { scriptUrl } from "./script_url"
import type { FromPage, ToPage } from "./worker/messages"
import workerUrl from "./worker/worker?worker&url"

/** A `Failure` that can be thrown. */
export class Failed extends Error implements Failure {
  readonly code: string
  readonly detail: string
  readonly hint?: string
  readonly problems?: FieldProblem[]

  constructor(failure: Failure) {
    super(failure.detail)
    this.name = "Failed"
    this.code = failure.code
    this.detail = failure.detail
    if (failure.hint !== undefined) this.hint = failure.hint
    if (failure.problems !== undefined) this.problems = failure.problems
  }
}

/** What `WorkerClient` needs of a worker: also a `MessagePort`. */
export interface Port {
  postMessage(message: unknown): void
  onmessage: ((event: MessageEvent) => unknown) | null
}

interface Pending {
  resolve(answer: unknown): void
  reject(error: unknown): void
}

export class WorkerClient implements Client {
  readonly #port: Port
  readonly #pending = new Map<number, Pending>()
  readonly #listeners = new Set<{ topics: ReadonlySet<Topic>; changed: () => void }>()
  #last = 0

  constructor(port: Port) {
    this.#port = port
    port.onmessage = (event) => this.#hear(event.data as ToPage)
  }

  query<K extends keyof Queries>(
    name: K,
    ...given: Queries[K][0] extends undefined ? [] : [Queries[K][0]]
  ): Promise<Queries[K][1]> {
    return this.#ask({ id: ++this.#last, kind: "query", name, given: given[0] }) as Promise<Queries[K][1]>
  }

  act<K extends keyof Acts>(
    name: K,
    ...given: Acts[K][0] extends undefined ? [] : [Acts[K][0]]
  ): Promise<Acts[K][1]> {
    return this.#ask({ id: ++this.#last, kind: "act", name, given: given[0] }) as Promise<Acts[K][1]>
  }

  on(topics: Topic[], changed: () => void): () => void {
    const listener = { topics: new Set(topics), changed }
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Say that a person is here, which puts the automatic lock off. */
  active(): void {
    this.#port.postMessage({ kind: "active" } satisfies FromPage)
  }

  /** Say that the network came or went. */
  network(now: "online" | "offline"): void {
    this.#port.postMessage({ kind: "network", now } satisfies FromPage)
  }

  #ask(asked: Extract<FromPage, { id: number }>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.#pending.set(asked.id, { resolve, reject })
      this.#port.postMessage({ ...asked, given: plain(asked.given) })
    })
  }

  #hear(told: ToPage): void {
    if ("changed" in told) {
      for (const one of [...this.#listeners]) if (told.changed.some((topic) => one.topics.has(topic))) one.changed()
      return
    }
    const pending = this.#pending.get(told.id)
    this.#pending.delete(told.id)
    if (told.good) pending?.resolve(told.answer)
    else pending?.reject(new Failed(told.failure))
  }
}

/** Copy what a page holds in its state: the proxies that it is made of do not travel. */
function plain(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(plain)
  if (typeof given !== "object" || given === null || Object.getPrototypeOf(given) !== Object.prototype) return given
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, plain(value)]))
}

const ACTIVE_EVERY_MS = 5_000

/** Start this tab's worker and give its client. */
export function connect(): WorkerClient {
  const worker = new Worker(scriptUrl(workerUrl), { type: "module", name: "pratique" })
  const client = new WorkerClient(worker)
  let last = 0
  const active = (): void => {
    const now = Date.now()
    if (now - last < ACTIVE_EVERY_MS) return
    last = now
    client.active()
  }
  for (const name of ["pointerdown", "keydown", "wheel", "touchmove"])
    addEventListener(name, active, { passive: true, capture: true })
  for (const now of ["online", "offline"] as const) addEventListener(now, () => client.network(now))
  return client
}
