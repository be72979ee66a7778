/** Short words about what just happened; they never hold the only copy of something important. */
export interface Toast {
  readonly id: number
  readonly text: string
  readonly tone: "plain" | "good" | "bad" | "need"
  readonly href?: string
  readonly act?: { readonly label: string; readonly run: () => void }
}

const SHOWN_MS = 7_000
/** What waits for a person stands on Today, too. */
const NEED_MS = 12_000
const MOST = 3
let last = 0
let shown = $state.raw<readonly Toast[]>([])

export const toasts = {
  get all(): readonly Toast[] {
    return shown
  },
}

/** Say something at the edge of the page, once; what went wrong stays until it is closed. */
export function toast(text: string, more: Partial<Omit<Toast, "id" | "text">> = {}): void {
  const one: Toast = { tone: "plain", ...more, id: ++last, text }
  const others = shown.filter((each) => each.text !== text || each.href !== one.href)
  shown = [...others.slice(1 - MOST), one]
  if (one.tone !== "bad") setTimeout(() => untoast(one.id), one.tone === "need" ? NEED_MS : SHOWN_MS)
}

export function untoast(id: number): void {
  shown = shown.filter((one) => one.id !== id)
}

/** Take everything off: whoever stands before a locked store reads nothing of what came. */
export function untoastAll(): void {
  shown = []
}
