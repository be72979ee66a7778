/**
 * Open sealed entries with the epoch keys at hand: links first, since they bring older keys, then contents in order.
 *
 * An entry that does not open, or is not believed, becomes a value with its reason; nothing here fails.
 */

import { mistrust } from "../groups/judge"
import { equal } from "../wire/bytes"
import { type Entry, Kind } from "../wire/entries"
import { type Content, type EpochKey, openLink, openSealed, type Place, SealRefused } from "../wire/sealing"
import type { Batch, Keys, Logs, Row } from "./store"

/** So many entries are decrypted side by side; they are believed one after the other. */
const AT_ONCE = 250

type OpenWith<T> = (data: Uint8Array, place: Place, epoch: EpochKey, signatureKey: Uint8Array) => Promise<T>
type Tried<T> = { readonly found: T } | { readonly refused: SealRefused }

/** Opens what waits in one store; every call stands in the caller's transaction. */
export class Opener {
  readonly #logs: Logs
  readonly #keys: Keys

  constructor(logs: Logs, keys: Keys) {
    this.#logs = logs
    this.#keys = keys
  }

  /** Open every waiting entry of a channel for which a key is held. */
  async openWaiting(batch: Batch, log: string): Promise<void> {
    while (await this.#walkLinks(batch, log));
    const contents = this.#logs.waiting(log).filter((row) => row.entry.kind === Kind.APPLICATION)
    for (let start = 0; start < contents.length; start += AT_ONCE) {
      const rows = contents.slice(start, start + AT_ONCE)
      const tried = await Promise.all(rows.map((row) => this.#try(row, openSealed)))
      rows.forEach((row, index) => this.#logs.put(batch, this.#content(batch, row, tried[index] as Tried<Content>)))
    }
  }

  /** Open waiting links, newest first; say whether one brought a key that was not there. */
  async #walkLinks(batch: Batch, log: string): Promise<boolean> {
    const links = this.#logs.waiting(log).filter((row) => row.entry.kind === Kind.LINK)
    let brought = false
    for (const row of links.reverse()) {
      const { entry } = row
      const tried = await this.#try(row, openLink)
      if ("refused" in tried) {
        this.#logs.put(batch, { ...row, state: "refused", problem: `wrong_link: ${tried.refused.detail}` })
        continue
      }
      const old = tried.found
      if (this.#keys.hasOwn(log, old.epoch)) {
        const own = this.#keys.epochs(log, old.epoch)[0]
        const good = own !== undefined && equal(own.key, old.key) && equal(own.authenticator, old.authenticator)
        const problem = `wrong_link: ${entry.device} linked to another key of epoch ${old.epoch} than this device holds`
        this.#logs.put(batch, { ...row, state: good ? "counted" : "refused", problem: good ? null : problem })
        continue
      }
      this.#keys.putEpoch(batch, log, old, entry.seq)
      this.#logs.put(batch, { ...row, state: "counted" })
      this.#logs.waitAgain(batch, log, old.epoch)
      brought = true
    }
    return brought
  }

  #content(batch: Batch, row: Row, tried: Tried<Content>): Row {
    if ("refused" in tried) {
      const { code, detail } = tried.refused
      const told = code === "cannot_open" ? `could not be opened, epoch ${row.entry.epoch}` : detail
      return { ...row, state: "refused", problem: `${code}: ${told}` }
    }
    const content = tried.found
    const problem = this.#doubt(batch, row, content)
    if (problem !== null) return { ...row, state: "refused", problem }
    return { ...row, state: "opened", type: content.type, body: content.body, problem: null }
  }

  #doubt(batch: Batch, row: Row, { seen }: Content): string | null {
    const { log, seq, device } = row.entry
    if (seen.seq >= seq || this.#logs.chainAt(log, seen.seq) !== seen.chain) {
      this.#logs.note(batch, mistrust(this.#logs.load(log), device))
      const where = `(up to ${seen.seq}); ask ${device} and the server's operator`
      return `seen_mismatch: the sender saw other entries than this device ${where}`
    }
    if (!this.#logs.count(batch, row)) return "replayed: an entry of this post came before"
    return null
  }

  /** Open with each key held for the entry's epoch; give what came of the last. */
  async #try<T>(row: Row, openWith: OpenWith<T>): Promise<Tried<T>> {
    const { entry, signer } = row
    let refused = new SealRefused("cannot_open", `no key of epoch ${entry.epoch} is held`)
    for (const key of this.#keys.epochs(entry.log, entry.epoch)) {
      try {
        return { found: await openWith(entry.data, placeOf(entry), key, signer) }
      } catch (failed) {
        if (!(failed instanceof SealRefused)) throw failed
        refused = failed
        if (failed.code !== "cannot_open") break
      }
    }
    return { refused }
  }
}

/** Give the place into which an entry was sealed. */
export function placeOf(entry: Entry): Place {
  const kind = entry.kind === Kind.LINK ? Kind.LINK : Kind.APPLICATION
  return { channel: entry.log, device: entry.device, post_id: entry.post_id, kind }
}
