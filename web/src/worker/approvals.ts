/** Keep what became of the invitations made here: asked in the background, for whoever holds the party's key. */
import type { WaitingRow } from "../api"
import type { Device } from "../client/device"

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

  /** Ask the server about every invitation that has not ended; throws `Unreachable`. */
  async look(): Promise<WaitingRow[]> {
    const officer = this.#device.officer()
    if (officer === null) return []
    this.#asked_ms = Date.now()
    const before = JSON.stringify([...this.#rows.values()])
    await Promise.all(
      officer.invitations().map(async ({ invitation, office, person, expires_ms }) => {
        if (ENDED.has(this.#rows.get(invitation)?.state ?? "")) return
        const { state, waiting, device } = await officer.look(invitation)
        this.#rows.set(invitation, {
          ...{ invitation, office, person, expires_ms: expires_ms ?? 0 },
          state: state as WaitingRow["state"],
          ...(device === null ? {} : { device }),
          ...(waiting === null ? {} : { fingerprint: waiting.fingerprint }),
        })
      }),
    )
    if (JSON.stringify([...this.#rows.values()]) !== before) this.#changed()
    return [...this.#rows.values()]
  }
}
