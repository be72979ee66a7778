/**
 * Keep what a person asked for while the server could not be reached, and do it when it can.
 *
 * Only acts that are harmless twice stand here: an announcement is known again by its bytes, a report by its id.
 */
import type { Acts } from "../api"
import { PratiqueError, Unreachable } from "../client/errors"
import type { Shelf } from "../client/store"
import { newId } from "../desk/kinds"
import { failureOf } from "./messages"

const PREFIX = "intent "

export interface Intent {
  readonly name: keyof Acts
  readonly given: unknown
  readonly at_ms: number
}

export class Intents {
  readonly #shelf: Shelf
  readonly #nowMs: () => number
  readonly #do: (name: keyof Acts, given: unknown) => Promise<unknown>
  #running = false

  constructor(shelf: Shelf, nowMs: () => number, act: (name: keyof Acts, given: unknown) => Promise<unknown>) {
    this.#shelf = shelf
    this.#nowMs = nowMs
    this.#do = act
  }

  waiting(): Intent[] {
    return this.#shelf
      .names(PREFIX)
      .map((name) => this.#shelf.get(name) as Intent)
      .sort((a, b) => a.at_ms - b.at_ms)
  }

  /** Do it; where the server does not answer, keep it for later and throw `kept`. */
  async attempt<T>(name: keyof Acts, given: unknown, act: () => Promise<T>): Promise<T> {
    try {
      return await act()
    } catch (failed) {
      if (!(failed instanceof Unreachable) || this.#running) throw failed
      await this.#shelf.put(PREFIX + newId(), { name, given, at_ms: this.#nowMs() } satisfies Intent)
      const detail = "the server does not answer; this is kept here"
      throw new PratiqueError("kept", detail, "it goes out by itself when you are online again")
    }
  }

  /** Do what waits, oldest first; give what the server or the rules refused, which waits no more. */
  async flush(): Promise<string[]> {
    if (this.#running) return []
    this.#running = true
    const refused: string[] = []
    try {
      const waiting = this.#shelf.names(PREFIX).map((key) => ({ key, intent: this.#shelf.get(key) as Intent }))
      for (const { key, intent } of waiting.sort((a, b) => a.intent.at_ms - b.intent.at_ms)) {
        try {
          await this.#do(intent.name, intent.given)
        } catch (failed) {
          if (failed instanceof Unreachable) return refused
          refused.push(`what you asked for while offline was refused: ${failureOf(failed).detail}`)
        }
        await this.#shelf.put(key, null)
      }
    } finally {
      this.#running = false
    }
    return refused
  }
}
