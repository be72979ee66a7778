/**
 * Post: keep the exact bytes, send them until they are answered, and do what the answer asks.
 *
 *     outbox ─▶ POST ─▶ 201: saved · stale_epoch: follow, seal again · removal_pending: follow, remove, seal again
 *
 * A commit that lost its race is dropped and what came is followed; the caller decides anew whether it is still needed.
 */

import { ChannelStopped, PratiqueError, Problem, ServerMistrusted, Unreachable } from "../client/errors"
import type { Posted, Sent } from "../client/opened"
import type { LogPosition } from "../client/store/logs"
import { type Outgoing, type Posting, postingOf } from "../client/store/outbox"
import type { Batch } from "../client/store"
import { Kind, Urgency } from "../wire/entries"
import { checkSealed, type Membership, NotCounted } from "../wire/membership"
import type { EpochKey } from "../wire/sealing"
import { baseOf, type Changes, stageCommit } from "./committing"
import type { Follower } from "./following"
import { placesOf, sentOf } from "./places"
import { nonce, openEnds, sealedPost } from "./posts"
import { isFinal, moved, MOVED, stays } from "./refusals"

/** A channel under constant change is tried this often before a person hears of it. */
export const TRIES = 20
/** Refusals that a flush tells of and goes on; whatever else stops it keeps the posts that are left. */
const LOST = [Problem, ChannelStopped, ServerMistrusted] as const

/** Sends the posts of one device. */
export class Poster {
  constructor(readonly follower: Follower) {}

  /**
   * Send one post that is in the outbox until it is answered; a refused one leaves the outbox.
   *
   * One that can be sealed again stays where the log moved on under it.
   * Throws  Problem, Unreachable (the post stays in the outbox and is sent again by the next sync)
   */
  async send(post: Outgoing): Promise<Posted[]> {
    const { store, account, outbox } = this.follower
    let told: unknown[]
    try {
      told = (await account.call("POST", post.path, post.body, { repeat: true })).get("entries", "list")
    } catch (problem) {
      if (problem instanceof Problem && !stays(problem) && !(post.again !== null && moved(problem))) {
        await this.#drop(post)
      }
      throw problem
    }
    const places = placesOf(told, post)
    await store.transaction((batch) => outbox.sent(batch, post.post_id))
    return places
  }

  /**
   * Send again what an earlier run left: the same bytes, until the server says what became of them.
   *
   * Gives  what a person should know: posts that were refused and are gone
   */
  async flush(): Promise<string[]> {
    const lost: string[] = []
    const broken = new Map<string, boolean>() // acts of which one post was not sent, and whether it never will be
    for (const post of this.follower.outbox.waiting()) {
      const act = post.again?.act ?? ""
      if (broken.has(act)) {
        if (broken.get(act)) await this.#drop(post)
        continue
      }
      try {
        if (post.again === null) await this.send(post)
        else await this.#deliver(post, post.again)
      } catch (refused) {
        if (!(refused instanceof PratiqueError) || !LOST.some((kind) => refused instanceof kind)) throw refused
        if (post.again !== null) lost.push(`a post of an earlier run is not sent: ${refused.detail}`)
        if (act) broken.set(act, refused instanceof ChannelStopped || (refused instanceof Problem && !stays(refused)))
      }
    }
    return lost
  }

  /**
   * Seal contents and post them under the epoch that holds, removing surplus leaves first.
   *
   * Throws  ChannelStopped, SealRefused, Problem, Unreachable
   */
  async post(
    channel: string,
    contents: readonly (readonly [string, Uint8Array])[],
    urgency: Urgency = Urgency.ROUTINE,
  ): Promise<readonly Posted[]> {
    const [sent] = await this.postAll([postingOf(channel, contents, { urgency })])
    return sent?.posted ?? []
  }

  /**
   * Put every post into the outbox in one transaction, then send each in order, as `post` does.
   *
   * Throws  Unreachable: all that is not sent stays in the outbox. ChannelStopped, SealRefused, Problem: what came
   *         before is sent; the refused one and what comes after it are not, and never will be
   */
  async postAll(given: readonly Posting[]): Promise<Sent[]> {
    const act = nonce()
    const postings = given.map((posting) => ({ ...posting, act }))
    const posts = await this.#put(postings)
    const sent: Sent[] = []
    for (const [place, posting] of postings.entries()) {
      try {
        sent.push(await this.#deliver(posts[place] ?? null, posting))
      } catch (refused) {
        const final = refused instanceof Problem ? !stays(refused) : isFinal(refused)
        for (const later of final ? posts.slice(place + 1) : []) if (later !== null) await this.#drop(later)
        if (refused instanceof Unreachable) refused.act = act
        throw refused
      }
    }
    return sent
  }

  /** Commit once; false where another device was first, and its entries are followed. */
  async commit(channel: string, changes: Changes = {}): Promise<boolean> {
    const { engine, signer, logs, store, outbox } = this.follower
    const position = logs.load(channel)
    const base = baseOf(position, this.#charter(channel), this.currentKey(position))
    const post = await stageCommit(engine, base, signer, changes)
    await store.transaction((batch) => outbox.put(batch, post))
    try {
      await this.send(post)
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem
      if (!MOVED.has(problem.code) && problem.code !== "entry_refused") throw problem
      await this.follower.follow(channel)
      return false
    }
    await this.follower.follow(channel)
    return true
  }

  /** Give the key of the epoch that holds; throws `ChannelStopped` where this device cannot post. */
  currentKey(position: LogPosition): EpochKey {
    const { membership: member, trouble } = position
    if (trouble !== null) {
      throw new ChannelStopped("channel_stopped", trouble, "see `doctor`; `rejoin` starts anew")
    }
    const holds = member !== null && position.state !== null && position.state_epoch === member.epoch
    const key = holds ? this.follower.keys.epochs(position.id, member.epoch)[0] : undefined
    if (key === undefined) {
      throw new ChannelStopped("no_leaf", "this device is not (yet) among those who can read this channel")
    }
    return key
  }

  /** Seal posts for channels that are ready, and keep all of them or none. */
  async #put(postings: readonly Posting[]): Promise<(Outgoing | null)[]> {
    for (let tries = 0; tries < TRIES; tries++) {
      for (const channel of new Set(postings.map((posting) => posting.channel))) await this.#ready(channel)
      try {
        return await this.follower.store.transaction(async (batch) => {
          const posts: (Outgoing | null)[] = []
          for (const posting of postings) posts.push(await this.#seal(batch, posting))
          return posts
        })
      } catch (refused) {
        // Another task of this device followed a log meanwhile, and a leaf has to go first.
        if (!(refused instanceof NotCounted)) throw refused
      }
    }
    throw new ChannelStopped("busy_channel", "the channels changed at every try", "try again")
  }

  /**
   * Seal one post where the store stands and keep it; null where somebody else ended all that it would end.
   *
   * Throws  NotCounted, where this device may not seal now
   */
  async #seal(batch: Batch, posting: Posting, postId?: string): Promise<Outgoing | null> {
    const { logs, signer, outbox } = this.follower
    const position = logs.load(posting.channel)
    const epoch = this.currentKey(position)
    this.#checkSealed(position)
    // Whether somebody ended a reminder first is only looked up once the server refused an end for it.
    const still = postId === undefined ? posting : { ...posting, ends: openEnds(logs, posting) }
    if (posting.ends.length && !still.contents.length && !still.reminders.length && !still.ends.length) return null
    const post = await sealedPost(signer, position, epoch, still, postId)
    outbox.put(batch, post)
    return post
  }

  /** Send a post until it is saved; seal it again wherever the log moved on under it. */
  async #deliver(first: Outgoing | null, posting: Posting): Promise<Sent> {
    let post = first
    let problem: Problem | null = null
    try {
      for (let tries = 0; tries < TRIES; tries++) {
        if (post === null) return { posted: [], reminders: [] }
        try {
          return sentOf(posting, await this.send(post))
        } catch (refused) {
          if (!(refused instanceof Problem) || !moved(refused)) throw refused
          problem = refused
        }
        await this.follower.follow(post.log)
        const places = await this.#inLog(post)
        if (places !== null) return sentOf(posting, places)
        if (problem.code === "post_id_reused") break
        this.#checkRemoval(post.log, problem)
        await this.#ready(post.log)
        post = await this.#sealAgain(post, posting)
      }
    } catch (refused) {
      if (post !== null && isFinal(refused)) await this.#drop(post)
      throw refused
    }
    if (post === null || problem === null) return { posted: [], reminders: [] }
    await this.#drop(post)
    throw problem
  }

  /** Seal a post again under the same id; null where nothing is left to say, and it left the outbox. */
  async #sealAgain(post: Outgoing, posting: Posting): Promise<Outgoing | null> {
    const { store, outbox } = this.follower
    try {
      return await store.transaction(async (batch) => {
        const again = await this.#seal(batch, posting, post.post_id)
        if (again === null) outbox.drop(batch, post.post_id)
        return again
      })
    } catch (refused) {
      // The log moved on once more; the bytes at hand are refused as before.
      if (refused instanceof NotCounted) return post
      throw refused
    }
  }

  /** Bring a channel to where this device may seal; follows and removes surplus leaves where needed. */
  async #ready(channel: string): Promise<void> {
    const { logs, own } = this.follower
    for (let tries = 0; tries < TRIES; tries++) {
      let position = logs.load(channel)
      if (position.membership === null || position.state === null) {
        await this.follower.follow(channel)
        position = logs.load(channel)
      }
      this.currentKey(position)
      let member: Membership
      try {
        this.#checkSealed(position)
        return
      } catch (refused) {
        if (!(refused instanceof NotCounted)) throw refused
        if (refused.code !== "removal_pending") throw new ChannelStopped(refused.code, refused.detail)
        member = foldOf(position)
      }
      const removes = member.surplus(this.follower.nextMs(position))
      if (removes.includes(member.leafOf(own) ?? -1)) {
        throw new ChannelStopped("own_leaf_surplus", "this device is to be removed from this channel")
      }
      await this.commit(channel, { removes })
    }
    throw new ChannelStopped("busy_channel", "the channel changed at every try", "try again")
  }

  #checkSealed(position: LogPosition): void {
    const member = foldOf(position)
    checkSealed(member, this.follower.own, member.epoch, this.follower.nextMs(position))
  }

  /** Refuse to remove what only the server calls surplus. */
  #checkRemoval(channel: string, problem: Problem): void {
    if (problem.code !== "removal_pending") return
    const position = this.follower.logs.load(channel)
    if (position.membership?.surplus(this.follower.nextMs(position)).length !== 0) return
    const detail = "the server asks for a removal that no signed statement in the log asks for"
    throw new ChannelStopped("false_removal", detail, "ask the server's operator; nothing was removed")
  }

  /** Find an own post in the log, where the server saved it and said otherwise. */
  async #inLog(post: Outgoing): Promise<Posted[] | null> {
    const found = this.follower.logs.ofPost(post.log, this.follower.own, post.post_id)
    if (!found.length) return null
    await this.#drop(post)
    return found.map(({ entry }) => ({ seq: entry.seq, at_ms: entry.at_ms, post_id: post.post_id }))
  }

  async #drop(post: Outgoing): Promise<void> {
    await this.follower.store.transaction((batch) => this.follower.outbox.drop(batch, post.post_id))
  }

  #charter(channel: string): Uint8Array {
    for (const row of this.follower.logs.rows(channel, 0, [Kind.CHARTER])) return row.entry.data
    throw new ChannelStopped("no_channel", "this device does not know that channel")
  }
}

function foldOf(position: LogPosition): Membership {
  if (position.membership === null) throw new Error("a channel that can be posted to has a fold")
  return position.membership
}
