/** Read and state the terms of operations: numbered statements of the coordinating office, each following the last. */

import { type Follower, passOver } from "../groups/following"
import { OperationTerms } from "../wire/bodies"
import type { Entry } from "../wire/entries"
import { Refused } from "../wire/refused"
import { sign, Statement } from "../wire/statements"
import { PratiqueError, ServerMistrusted } from "./errors"
import { text } from "./http"
import { listLogs } from "./listed"
import type { Operation } from "./opened"
import { Lost } from "./store"

/** The operations of one device's party. */
export class Operations {
  readonly #follower: Follower

  constructor(follower: Follower) {
    this.#follower = follower
  }

  /** List the operations that the server names, each folded and verified from its own log. */
  async all(): Promise<Operation[]> {
    const listed = await listLogs(this.#follower.account, this.#follower.logs, "operations")
    return await Promise.all(
      listed.ids().map(async (operation) => {
        const known = this.#follower.logs.load(operation).seq === listed.head(operation)
        return await (known ? this.stored(operation) : this.one(operation))
      }),
    )
  }

  /** Give one operation by its newest terms; throws `ServerMistrusted` where a statement does not hold. */
  async one(operation: string): Promise<Operation> {
    await this.#read(operation)
    return await this.stored(operation)
  }

  /** Give one operation by the newest terms that the store holds; throws as `one` does. */
  async stored(operation: string): Promise<Operation> {
    let found: Operation | null = null
    for (const { entry } of this.#follower.logs.rows(operation)) {
      try {
        const statement = Statement.parse(entry.data)
        if (statement.label !== OperationTerms.LABEL) continue
        found = await this.#advance(operation, found, entry, statement)
      } catch (refused) {
        if (!(refused instanceof Refused)) throw refused
        throw new ServerMistrusted(refused.code, `operation ${operation.slice(0, 8)}: ${refused.detail}`)
      }
    }
    if (found === null) {
      throw new ServerMistrusted("no_terms", `the log of operation ${operation.slice(0, 8)} has no terms`)
    }
    return found
  }

  /** Found an operation; only a device of a coordinating party may. */
  async found(terms: OperationTerms): Promise<Operation> {
    const { uri, key } = this.#follower.signer
    const statement = await sign(OperationTerms, terms, { signer: uri, seed: key })
    await this.#state("/v1/operations", statement)
    return await this.one(statement.digest)
  }

  /** State the next terms; throws `Problem("stale_terms")` where another statement came first. */
  async amend(operation: string, terms: OperationTerms): Promise<Operation> {
    const before = await this.one(operation)
    if (terms.number !== before.terms.number + 1) {
      throw new PratiqueError("wrong_number", `the next statement is number ${before.terms.number + 1}`)
    }
    const { uri, key } = this.#follower.signer
    const statement = await sign(OperationTerms, terms, { signer: uri, seed: key, follows: before.head })
    await this.#state(`/v1/operations/${operation}/statements`, statement)
    return await this.one(operation)
  }

  async #state(path: string, statement: Statement): Promise<void> {
    const body = { post_id: crypto.randomUUID(), statement: text(statement.raw) }
    await this.#follower.account.call("POST", path, body, { repeat: true })
  }

  /** Check one statement as the server must have: a coordinator's, signed, next in number, following the last. */
  async #advance(
    operation: string,
    before: Operation | null,
    entry: Entry,
    statement: Statement,
  ): Promise<Operation> {
    const terms = statement.read(OperationTerms)
    const { directory, account } = this.#follower
    await directory.prepare(account, [statement.signer], entry.at_ms)
    const certificate = await directory.device(statement.signer, entry.at_ms)
    if (certificate === null || !directory.isCoordinator(statement.signer)) {
      throw new ServerMistrusted("not_coordinator", `${statement.signer} does not coordinate operations`)
    }
    await statement.verify(certificate.key)
    const number = before === null ? 1 : before.terms.number + 1
    const follows = before === null ? "" : before.head
    const first = before !== null || statement.digest === operation
    if (terms.number !== number || statement.follows !== follows || !first) {
      throw new ServerMistrusted("wrong_statement", `statement ${terms.number} does not follow the one before it`)
    }
    return { id: operation, head: statement.digest, terms }
  }

  async #read(operation: string): Promise<void> {
    const { logs, store } = this.#follower
    for (;;) {
      const before = logs.load(operation)
      const { events, head } = await this.#follower.page(operation)
      const { at, rows } = passOver(before, events)
      try {
        if (rows.length > 0) await store.transaction((batch) => logs.advance(batch, before, at, rows))
      } catch (failed) {
        if (failed instanceof Lost) continue
        throw failed
      }
      const newest = events.at(-1)
      if (newest === undefined || newest.seq >= head) return
    }
  }
}
