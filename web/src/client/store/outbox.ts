/**
 * Keep what was made and is not yet known to be saved by the server: exact bytes, and what they lead to.
 *
 * A row is written before the request leaves. After a crash the same bytes are sent again, and the answer (or the log)
 * tells what became of them; a commit's next state waits in `staged` until the log shows the commit.
 */

import type { Ring } from "../../wire/bodies"
import { fromBase64, toBase64 } from "../../wire/bytes"
import type { Urgency } from "../../wire/entries"
import type { Batch } from "./batch"
import { asIs } from "./keys"
import type { Store } from "./store"
import type { Shape, Table } from "./table"

/**
 * The engine's state after one entry of an own post.
 *
 * `epoch` is the state's; `digest` SHA-256 (hex) of the entry's data: a commit, or the GroupInfo of epoch 0.
 */
export interface Staged {
  readonly epoch: number
  readonly digest: string
  readonly state: Uint8Array
}

/**
 * What a device says in one post to one channel: contents, reminders, and the ends of earlier reminders.
 *
 * `contents`: [type, body], each one entry; with the reminders and the ends at most 64. `reminders`: whose answer is
 * awaited, and when which offices are told that it is missing. `ends`: numbers of reminders of this channel that need
 * not ring any more. `act`: what the postings of one act share: where one is refused, those behind it are not sent.
 */
export interface Posting {
  readonly channel: string
  readonly contents: readonly (readonly [string, Uint8Array])[]
  readonly urgency: Urgency
  readonly reminders: readonly (readonly [string, readonly Ring[]])[]
  readonly ends: readonly number[]
  readonly act: string
}

/** One post on its way; `again` is what was sealed and stated, to do so again under a newer epoch. */
export interface Outgoing {
  readonly post_id: string
  readonly log: string
  readonly path: string
  readonly body: Uint8Array
  readonly again: Posting | null
  readonly staged: readonly Staged[]
}

/** Give a posting of contents, and whatever else is given. */
export function postingOf(
  channel: string,
  contents: Posting["contents"],
  more: Partial<Omit<Posting, "channel" | "contents">> = {},
): Posting {
  return { channel, contents, urgency: 0 as Urgency, reminders: [], ends: [], act: "", ...more }
}

interface Waiting extends Omit<Outgoing, "staged"> {
  /** Its turn: a post that is sealed again keeps it. */
  readonly turn: number
}

interface KeptStaged extends Staged {
  readonly post_id: string
  readonly log: string
}

/** The outgoing posts of one store. */
export class Outbox {
  readonly #posts: Table<Waiting>
  readonly #staged: Table<KeptStaged>
  #turn = 0
  /** Hears whenever a post goes: saved or refused. */
  told: () => void = () => undefined

  constructor(store: Store) {
    this.#posts = store.table("outbox", POSTS, (_key, _before, after) => {
      this.#turn = Math.max(this.#turn, after?.turn ?? 0)
      if (after === undefined) this.told()
    })
    this.#staged = store.table("staged", asIs<KeptStaged>())
  }

  /** Keep a post, or replace its bytes, before it leaves. */
  put(batch: Batch, post: Outgoing): void {
    const { staged, ...kept } = post
    const turn = this.#posts.get(post.post_id)?.turn ?? this.#turn + 1
    batch.put(this.#posts, post.post_id, { ...kept, turn })
    this.#dropStaged(batch, post.post_id)
    for (const one of staged) {
      batch.put(this.#staged, `${post.post_id}/${one.epoch}`, { ...one, post_id: post.post_id, log: post.log })
    }
  }

  /** List posts that are not known to be saved, oldest first; their staged states are asked for one by one. */
  waiting(log: string | null = null): Outgoing[] {
    const found = this.#posts.values().filter((post) => log === null || post.log === log)
    found.sort((one, other) => one.turn - other.turn)
    return found.map(({ turn: _turn, ...post }) => ({ ...post, staged: [] }))
  }

  /** Give the state that an own post leads to at an epoch. */
  staged(postId: string, epoch: number): Staged | null {
    const kept = this.#staged.get(`${postId}/${epoch}`)
    return kept === undefined ? null : { epoch: kept.epoch, digest: kept.digest, state: kept.state }
  }

  /** Forget a post that the server saved; its staged states stay until the log shows them. */
  sent(batch: Batch, postId: string): void {
    batch.delete(this.#posts, postId)
  }

  /** Forget a post that the server refused, and what it would have led to. */
  drop(batch: Batch, postId: string): void {
    this.sent(batch, postId)
    this.#dropStaged(batch, postId)
  }

  /** Forget the staged states of a channel up to an epoch: the log has shown who made it. */
  settle(batch: Batch, log: string, epoch: number): void {
    for (const [key, kept] of this.#staged.entries()) {
      if (kept.log === log && kept.epoch <= epoch) batch.delete(this.#staged, key)
    }
  }

  #dropStaged(batch: Batch, postId: string): void {
    for (const [key, kept] of this.#staged.entries()) {
      if (kept.post_id === postId) batch.delete(this.#staged, key)
    }
  }
}

const POSTS: Shape<Waiting> = {
  write: ({ again, ...plain }) => {
    const contents = again?.contents.map(([type, body]) => [type, toBase64(body)])
    return { ...plain, again: again === null ? null : { ...again, contents } }
  },
  read: (fields) => {
    const plain = fields as unknown as Omit<Waiting, "again"> & {
      again: (Omit<Posting, "contents"> & { contents: [string, string][] }) | null
    }
    if (plain.again === null) return { ...plain, again: null }
    const contents = plain.again.contents.map(([type, body]) => [type, fromBase64(body)] as const)
    return { ...plain, again: { ...plain.again, contents } }
  },
}
