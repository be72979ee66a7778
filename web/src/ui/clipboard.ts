/**
 * Copy a secret, and empty the clipboard after a minute: at once while this page has the focus, which a browser asks
 * for; whoever is elsewhere is asked on coming back, since something else may lie there by then.
 */
import { t } from "../i18n/i18n.svelte"
import { toast } from "./toasts.svelte"

export const KEPT_MS = 60_000
let waiting: AbortController | null = null

export async function copySecret(text: string): Promise<void> {
  await navigator.clipboard.writeText(text)
  waiting?.abort()
  const mine = (waiting = new AbortController())
  const { signal } = mine
  const timer = setTimeout(() => {
    if (document.hasFocus()) void empty()
    else addEventListener("focus", () => toast(t("ui.clipboard_holds"), { tone: "bad", act: { label: t("ui.clipboard_empty"), run: () => void empty() } }), { once: true, signal })
  }, KEPT_MS)
  signal.addEventListener("abort", () => clearTimeout(timer))
  // Something else was copied here: the secret is gone.
  for (const kind of ["copy", "cut"]) addEventListener(kind, () => mine.abort(), { signal })
}

async function empty(): Promise<void> {
  waiting?.abort()
  waiting = null
  await navigator.clipboard.writeText("").then(
    () => toast(t("ui.clipboard_emptied")),
    () => toast(t("ui.clipboard_holds"), { tone: "bad" }),
  )
}
