/** Nobody tells when others fetch: while something of ours is on its way, look again, ever more seldom. */
import type { ChannelPage } from "../../api"

const [SOON_MS, MOST_MS] = [6_000, 120_000]

export interface Watched {
  readonly page: ChannelPage | undefined
  readonly own: string | undefined
  readonly visible: boolean
}

/** Ask again while the newest thing that we wrote was not fetched by all. Call while a component is made. */
export function lookAgain(watched: () => Watched, again: () => void): void {
  const undelivered = $derived.by(() => {
    const { page, own } = watched()
    const mine = page?.lines.findLast((line) => line.mine && line.kind === "content" && line.seq > 0)
    if (page === undefined || mine === undefined) return 0
    const waits = page.readers.some((one) => one.party !== own && one.devices > 0 && (one.fetched_seq ?? 0) < mine.seq)
    return waits ? mine.seq : 0
  })
  const visible = $derived(watched().visible)
  $effect(() => {
    if (undelivered === 0 || !visible) return
    let wait = SOON_MS
    const look = (): void => {
      again()
      wait = Math.min(wait * 2, MOST_MS)
      timer = setTimeout(look, wait)
    }
    let timer = setTimeout(look, wait)
    return () => clearTimeout(timer)
  })
}
