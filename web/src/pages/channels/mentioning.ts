/** Mentions of Members in a text, as `@KE`; and the references of consignments that it names. */

export interface Segment {
  readonly text: string
  readonly party?: string
  readonly reference?: string
}

const TOKEN = /@([A-Za-z][A-Za-z0-9-]{0,31})|PN-[A-Z0-9][A-Z0-9-]{1,23}-[A-Z]{2}-\d{4}-\d{6}-\d{2}(?!\d)/g

/** Signs that turn letters around, so that a text reads as another one. */
const OVERRIDES = /[\u202d\u202e]/g

/** Give a text as it is shown: what would turn its letters around is seen instead. */
export function shownText(text: string): string {
  return text.replace(OVERRIDES, "\ufffd")
}

/** Cut a text into plain words, mentions of these parties, and references. */
export function segments(text: string, mentions: readonly string[]): Segment[] {
  const cut: Segment[] = []
  let at = 0
  const plain = (until: number): void => {
    if (until > at) cut.push({ text: text.slice(at, until) })
  }
  for (const hit of text.matchAll(TOKEN)) {
    const party = hit[1]?.toLowerCase()
    if (party !== undefined && !mentions.includes(party)) continue
    plain(hit.index)
    cut.push({ text: hit[0], ...(party === undefined ? { reference: hit[0] } : { party }) })
    at = hit.index + hit[0].length
  }
  plain(text.length)
  return cut
}

/** Give those of these parties that a text mentions. */
export function mentioned(text: string, parties: readonly string[]): string[] {
  const named = new Set([...text.matchAll(TOKEN)].map((hit) => hit[1]?.toLowerCase()))
  return parties.filter((party) => named.has(party))
}

/** Give what is typed behind an `@` right before the caret, or null; `from` is where the `@` stands. */
export function typing(text: string, caret: number): { from: number; word: string } | null {
  const hit = /(?:^|[\s(,;:/])@([A-Za-z0-9-]{0,31})$/.exec(text.slice(0, caret))
  return hit === null ? null : { from: caret - hit[1]!.length - 1, word: hit[1]!.toLowerCase() }
}
