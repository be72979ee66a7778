/**
 * Move the engine along the log: merge own commits, follow others', join by welcomes; report what cannot be followed.
 *
 * The engine's answers are compared with the fold; where they differ, the state before stays, the commit is reported.
 */

import type { Account } from "../client/account"
import type { LocalDirectory } from "../client/directory"
import { field } from "../client/http"
import type { Keys } from "../client/store/keys"
import type { LogPosition, Logs, Row } from "../client/store/logs"
import type { Outbox } from "../client/store/outbox"
import { Charter, Roster } from "../wire/bodies"
import { type Entry, Kind } from "../wire/entries"
import { sha256Hex } from "../wire/hash"
import { adopt } from "../wire/membership"
import * as mls from "../wire/mls"
import { Refused } from "../wire/refused"
import type { EpochKey } from "../wire/sealing"
import { Statement } from "../wire/statements"
import { Welcome } from "../wire/welcomes"
import { epochKeyOf } from "./committing"
import {
  type Engine,
  EngineError,
  EngineUnavailable,
  type Epoch,
  type KeyPackage,
  type Pair,
  type Processed,
} from "./engine_host"
import { join, sameLeaves } from "./joining"
import type { Judged } from "./judge"

/**
 * What one pass over some entries gathers before it is saved.
 *
 * epochs: keys that the engine gave; used: key packages that served a join; bad: commits it cannot apply
 */
export class Step {
  readonly rows: Row[] = []
  readonly epochs: EpochKey[] = []
  readonly used: string[] = []
  readonly bad: number[] = []
  readonly chains = new Map<number, string>()

  constructor(public at: LogPosition) {}

  /** Note why this channel cannot be posted to. */
  stop(trouble: string): void {
    this.at = { ...this.at, trouble }
  }

  /** Take a state of the engine with its epoch's key; only a fork stays a trouble. */
  adopt(state: Uint8Array, epoch: Epoch): void {
    const trouble = this.at.trouble?.startsWith("forked") ? this.at.trouble : null
    this.at = { ...this.at, state, state_epoch: epoch.number, trouble }
    this.epochs.push(epochKeyOf(epoch))
  }
}

/** What a mover works with. */
export interface Tools {
  readonly account: Account
  readonly engine: Engine
  readonly directory: LocalDirectory
  readonly logs: Logs
  readonly keys: Keys
  readonly outbox: Outbox
  readInbox(): Promise<unknown>
}

/** Moves one device's engine states; saves nothing itself. */
export class Mover {
  readonly #tools: Tools

  constructor(tools: Tools) {
    this.#tools = tools
  }

  /** This device's URI. */
  get own(): string {
    return String(this.#tools.account.uri)
  }

  /** Bring the engine past an entry that begins an epoch, where it is this device's to follow. */
  async move(step: Step, { commit, adds_us: addsUs }: Judged, entry: Entry): Promise<void> {
    const { state, state_epoch: epoch } = step.at
    if (entry.kind === Kind.GROUP_INFO && entry.device === this.own) await this.#mergeOwn(step, entry, 0)
    else if (commit === null) return
    else if (state === null) {
      if (addsUs) await this.#join(step, commit, entry)
    } else if (epoch === commit.epoch && addsUs) await this.#replaced(step, commit, entry)
    else if (epoch === commit.epoch && !(await this.#mergeOwn(step, entry, commit.epoch + 1))) {
      await this.#process(step, state, commit, entry)
    }
  }

  /** Give this device's own chain at a number, saved or just judged. */
  chainAt(step: Step, seq: number): string | null {
    return step.chains.get(seq) ?? this.#tools.logs.chainAt(step.at.id, seq)
  }

  /** Merge a state that this device staged, where the entry is exactly what it posted. */
  async #mergeOwn(step: Step, entry: Entry, epoch: number): Promise<boolean> {
    const staged = entry.device === this.own ? this.#tools.outbox.staged(entry.post_id, epoch) : null
    if (staged?.digest !== sha256Hex(entry.data)) return false
    step.adopt(staged.state, await this.#tools.engine.epoch(staged.state))
    step.at = { ...step.at, tended_ms: entry.at_ms }
    return true
  }

  /** Leave the leaf that this commit replaces; join anew where it was this store that asked to rejoin. */
  async #replaced(step: Step, commit: mls.Commit, entry: Entry): Promise<void> {
    step.at = { ...step.at, state: null, state_epoch: null }
    const ours = commit.adds.some((add) => add.identity === this.own && this.#tools.keys.package(add.ref) !== null)
    if (ours) await this.#join(step, commit, entry)
    else step.stop("removed: this device was let in anew by another store of it")
  }

  /** Follow another device's commit; one that cannot be followed is kept out, and reported. */
  async #process(step: Step, state: Uint8Array, commit: mls.Commit, entry: Entry): Promise<void> {
    const leaves = step.at.membership?.leaves ?? new Map<number, never>()
    const signer = [...leaves.values()].find((leaf) => leaf.uri === entry.device)
    if (signer === undefined) throw new Error("a commit counts only from a leaf")
    const allowed = commit.adds.map((add): Pair => [add.identity, add.signature_key])
    const committer: Pair = [entry.device, signer.key]
    let processed: Processed
    try {
      const at = Math.floor(entry.at_ms / 1000)
      processed = await this.#tools.engine.process(state, entry.data, { allowed, committer, at })
    } catch (refused) {
      if (!(refused instanceof EngineError) || refused instanceof EngineUnavailable) throw refused
      badCommit(step, entry, `${refused.code}: ${refused.detail}`)
      return
    }
    if (processed.removed || processed.epoch === null) {
      step.at = { ...step.at, state: null, state_epoch: null, trouble: "removed: this device was removed" }
    } else if (!sameLeaves(processed.epoch.leaves, leaves)) {
      badCommit(step, entry, "the group's leaves are not those that the log shows")
    } else step.adopt(processed.state, processed.epoch)
  }

  /** Join by the welcome in the inbox; one that cannot be believed leaves this device without keys here. */
  async #join(step: Step, commit: mls.Commit, entry: Entry): Promise<void> {
    const { keys } = this.#tools
    const ref = commit.adds.find((add) => add.identity === this.own)?.ref ?? ""
    const own = keys.package(ref)
    if (keys.welcome(entry.log, ref) === null) await this.#tools.readInbox()
    const data = keys.welcome(entry.log, ref)
    if (own === null || data === null) {
      step.stop("no_welcome: this device was added and holds no welcome; rejoin")
      return
    }
    try {
      await this.#joinBy(step, commit, entry, Welcome.decode(data), own)
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused
      step.stop(`cannot_join: ${refused.detail} (${refused.code})`)
      return
    }
    step.used.push(own.ref)
  }

  async #joinBy(step: Step, commit: mls.Commit, entry: Entry, welcome: Welcome, own: KeyPackage): Promise<void> {
    const { account, directory, engine } = this.#tools
    const path = `/v1/channels/${entry.log}/group-info?epoch=${commit.epoch + 1}`
    const told = (await account.call("GET", path)).json()
    const group_info = field(told, "group_info", "bytes")
    const ratchet_tree = field(told, "ratchet_tree", "bytes")
    const uris = [...mls.parseRatchetTree(ratchet_tree).leaves.values()].map((leaf) => leaf.identity)
    await directory.prepare(account, uris, entry.at_ms)
    const folded = step.at.membership
    if (folded === null) throw new Error("a commit counts only after a charter")
    const { joined, leaves } = await join(
      engine,
      { entry, commit, folded, welcome, package: own, group_info, ratchet_tree },
      directory,
      {
        chainAt: (seq) => this.chainAt(step, seq),
        rosterHeads: this.#rosterHeads(entry.log, welcome.seen.seq),
        commits: [...this.#commits(entry.log), entry.data],
      },
    )
    if (!folded.leaves.size) step.at = { ...step.at, membership: adopt(folded, joined.epoch.number, leaves) }
    step.adopt(joined.state, joined.epoch)
    step.at = { ...step.at, tended_ms: entry.at_ms }
  }

  /** List the digests that were the newest roster (or charter) statement at `seen` or at any entry after it. */
  #rosterHeads(log: string, seen: number): string[] {
    const heads: string[] = []
    let head = ""
    for (const row of this.#tools.logs.rows(log, 0, [Kind.CHARTER, Kind.ROSTER])) {
      const statement = readOrNull(row)
      if (statement === null || (statement.label !== Charter.LABEL && statement.label !== Roster.LABEL)) continue
      if (row.entry.seq > seen) heads.push(head)
      head = statement.digest
    }
    return [...heads, head]
  }

  #commits(log: string): Uint8Array[] {
    const rows = [...this.#tools.logs.rows(log, 0, [Kind.GROUP_INFO, Kind.COMMIT])]
    return rows.filter((row) => row.state === "counted").map((row) => row.entry.data)
  }
}

/** Read the statement of a row that counts; one that does not need not be readable. */
function readOrNull(row: Row): Statement | null {
  return row.state === "counted" ? Statement.parse(row.entry.data) : null
}

/** Keep the state before a commit that cannot be applied, and queue the signed report of it. */
function badCommit(step: Step, entry: Entry, why: string): void {
  step.stop(`bad_commit: entry ${entry.seq} by ${entry.device}: ${why}`)
  step.bad.push(entry.seq)
}
