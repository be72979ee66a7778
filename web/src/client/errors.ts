/** What can go wrong on the member side, each with a stable code and, where there is one, the next step. */

/** A failure as told to a person: a stable `code`, what happened where, and what to do next. */
export class PratiqueError extends Error {
  readonly code: string
  readonly detail: string
  readonly hint: string

  constructor(code: string, detail: string, hint = "") {
    super(detail)
    this.name = new.target.name
    this.code = code
    this.detail = detail
    this.hint = hint
  }
}

/** What the server refused, as it said it (RFC 9457); `action` is fix, retry, resync or give_up. */
export class Problem extends PratiqueError {
  readonly status: number
  readonly action: string
  readonly facts: Readonly<Record<string, unknown>>

  constructor(
    code: string,
    status: number,
    detail: string,
    action = "",
    facts: Readonly<Record<string, unknown>> = {},
  ) {
    super(code, `the server says: ${detail}`)
    this.status = status
    this.action = action
    this.facts = facts
  }
}

/** No answer came from the server; nothing is known about what was asked. */
export class Unreachable extends PratiqueError {
  /** The act whose posts are sealed and kept: they go out by the next sync, whatever is done with the act. */
  act: string | null = null

  constructor(server: string, detail: string) {
    super("unreachable", `${server} does not answer: ${detail}`, "check the address and the network")
  }
}

/** The server answered something that an honest server cannot answer; nothing of it was believed. */
export class ServerMistrusted extends PratiqueError {}

/** The device's store cannot be opened, is locked, or is not there. */
export class StoreRefused extends PratiqueError {}

/** The channel is stopped or cannot be posted to; `detail` says since when and why. */
export class ChannelStopped extends PratiqueError {}

export { SealRefused } from "../wire/sealing"
