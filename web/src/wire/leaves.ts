/** Hold what the fold of a channel's log knows: seated offices, leaves, epoch (docs/protocol.md §6). */

import type { Charter } from "./bodies"
import { fromHex, toHex } from "./bytes"
import type { DeviceCertificate } from "./certificates"
import { DeviceUri } from "./identity"
import { Refused } from "./refused"

/** An entry that does not count, and why; `code` is stable. */
export class NotCounted extends Refused {}

/** Where the fold finds certificates; whoever passes one in has pinned the root. */
export interface Directory {
  /** Give the verified certificate in force at an instant: of those valid then, the one that began last. */
  device(uri: string, atMs: number): Promise<DeviceCertificate | null>
  /** Give the keys that may sign as "root" or as a party's host at an instant. */
  authorityKeys(signer: string, atMs: number): Promise<readonly Uint8Array[]>
}

/**
 * One device in the MLS tree.
 *
 * Unit  not_after_ms: the end of the certificate with which it was added or last committed;
 *       since_seq: the entry that added it
 */
export interface Leaf {
  readonly uri: string
  readonly key: Uint8Array
  readonly not_after_ms: number
  readonly since_seq: number
}

interface Fields {
  readonly channel: string
  readonly charter: Charter
  readonly founder: string
  readonly seq: number
  readonly at_ms: number
  readonly epoch: number
  readonly roster_number: number
  readonly roster_head: string
  readonly seated: ReadonlySet<string>
  readonly leaves: ReadonlyMap<number, Leaf>
  readonly revoked: ReadonlySet<string>
  readonly rejoining: ReadonlySet<string>
}

export interface SavedMembership extends Omit<Fields, "seated" | "leaves" | "revoked" | "rejoining"> {
  readonly seated: readonly string[]
  readonly leaves: readonly (readonly [number, string, string, number, number])[]
  readonly revoked: readonly string[]
  readonly rejoining: readonly string[]
}

const FRESH = {
  seq: 1,
  at_ms: 0,
  epoch: -1,
  roster_number: 0,
  roster_head: "",
  seated: new Set<string>(),
  leaves: new Map<number, Leaf>(),
  revoked: new Set<string>(),
  rejoining: new Set<string>(),
}

/** Who is seated and who holds a leaf after the entry numbered `seq`; `channel` and `roster_head` are hex. */
export class Membership implements Fields {
  readonly channel: string
  readonly charter: Charter
  readonly founder: string
  readonly seq: number
  readonly at_ms: number
  readonly epoch: number
  readonly roster_number: number
  readonly roster_head: string
  readonly seated: ReadonlySet<string>
  readonly leaves: ReadonlyMap<number, Leaf>
  readonly revoked: ReadonlySet<string>
  readonly rejoining: ReadonlySet<string>
  // Every post asks these of the same membership, with hundreds of leaves: they are worked out once.
  #places: Map<string, number> | null = null
  #unwanted: { readonly indexes: readonly number[]; readonly firstEndMs: number } | null = null

  constructor(given: Pick<Fields, "channel" | "charter" | "founder"> & Partial<Fields>) {
    const all: Fields = { ...FRESH, ...given }
    this.channel = all.channel
    this.charter = all.charter
    this.founder = all.founder
    this.seq = all.seq
    this.at_ms = all.at_ms
    this.epoch = all.epoch
    this.roster_number = all.roster_number
    this.roster_head = all.roster_head
    this.seated = all.seated
    this.leaves = all.leaves
    this.revoked = all.revoked
    this.rejoining = all.rejoining
  }

  /** Give the same membership with some fields changed. */
  with(changed: Partial<Fields>): Membership {
    return new Membership({ ...this, ...changed })
  }

  /** Give the leaf index of a device, or null. */
  leafOf(uri: string): number | null {
    this.#places ??= new Map([...this.leaves].map(([index, leaf]) => [leaf.uri, index]))
    return this.#places.get(uri) ?? null
  }

  /**
   * Say whether a device that was not revoked holds a leaf; where none does, none ever will.
   *
   * Where commits are withheld and no leaf is known, one may live.
   */
  get living(): boolean {
    return this.leaves.size === 0 || [...this.leaves.values()].some((leaf) => !this.revoked.has(leaf.uri))
  }

  /** Give the leaves that must go before anything is posted: revoked, rejoining, unseated or expired. */
  surplus(atMs: number): readonly number[] {
    this.#unwanted ??= this.#findUnwanted()
    const { indexes, firstEndMs } = this.#unwanted
    if (atMs <= firstEndMs) return indexes
    const expired = [...this.leaves].filter(([, leaf]) => leaf.not_after_ms < atMs).map(([index]) => index)
    return [...new Set([...indexes, ...expired])].sort((one, other) => one - other)
  }

  /** Give a JSON-ready form that `fromJson` reads back. */
  toJson(): SavedMembership {
    return {
      channel: this.channel,
      charter: this.charter,
      founder: this.founder,
      seq: this.seq,
      at_ms: this.at_ms,
      epoch: this.epoch,
      roster_number: this.roster_number,
      roster_head: this.roster_head,
      seated: [...this.seated].sort(),
      leaves: [...this.leaves].map(([index, leaf]) => [
        index,
        leaf.uri,
        toHex(leaf.key),
        leaf.not_after_ms,
        leaf.since_seq,
      ]),
      revoked: [...this.revoked].sort(),
      rejoining: [...this.rejoining].sort(),
    }
  }

  /** Read `toJson`'s form. */
  static fromJson(saved: SavedMembership): Membership {
    const leaves = saved.leaves.map(
      ([index, uri, key, not_after_ms, since_seq]) =>
        [index, { uri, key: fromHex(key), not_after_ms, since_seq }] as const,
    )
    return new Membership({
      ...saved,
      seated: new Set(saved.seated),
      leaves: new Map(leaves),
      revoked: new Set(saved.revoked),
      rejoining: new Set(saved.rejoining),
    })
  }

  /** Find the leaves that are surplus at any instant, and the instant after which a first leaf has expired. */
  #findUnwanted(): { indexes: readonly number[]; firstEndMs: number } {
    const indexes: number[] = []
    let firstEndMs = Infinity
    for (const [index, leaf] of this.leaves) {
      firstEndMs = Math.min(firstEndMs, leaf.not_after_ms)
      if (this.revoked.has(leaf.uri) || this.rejoining.has(leaf.uri) || !this.seated.has(officeIdOf(leaf))) {
        indexes.push(index)
      }
    }
    return { indexes: indexes.sort((one, other) => one - other), firstEndMs }
  }
}

/** Give the office whose seat a leaf needs. */
export function officeIdOf(leaf: Leaf): string {
  return DeviceUri.parse(leaf.uri).officeId
}

/** Judge whether a device may post a sealed entry now (rules AP-1 to AP-4); throws `NotCounted`. */
export function checkSealed(member: Membership, device: string, epoch: number, atMs: number): void {
  if (member.leafOf(device) === null) throw new NotCounted("no_leaf", "the device holds no leaf in this channel")
  if (epoch !== member.epoch) throw new NotCounted("stale_epoch", `the channel is at epoch ${member.epoch}`)
  const [first] = member.surplus(atMs)
  if (first !== undefined) throw new NotCounted("removal_pending", `leaf ${first} must be removed first`)
}

/** Step over an entry that does not count, or whose bytes are withheld. */
export function skip(member: Membership, seq: number): Membership {
  return member.with({ seq })
}

/** Take epoch and leaves from a verified Welcome (history `from_join`, where earlier commits are withheld). */
export function adopt(member: Membership, epoch: number, leaves: ReadonlyMap<number, Leaf>): Membership {
  return member.with({ epoch, leaves: new Map(leaves) })
}
