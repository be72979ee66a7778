/** Where somebody stands in a channel: what is new, what is read, and how to come to a line. */
import { tick, untrack } from "svelte"
import type { ChannelPage } from "../../api"
import { t } from "../../i18n/i18n.svelte"
import { client } from "../../ui/client"
import { href } from "../../ui/router.svelte"
import { toast, toasts, untoast } from "../../ui/toasts.svelte"

const MORE = 100
const NEAR_PX = 140

/** How much of the channel is asked for. */
export class Span {
  last = $state(MORE)
  from = $state<number | undefined>()
}

/** Each is followed alone: give getters. */
interface Source {
  readonly id: string
  readonly page: ChannelPage | undefined
  /** The line that the address points to; NaN for none. */
  readonly aimed: number
}

export class Reading {
  /** Where the reading began to be new; it stays while the page is open. */
  firstNew = $state<number | null>(null)
  /** The line that was asked for. */
  marked = $state<number | null>(null)
  atEnd = $state(true)
  visible = $state(document.visibilityState === "visible")
  /** How many came below what is in sight. */
  unseen = $state(0)
  #settled = $state(false)
  readonly #source: Source
  readonly #span: Span
  #wanted: number | "end" | "new" | null = null
  #anchor: { seq: number; top: number } | null = null
  #known: ChannelPage | undefined
  #read = 0

  /** Call while the page is made. */
  constructor(source: Source, span: Span) {
    this.#source = source
    this.#span = span
    $effect(() => {
      const page = source.page
      if (page === undefined || page === this.#known) return
      untrack(() => this.#came(page))
      void tick().then(() => this.#settle())
    })
    // A search or a notice may point to another line of the channel that is open already.
    $effect(() => {
      const aimed = source.aimed
      if (aimed > 0 && this.#known !== undefined) untrack(() => this.jump(aimed))
    })
    // Read is what stood on the screen with its end in sight.
    $effect(() => {
      const { id, page } = source
      const newest = page?.lines.reduce((most, line) => Math.max(most, line.seq), 0) ?? 0
      if (!this.#settled || !this.visible || !this.atEnd || newest <= this.#read) return
      this.#read = newest
      // What is told at the edge of the page is on it now.
      for (const one of untrack(() => toasts.all)) if (one.href === href("channel", { id })) untoast(one.id)
      void client().act("mark_read", { channel: id, seq: newest }).catch(() => (this.#read = 0))
    })
  }

  scrolled = (): void => {
    this.atEnd = document.documentElement.scrollHeight - innerHeight - scrollY < NEAR_PX
    if (this.atEnd) this.unseen = 0
  }
  looked = (): void => {
    this.visible = document.visibilityState === "visible"
  }
  toEnd = (): void => {
    scrollTo({ top: document.documentElement.scrollHeight })
    this.atEnd = true
    this.unseen = 0
  }
  toFirstNew = (): void => {
    if (this.firstNew === null) return
    const line = document.getElementById("first-new")
    if (line === null) {
      this.#wanted = "new"
      this.#span.from = this.firstNew
    } else line.scrollIntoView({ block: "start" })
  }
  /** Ask for what lies before; what is in sight stays there. */
  older = (): void => {
    const lines = this.#lines
    const line = lines[0] === undefined ? null : lineAt(lines[0].seq)
    if (lines[0] !== undefined && line !== null) this.#anchor = { seq: lines[0].seq, top: line.getBoundingClientRect().top }
    this.#span.last = lines.length + MORE
  }
  /** What is one's own stands at the end, and nothing is new any more. */
  sent = (): void => {
    this.firstNew = null
    this.#wanted = "end"
    void tick().then(() => this.#settle())
  }
  jump = (seq: number): void => {
    const line = lineAt(seq)
    this.#wanted = null
    if (line !== null) {
      this.marked = seq
      line.scrollIntoView({ block: "center" })
      line.focus({ preventScroll: true })
      return
    }
    const first = this.#lines[0]?.seq ?? 0
    if (this.#source.page?.more_before && seq < first && this.#span.from !== seq) {
      this.#wanted = seq
      this.#span.from = seq
    } else toast(t("channels.not_here"))
  }

  /** What is written grows and shrinks; whoever was at the end stays there. */
  keepsEnd = (node: HTMLElement): (() => void) => {
    const observer = new ResizeObserver(() => {
      if (this.atEnd && this.#settled) this.toEnd()
    })
    observer.observe(node)
    return () => observer.disconnect()
  }

  get #lines(): ChannelPage["lines"] {
    return this.#source.page?.lines ?? []
  }

  #came(now: ChannelPage): void {
    const before = this.#known
    const { aimed } = this.#source
    this.#known = now
    if (before === undefined) {
      this.firstNew = now.first_unread_seq
      this.#wanted = aimed > 0 ? aimed : this.firstNew !== null ? "new" : "end"
      // What is new stays on the page also once it is read.
      const first = now.lines[0]?.seq ?? 0
      if (this.firstNew !== null && this.firstNew >= first) this.#span.from = first
      return
    }
    const most = before.lines.reduce((top, line) => Math.max(top, line.seq), 0)
    const came = now.lines.filter((line) => line.seq > most && !line.mine && line.type === "message").length
    const here = this.atEnd && this.visible
    if (came > 0 && this.firstNew === null && !here) this.firstNew = now.first_unread_seq
    if (here && this.#wanted === null && this.#anchor === null) this.#wanted = "end"
    else this.unseen += came
  }

  #settle(): void {
    if (this.#anchor !== null) {
      const line = lineAt(this.#anchor.seq)
      if (line !== null) scrollBy(0, line.getBoundingClientRect().top - this.#anchor.top)
      this.#anchor = null
    }
    const wanted = this.#wanted
    if (wanted === "end") {
      this.toEnd()
      this.#wanted = null
    } else if (wanted === "new") {
      const line = document.getElementById("first-new")
      // Too much may be new for one page: the end is shown, and the way to the first.
      if (line === null && this.#source.page?.more_before && this.firstNew !== null) this.toEnd()
      else line?.scrollIntoView({ block: "start" })
      this.#wanted = null
      this.scrolled()
    } else if (wanted !== null) this.jump(wanted)
    else this.scrolled()
    this.#settled = true
  }
}

function lineAt(seq: number): HTMLElement | null {
  return document.querySelector(`[data-seq="${seq}"]`)
}
