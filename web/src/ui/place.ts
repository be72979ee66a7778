/** Put something in the top layer beside what it belongs to, above it where there is no room below. */
const GAP = 4
const EDGE = 8

export interface Placing {
  /** As wide as the anchor, at least. */
  same?: boolean
  /** Align with the anchor's end instead of its start. */
  end?: boolean
}

/** Keep `floating` beside `anchor` until the given function is called. */
export function place(floating: HTMLElement, anchor: HTMLElement, { same = false, end = false }: Placing = {}): () => void {
  function move(): void {
    const at = anchor.getBoundingClientRect()
    const view = window.visualViewport
    const height = view?.height ?? innerHeight
    const top = view?.offsetTop ?? 0
    const { style } = floating
    style.position = "fixed"
    style.inset = "auto"
    style.margin = "0"
    if (same) style.minWidth = `${at.width}px`
    style.maxWidth = `${innerWidth - 2 * EDGE}px`
    style.maxHeight = ""
    const size = floating.getBoundingClientRect()
    const below = top + height - at.bottom - GAP - EDGE
    const above = at.top - top - GAP - EDGE
    const up = size.height > below && above > below
    style.maxHeight = `${Math.max(96, up ? above : below)}px`
    const tall = Math.min(size.height, up ? above : below)
    style.top = `${up ? at.top - GAP - tall : at.bottom + GAP}px`
    const rtl = getComputedStyle(anchor).direction === "rtl"
    const left = end !== rtl ? at.right - size.width : at.left
    style.left = `${Math.min(Math.max(EDGE, left), Math.max(EDGE, innerWidth - size.width - EDGE))}px`
  }
  move()
  const resized = new ResizeObserver(move)
  resized.observe(anchor)
  addEventListener("scroll", move, { capture: true, passive: true })
  addEventListener("resize", move)
  return () => {
    resized.disconnect()
    removeEventListener("scroll", move, { capture: true })
    removeEventListener("resize", move)
  }
}
