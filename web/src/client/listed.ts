/** Hold what the server lists of a log's end against what this device has verified of it. */

import type { Account } from "./account"
import { ServerMistrusted } from "./errors"
import { field } from "./http"
import type { Logs } from "./store/logs"

type End = { readonly seq: number; readonly chain: string }

/** Logs as the server lists them: channels or operations, each with its newest entry. */
export class Listed {
  readonly #told: ReadonlyMap<string, unknown>
  /** Where the store stood when the list was asked for; others of this device may have gone on since. */
  readonly #before: ReadonlyMap<string, End>

  constructor(told: readonly unknown[], before: ReadonlyMap<string, End>) {
    this.#told = new Map(told.map((one) => [logId(field(one, "id", "str")), one]))
    this.#before = before
  }

  /** Give the logs, in the server's order. */
  ids(): string[] {
    return [...this.#told.keys()]
  }

  /**
   * Give the number of a log's newest entry.
   *
   * Throws  ServerMistrusted where the log ends before what was verified here, or has another entry there
   */
  head(log: string): number {
    const one = this.#told.get(log)
    const seq = field(one, "head_seq", "int")
    const { seq: kept, chain } = this.#before.get(log) ?? { seq: 0, chain: log }
    if (seq < kept) throw rolledBack(log, kept, seq)
    if (seq === kept && field(one, "head_chain", "str") !== chain) {
      const detail = `log ${log.slice(0, 8)} became another: its entry ${seq} is not the one that is kept here`
      throw new ServerMistrusted("log_rolled_back", detail)
    }
    return seq
  }
}

/** Ask which logs of a kind this device's office or party may read. */
export async function listLogs(account: Account, logs: Logs, what: "channels" | "operations"): Promise<Listed> {
  const before = logs.ends()
  return new Listed((await account.call("GET", `/v1/${what}`)).get(what, "list"), before)
}

/** Make what is said of a log that became shorter. */
export function rolledBack(log: string, kept: number, shown: number): ServerMistrusted {
  const detail = `log ${log.slice(0, 8)} became shorter: ${kept} entries are kept here, the server shows ${shown}`
  return new ServerMistrusted("log_rolled_back", detail)
}

/** Give a log's id as the server names it; throws `ServerMistrusted`. */
function logId(told: string): string {
  if (!/^[0-9a-f]{64}$/.test(told)) throw new ServerMistrusted("bad_answer", "the server names a log that is none")
  return told
}
