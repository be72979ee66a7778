/** Keep what became of the invitations made here: asked in the background, for whoever holds the party's key. */
import type { WaitingRow } from "../api"
import type { Invited, PartyOfficer } from "../client/authority"
import type { Device } from "../client/device"
import { PratiqueError, Unreachable } from "../client/errors"

const FRESH_MS = 30_000
const ENDED: ReadonlySet<string> = new Set(["active", "expired"])

export class Approvals {
  readonly #device: Device
  readonly #changed: () => void
  readonly #rows = new Map<string, WaitingRow>()
  #asked_ms = 0

  constructor(device: Device, changed: () => void) {
    this.#device = device
    this.#changed = changed
  }

  /** Give the invitations that wait for this officer, as far as was told. */
  waiting(): WaitingRow[] {
    if (Date.now() - this.#asked_ms > FRESH_MS) void this.look().catch(() => undefined)
    return [...this.#rows.values()].filter((row) => row.state === "waiting")
  }

  /**
   * Ask the server about every invitation that has not ended; one that is answered wrongly hides no other.
   *
   * Throws  Unreachable
   */
  async look(): Promise<WaitingRow[]> {
    const officer = this.#device.officer()
    if (officer === null) return []
    this.#asked_ms = Date.now()
    const before = JSON.stringify([...this.#rows.values()])
    const asked = officer.invitations().filter(({ invitation }) => !ENDED.has(this.#rows.get(invitation)?.state ?? ""))
    await Promise.all(asked.map((one) => this.#ask(officer, one)))
    if (JSON.stringify([...this.#rows.values()]) !== before) this.#changed()
    return [...this.#rows.values()]
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
