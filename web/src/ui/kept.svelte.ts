/** A half-written text or form, kept sealed on this browser; it is said where the browser did not take it. */
import { t } from "../i18n/i18n.svelte"
import { problemText } from "../i18n/problems"
import { client, failureOf } from "./client"

export class Kept {
  /** When it was kept last; null while something newer is not. */
  savedMs = $state<number | null>(null)
  /** Why the newest could not be kept, in the reader's language; "" where it was. */
  trouble = $state("")

  clear(): void {
    this.savedMs = null
    this.trouble = ""
  }

  /** Keep it under a name; null forgets it. Never throws. */
  async put(key: string, value: unknown): Promise<void> {
    try {
      await client().act("save_local_draft", { key, value })
      this.savedMs = value === null ? null : Date.now()
      this.trouble = ""
    } catch (failed) {
      this.savedMs = null
      this.trouble = `${t("ui.not_kept")} ${problemText(failureOf(failed).code) ?? t("problem.failed")}`
    }
  }
}
