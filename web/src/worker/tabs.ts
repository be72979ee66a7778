/**
 * One tab's worker owns the store; the others ask it.
 *
 * lock `pratique` ─▶ owner: serves its page and, over the broadcast channel, the other tabs
 *    └─ held by another ─▶ guest: relays; when the owner's tab closes, the next guest gets the lock and the store's key
 */
import type { Session, Topic } from "../api"
import type { Answer, Ask, BetweenTabs } from "./messages"

export const LOCK = "pratique"
/** So long the owner may be silent before a guest says that the work is done elsewhere. */
const SILENT_MS = 4_000
const BEAT_MS = 30_000

export interface Ownership {
  /** Serve a question as the owner. */
  serve(ask: Ask): Promise<Answer>
  /** This worker owns the store from now on; `key` is what the owner before it left. */
  own(key: CryptoKey | null): Promise<void>
  /** The store's key while it is open. */
  key(): CryptoKey | null
  /** Tell the own page. */
  changed(topics: Topic[]): void
  /** A person touched some page. */
  active(): void
  /** Everything is locked: this worker may go. */
  ended(): void
}

export interface LockHolder {
  request(
    name: string,
    options: { ifAvailable?: boolean },
    held: (lock: unknown) => Promise<void>,
  ): Promise<unknown>
}

interface Pending {
  ask: Ask
  /** The owner that got it; null while none was heard of, so that nobody can have begun with it. */
  to: string | null
  resolve(answer: Answer): void
}

export class Tabs {
  readonly #self = crypto.randomUUID()
  readonly #channel: BroadcastChannel
  readonly #side: Ownership
  readonly #pending = new Map<number, Pending>()
  #decided: Promise<void>
  #owner = false
  #closed = false
  #key: CryptoKey | null = null
  /** The owner that was heard last: a page that was reloaded may find the lock still held by its own past. */
  #heard: string | null = null
  #beat_ms = Date.now()
  readonly #beating = setInterval(() => this.#beat(), BEAT_MS)
  #last = 0
  #stop: () => void = () => {}

  constructor(side: Ownership, locks: LockHolder = navigator.locks as LockHolder, channel = LOCK) {
    this.#side = side
    this.#channel = new BroadcastChannel(channel)
    this.#channel.onmessage = (event: MessageEvent) => void this.#hear(event.data as BetweenTabs)
    this.#decided = new Promise((decided) => {
      void locks.request(channel, { ifAvailable: true }, async (lock) => {
        if (lock !== null) return this.#hold(decided)
        this.#post({ to: "owner", from: this.#self, hello: true })
        decided()
        void locks.request(channel, {}, () => this.#hold(() => {}))
      })
    })
  }

  get owner(): boolean {
    return this.#owner
  }

  /** Answer the own page: by itself, or by the owner. */
  async ask(ask: Ask): Promise<Answer> {
    await this.#decided
    return ask.kind === "query" && ask.name === "session" ? this.#session(ask) : this.#pass(ask)
  }

  active(): void {
    if (this.#owner) this.#side.active()
    else this.#post({ to: "owner", from: this.#self, active: true })
  }

  /** Tell every tab what changed. */
  changed(topics: Topic[]): void {
    this.#side.changed(topics)
    this.#post({ to: "others", changed: topics })
  }

  /** Leave the store's key to the other tabs, or take it back. */
  share(key: CryptoKey | null): void {
    this.#post({ to: "others", owner: this.#self, key })
  }

  /** Tell every tab that everything is locked. */
  ended(): void {
    this.#post({ to: "others", ended: true })
    this.#side.ended()
  }

  /** Give the lock back and fall silent. */
  close(): void {
    this.#closed = true
    clearInterval(this.#beating)
    this.#stop()
    this.#channel.close()
  }

  #pass(ask: Ask): Promise<Answer> {
    if (this.#owner) return this.#side.serve(ask)
    return new Promise((resolve) => {
      const id = ++this.#last
      const pending = { ask, to: null, resolve }
      this.#pending.set(id, pending)
      this.#send(id, pending)
    })
  }

  /** Hand a question to the owner, once it was heard of. */
  #send(id: number, pending: Pending): void {
    if (this.#heard === null) return
    pending.to = this.#heard
    this.#post({ to: "owner", from: this.#self, id, ask: pending.ask })
  }

  /** Hear that a tab owns the store: what waited for an owner goes to it, and what another one left unanswered. */
  #follow(owner: string): void {
    if (owner === this.#heard) return
    this.#heard = owner
    for (const [id, pending] of [...this.#pending]) {
      if (again(pending)) this.#send(id, pending)
      else this.#interrupt(id, pending)
    }
  }

  #interrupt(id: number, pending: Pending): void {
    this.#pending.delete(id)
    pending.resolve(INTERRUPTED)
  }

  async #session(ask: Ask): Promise<Answer> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const silent = new Promise<Answer>((resolve) => {
      const elsewhere: Session = { state: "elsewhere", owner: false }
      timer = setTimeout(() => resolve({ good: true, answer: elsewhere }), SILENT_MS)
    })
    const answer = this.#owner ? await this.#pass(ask) : await Promise.race([this.#pass(ask), silent])
    clearTimeout(timer)
    return answer.good ? { good: true, answer: { ...(answer.answer as Session), owner: this.#owner } } : answer
  }

  /** Own the store for as long as this worker lives. */
  async #hold(decided: () => void): Promise<void> {
    if (this.#closed) return
    const stopped = new Promise<void>((stop) => {
      this.#stop = stop
    })
    this.#beat()
    await this.#side.own(this.#key)
    this.#owner = true
    decided()
    this.share(this.#side.key())
    for (const [id, pending] of [...this.#pending]) {
      if (!again(pending)) this.#interrupt(id, pending)
      else {
        this.#pending.delete(id)
        void this.#side.serve(pending.ask).then(pending.resolve)
      }
    }
    this.#side.changed(["session"])
    await stopped
    this.#owner = false
  }

  /** A tab that slept may outlive an owner that would have locked meanwhile: it forgets the key, and asks for it anew. */
  #beat(): void {
    const slept = Date.now() - this.#beat_ms > 4 * BEAT_MS
    this.#beat_ms = Date.now()
    if (!slept || this.#owner) return
    this.#key = null
    this.#post({ to: "owner", from: this.#self, hello: true })
  }

  async #hear(said: BetweenTabs): Promise<void> {
    if ("key" in said) {
      this.#key = said.key
      this.#follow(said.owner)
    } else if ("changed" in said) this.#side.changed(said.changed)
    else if ("ended" in said) this.#side.ended()
    else if (said.to === "owner" && this.#owner) {
      if ("hello" in said) this.share(this.#side.key())
      else if ("active" in said) this.#side.active()
      else if ("ask" in said) {
        this.#post({ to: said.from, id: said.id, answer: await this.#side.serve(said.ask) })
      }
    } else if (said.to === this.#self && "answer" in said) {
      const pending = this.#pending.get(said.id)
      this.#pending.delete(said.id)
      pending?.resolve(said.answer)
    }
  }

  #post(said: BetweenTabs): void {
    if (!this.#closed) this.#channel.postMessage(said)
  }
}

/** Whether it may be asked of the next owner: an act that an owner got may have been done. */
const again = ({ ask, to }: Pending): boolean => ask.kind === "query" || to === null

const INTERRUPTED: Answer = {
  good: false,
  failure: {
    code: "interrupted",
    detail: "the tab that was doing this was closed",
    hint: "look whether it was done; if not, do it again",
  },
}
