/**
 * Keep what became of the invitations made here: asked in the background, for whoever holds the party's key.
 *
 * It is kept on the shelf: a device that waits is told once, not again at every unlock, and one that ended is not asked
 * for again.
 */
import type { WaitingRow } from "../api"
import type { Invited, PartyOfficer } from "../client/authority"
import type { Device } from "../client/device"
import { PratiqueError, Unreachable } from "../client/errors"

const NAME = "approvals"
const ENDED: ReadonlySet<string> = new Set(["active", "expired"])

export class Approvals {
  readonly #device: Device
  readonly #changed: () => void
  readonly #rows: Map<string, WaitingRow>

  constructor(device: Device, changed: () => void) {
    this.#device = device
    this.#changed = changed
    const kept = (device.shelf.get(NAME) ?? []) as WaitingRow[]
    this.#rows = new Map(kept.map((row) => [row.invitation, row]))
  }

  /** Give the invitations that wait for this officer, as far as was told. */
  waiting(): WaitingRow[] {
    return this.#device.officer() === null ? [] : [...this.#rows.values()].filter((row) => row.state === "waiting")
  }

  /**
   * Ask the server about every invitation that has not ended; one that is answered wrongly hides no other.
   *
   * Throws  Unreachable
   */
  async look(): Promise<WaitingRow[]> {
    const officer = this.#device.officer()
    if (officer === null) return []
    const before = JSON.stringify([...this.#rows.values()])
    const asked = officer.invitations().filter((one) => !this.#ended(one))
    await Promise.all(asked.map((one) => this.#ask(officer, one)))
    const rows = [...this.#rows.values()]
    if (JSON.stringify(rows) !== before) {
      await this.#device.shelf.put(NAME, rows)
      this.#changed()
    }
    return rows
  }

  #ended({ invitation }: Invited): boolean {
    return ENDED.has(this.#rows.get(invitation)?.state ?? "")
  }

  async #ask(officer: PartyOfficer, { invitation, office, person, expires_ms }: Invited): Promise<void> {
    const known = { invitation, office, person, expires_ms: expires_ms ?? 0 }
    try {
      const { state, waiting, device } = await officer.look(invitation)
      this.#rows.set(invitation, {
        ...known,
        state: state as WaitingRow["state"],
        ...(device === null ? {} : { device }),
        ...(waiting === null ? {} : { fingerprint: waiting.fingerprint }),
      })
    } catch (refused) {
      if (!(refused instanceof PratiqueError) || refused instanceof Unreachable) throw refused
      // Nobody is let in by what the server says wrongly: no fingerprint is shown.
      this.#rows.set(invitation, { ...known, state: "open", problem: refused.detail })
    }
  }
}
