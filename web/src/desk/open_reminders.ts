/**
 * Know which reminder waits for what.
 *
 * In a post, reminders stand behind the contents in their order, each content with as many. A part of a
 * pre-notification brings one for its acknowledgement and, where an answer is asked for, a second one for that; a reply
 * brings one for the answer, which has its clock again.
 */
import type { OpenedEntry } from "../client/opened"
import { Kind } from "../wire/entries"
import { loads } from "../wire/strict_json"

export type Awaited = "acknowledgement" | "answer"

interface Post {
  readonly contents: { seq: number; type: string }[]
  readonly reminders: { seq: number; party: string }[]
}

const place = (channel: string, seq: number): string => `${channel}/${seq}`

export class OpenReminders {
  readonly #posts = new Map<string, Post>()
  readonly #postOf = new Map<string, Post>()
  readonly #ended = new Set<string>()

  /** Take entries of lanes; what does not count there is passed over. */
  take(entries: Iterable<OpenedEntry>): void {
    for (const entry of entries) {
      if (entry.problem !== null || (entry.kind !== Kind.APPLICATION && entry.kind !== Kind.REMINDER)) continue
      const said = (entry.kind === Kind.REMINDER ? loads(entry.body) : {}) as { seq?: number; party?: string }
      if (entry.type === "reminder_end") {
        this.#ended.add(place(entry.channel, said.seq ?? 0))
        continue
      }
      const name = `${entry.channel} ${entry.device} ${entry.post_id}`
      let post = this.#posts.get(name)
      if (post === undefined) this.#posts.set(name, (post = { contents: [], reminders: [] }))
      if (entry.kind === Kind.APPLICATION) post.contents.push({ seq: entry.seq, type: entry.type })
      else post.reminders.push({ seq: entry.seq, party: said.party ?? "" })
      this.#postOf.set(place(entry.channel, entry.seq), post)
    }
  }

  /** Note reminders that this desk ended itself. */
  end(channel: string, seqs: Iterable<number>): void {
    for (const seq of seqs) this.#ended.add(place(channel, seq))
  }

  /** Give the number of the content that a reminder stands behind, and whose answer it waits for. */
  find(channel: string, seq: number): { about: number; party: string } | null {
    const post = this.#postOf.get(place(channel, seq))
    const at = post === undefined ? -1 : post.reminders.findIndex((one) => one.seq === seq)
    if (post === undefined || at < 0 || post.contents.length === 0) return null
    return { about: post.contents[behind(at, post)]!.seq, party: post.reminders[at]!.party }
  }

  /** Give the reminders of some contents of a lane that still wait for a party; `awaited`: only those for this. */
  waiting(channel: string, seqs: Iterable<number>, party: string, awaited: Awaited | null = null): Set<number> {
    const found = new Set<number>()
    for (const seq of seqs) {
      const post = this.#postOf.get(place(channel, seq))
      if (post === undefined || post.contents.length === 0) continue
      for (const [at, reminder] of post.reminders.entries()) {
        const about = behind(at, post)
        const content = post.contents[about]!
        if (content.seq !== seq || reminder.party !== party || this.#ended.has(place(channel, reminder.seq))) continue
        const first = at === 0 || behind(at - 1, post) !== about
        const kind: Awaited = first && content.type === "prenotification" ? "acknowledgement" : "answer"
        if (awaited === null || awaited === kind) found.add(reminder.seq)
      }
    }
    return found
  }
}

/** Give the place of the content that the reminder at a place belongs to. */
function behind(at: number, post: Post): number {
  return Math.min(Math.floor((at * post.contents.length) / post.reminders.length), post.contents.length - 1)
}
