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

/** What `WorkerClient` needs of a worker. */
export interface Port {
  postMessage(message: unknown): void
  onmessage: ((event: MessageEvent) => unknown) | null
  terminate(): void
}

interface Pending {
  readonly asked: Asked
  resolve(answer: unknown): void
  reject(error: unknown): void
}

type Asked = Extract<FromPage, { id: number }>

export class WorkerClient implements Client {
  readonly #start: () => Port
  #port: Port
  readonly #pending = new Map<number, Pending>()
  readonly #listeners = new Set<{ topics: ReadonlySet<Topic>; changed: () => void }>()
  #last = 0

  /** Take how a worker is started: it is ended at every lock, for only then is its memory gone. */
  constructor(start: () => Port) {
    this.#start = start
    this.#port = this.#begin()
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

  #begin(): Port {
    const port = this.#start()
    port.onmessage = (event) => {
      // What a worker that was ended still said is for nobody.
      if (port === this.#port) this.#hear(event.data as ToPage)
    }
    return port
  }

  /** End the worker and start another; what was asked is asked again, what was being done is told. */
  #again(): void {
    this.#port.terminate()
    this.#port = this.#begin()
    for (const [id, { asked, reject }] of [...this.#pending]) {
      if (asked.kind === "query") this.#port.postMessage(asked)
      else {
        this.#pending.delete(id)
        reject(new Failed(LOCKED))
      }
    }
    this.#tell(["session", "sync"])
  }

  #ask(asked: Asked): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const sent = { ...asked, given: plain(asked.given) } as Asked
      this.#pending.set(asked.id, { asked: sent, resolve, reject })
      this.#port.postMessage(sent)
    })
  }

  #tell(topics: readonly Topic[]): void {
    for (const one of [...this.#listeners]) if (topics.some((topic) => one.topics.has(topic))) one.changed()
  }

  #hear(told: ToPage): void {
    if ("changed" in told) return this.#tell(told.changed)
    if ("ended" in told) return this.#again()
    const pending = this.#pending.get(told.id)
    this.#pending.delete(told.id)
    if (told.good) pending?.resolve(told.answer)
    else pending?.reject(new Failed(told.failure))
  }
}

const LOCKED: Failure = { code: "store_locked", detail: "the store was locked meanwhile", hint: "unlock it, then look" }

/** Copy what a page holds in its state: the proxies that it is made of do not travel. */
function plain(given: unknown): unknown {
  if (Array.isArray(given)) return given.map(plain)
  if (typeof given !== "object" || given === null || Object.getPrototypeOf(given) !== Object.prototype) return given
  return Object.fromEntries(Object.entries(given).map(([name, value]) => [name, plain(value)]))
}

const ACTIVE_EVERY_MS = 5_000

/** Start this tab's worker and give its client. */
export function connect(): WorkerClient {
  const client = new WorkerClient(() => new Worker(scriptUrl(workerUrl), { type: "module", name: "pratique" }))
  let last = 0
  const active = (): void => {
    const now = Date.now()
    // The clock may have been put back.
    if (Math.abs(now - last) < ACTIVE_EVERY_MS) return
    last = now
    client.active()
  }
  for (const name of ["pointerdown", "keydown", "wheel", "touchmove"])
    addEventListener(name, active, { passive: true, capture: true })
  // Whoever wakes a machine sees nothing that should have been locked meanwhile.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") active()
  })
  for (const now of ["online", "offline"] as const) addEventListener(now, () => client.network(now))
  return client
}
