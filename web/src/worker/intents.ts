/**
 * Keep what a person asked for while the server could not be reached, and do it when it can.
 *
 * Only acts that are harmless twice stand here: an announcement is known again by its bytes, a report by its id. What
 * waited long may be out of date, so it asks its person first. Where the server fell silent in the middle of an act, a
 * part of it is sealed and goes out at the next sync: that is neither asked about nor taken back any more.
 */
import type { Acts } from "../api"
import { PratiqueError, Problem, Unreachable } from "../client/errors"
import type { Shelf } from "../client/store"
import { newId } from "../desk/kinds"
import { failureOf } from "./messages"

const PREFIX = "intent "
/** So long an act goes out by itself; a clock that was put back counts as long, too. */
export const ASKS_AFTER_MS = 72 * 3_600_000

export interface Intent {
  readonly name: keyof Acts
  readonly given: unknown
  readonly at_ms: number
  /** Its place among what waits: two acts may be of one millisecond, and a clock may be put back. */
  readonly turn: number
  /** Its person has said that it still is to go. */
  readonly sure?: boolean
  /** A part of it was sealed: what the outbox calls the act of those posts. */
  readonly sealed?: string
}

/** One that waits. */
export interface Waiting {
  readonly id: string
  readonly intent: Intent
  readonly asks: boolean
}

export class Intents {
  readonly #shelf: Shelf
  readonly #nowMs: () => number
  readonly #do: (name: keyof Acts, given: unknown) => Promise<unknown>
  readonly #reach: () => Promise<void>
  #running = false
  #lastTurn = 0

  /** Takes  reach: throws `Unreachable` where the server is away, so that an act that has to wait seals nothing yet */
  constructor(
    shelf: Shelf,
    nowMs: () => number,
    reach: () => Promise<void>,
    act: (name: keyof Acts, given: unknown) => Promise<unknown>,
  ) {
    this.#reach = reach
    this.#shelf = shelf
    this.#nowMs = nowMs
    this.#do = act
  }

  /** List what waits, in the order in which it was asked for. */
  waiting(): Waiting[] {
    return this.#shelf
      .names(PREFIX)
      .map((name) => {
        const intent = this.#shelf.get(name) as Intent
        const asks = intent.sure !== true && intent.sealed === undefined && Math.abs(this.#nowMs() - intent.at_ms) > ASKS_AFTER_MS
        return { id: name.slice(PREFIX.length), intent, asks }
      })
      .sort((a, b) => a.intent.turn - b.intent.turn)
  }

  /** Do it; where the server does not answer, keep it for later and throw `kept`. */
  async attempt<T>(name: keyof Acts, given: unknown, act: () => Promise<T>): Promise<T> {
    try {
      if (!this.#running) await this.#reach()
      return await act()
    } catch (failed) {
      if (!(failed instanceof Unreachable) || this.#running) throw failed
      await this.#shelf.put(PREFIX + newId(), sealedBy({ name, given, at_ms: this.#nowMs(), turn: this.#nextTurn() }, failed))
      const detail = "the server does not answer; this is kept here"
      throw new PratiqueError("kept", detail, "it goes out by itself when you are online again")
    }
  }

  /** Let one go after all, whatever its age. */
  async allow(id: string): Promise<void> {
    await this.#shelf.put(PREFIX + id, { ...this.#find(id), sure: true } satisfies Intent)
  }

  /** Forget one of which nothing has left. */
  async discard(id: string): Promise<void> {
    if (this.#find(id).sealed !== undefined) {
      throw new PratiqueError("on_its_way", "a part of that is on its way already", "say otherwise once it is sent")
    }
    await this.#shelf.put(PREFIX + id, null)
  }

  /**
   * Do what waits and need not ask, in its order; give what the server or the rules refused, which waits no more.
   *
   * Takes  still: false once what others said would have to be read anew
   */
  async flush(still: () => boolean = () => true): Promise<string[]> {
    if (this.#running) return []
    this.#running = true
    const refused: string[] = []
    try {
      for (const { id, intent, asks } of this.waiting()) {
        // Another may have been discarded while this one was on its way.
        if (!still()) return refused
        if (asks || this.#shelf.get(PREFIX + id) === null) continue
        try {
          await this.#do(intent.name, intent.given)
        } catch (failed) {
          if (failed instanceof Unreachable) {
            await this.#shelf.put(PREFIX + id, sealedBy(intent, failed))
            return refused
          }
          // A server that is busy or about to stop has refused nothing.
          if (failed instanceof Problem && failed.action === "retry") return refused
          refused.push(`what you asked for while offline was refused: ${failureOf(failed).detail}`)
        }
        await this.#shelf.put(PREFIX + id, null)
      }
    } finally {
      this.#running = false
    }
    return refused
  }

  #nextTurn(): number {
    const kept = this.waiting().map((one) => one.intent.turn)
    return (this.#lastTurn = Math.max(this.#lastTurn, ...kept) + 1)
  }

  #find(id: string): Intent {
    const found = this.#shelf.get(PREFIX + id)
    if (found === null) throw new PratiqueError("not_waiting_here", "that waits no more", "it was sent or discarded")
    return found as Intent
  }
}

/** Remember what of an act is in the outbox now. */
function sealedBy(intent: Intent, { act }: Unreachable): Intent {
  return act === null ? intent : { ...intent, sealed: act }
}
