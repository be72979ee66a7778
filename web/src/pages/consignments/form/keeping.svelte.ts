/** Keep what is typed on this browser, sealed, a moment after; nothing is lost where somebody leaves sooner. */
import { onDestroy } from "svelte"
import { Kept } from "../../../ui/kept.svelte"
import type { Editing } from "../editing.svelte"

const SAVE_MS = 700

export class Keeping extends Kept {
  #unsaved: (() => void) | null = null

  /** Call while the page is made; `at` gives under which name it is kept and for which operation, null for not yet. */
  constructor(work: Editing, at: () => { key: string; operation: string | null } | null) {
    super()
    $effect(() => {
      const place = at()
      const kept = work.kept(Date.now(), place?.operation ?? null)
      if (!work.changed || place === null) return
      this.#unsaved = () => {
        this.#unsaved = null
        void this.put(place.key, kept)
      }
      const timer = setTimeout(() => this.now(), SAVE_MS)
      return () => clearTimeout(timer)
    })
    onDestroy(() => this.now())
  }

  /** Do not wait any longer. */
  now = (): void => this.#unsaved?.()

  /** What was sent, saved for the Member, or thrown away is not kept here any more. */
  async forget(key: string): Promise<void> {
    this.#unsaved = null
    await this.put(key, null)
  }
}
