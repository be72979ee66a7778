/** Keep which devices an office has, as the directory told last: asked in the background. */
import type { Device } from "../client/device"

const FRESH_MS = 60_000

export class OfficeDevices {
  readonly #device: Device
  readonly #changed: () => void
  readonly #kept = new Map<string, { at_ms: number; devices: readonly string[] }>()

  constructor(device: Device, changed: () => void) {
    this.#device = device
    this.#changed = changed
  }

  /** Give the active devices of an office, as far as is known; whoever shows them hears when there is news. */
  of(office: string): readonly string[] {
    const kept = this.#kept.get(office)
    if (kept === undefined || Date.now() - kept.at_ms > FRESH_MS) void this.#fetch(office, kept?.devices ?? [])
    return kept?.devices ?? []
  }

  async #fetch(office: string, before: readonly string[]): Promise<void> {
    this.#kept.set(office, { at_ms: Date.now(), devices: before })
    try {
      const { directory, account } = this.#device
      const devices = (await directory.fetchOffice(account, office)).map((one) => one.uri)
      this.#kept.set(office, { at_ms: Date.now(), devices })
      if (devices.join(" ") !== before.join(" ")) this.#changed()
    } catch {
      // Offline: what was told before stays.
    }
  }
}
