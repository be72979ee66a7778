/** Keep the reminders that rang: the inbox tells each once, and a person may look later. */
import type { Shelf } from "../client/store"
import type { Alert } from "../desk/results"

const NAME = "rung"
const MOST = 100
const LASTS_MS = 3 * 86_400_000

/** A reminder; `reference` is null where this office is called without reading the lane. */
export interface Rung {
  readonly id: string
  readonly operation: string
  readonly channel: string
  readonly reference: string | null
  readonly party: string
  readonly at_ms: number
}

export class RungReminders {
  readonly #shelf: Shelf

  constructor(shelf: Shelf) {
    this.#shelf = shelf
  }

  list(nowMs: number): Rung[] {
    const kept = (this.#shelf.get(NAME) ?? []) as Rung[]
    return kept.filter((one) => nowMs - one.at_ms < LASTS_MS)
  }

  async keep(alert: Alert, operation: string): Promise<void> {
    const channel = String(alert.facts["channel"] ?? "")
    const rung: Rung = {
      id: `rung ${channel}/${alert.entry.seq}`,
      operation,
      channel,
      reference: alert.reference,
      party: alert.party,
      at_ms: alert.entry.at_ms,
    }
    const others = this.list(alert.entry.at_ms).filter((one) => one.id !== rung.id)
    await this.#shelf.put(NAME, [...others, rung].slice(-MOST))
  }
}
