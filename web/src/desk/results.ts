/** What the desk gives back: what a check found, what was sent where, what was reported, and what needs a look. */
import { PratiqueError } from "../client/errors"
import type { Notice, OpenedEntry } from "../client/opened"
import { type Problem, problemText } from "../contents/checking"
import type { Deadlines } from "../contents/prenotification"
import type { Change } from "../templates/changes"
import type { Link } from "../views/links"
import type { Urgency } from "../wire/entries"

/** An announcement that cannot be sent as it is; `problems` names every field. */
export class AnnouncementRefused extends PratiqueError {
  readonly problems: readonly Problem[]

  constructor(code: string, problems: readonly Problem[], hint = "") {
    super(code, problems.map(problemText).join("; "), hint)
    this.problems = problems
  }
}

/**
 * An announcement before it is sent: `problems` block, `findings` ask for a reason, `parties` are told (departure
 * first), `late` says why a Member's notice is late, `unreachable` are Members on the way that take no part.
 */
export interface Checked {
  readonly problems: readonly Problem[]
  readonly findings: readonly Problem[]
  readonly parties: readonly string[]
  readonly deadlines: ReadonlyMap<string, Deadlines>
  readonly late: ReadonlyMap<string, string>
  readonly duplicates: readonly Link[]
  readonly unreachable: readonly string[]
}

/** Where one part went. */
export interface LaneSent {
  readonly part: "goods" | "route"
  readonly parties: readonly string[]
  readonly channel: string
  readonly seq: number
}

/** A pre-notification that is on its lanes; `repeated` where it was there already and nothing was posted. */
export interface Sent {
  readonly reference: string
  readonly version: number
  readonly lanes: readonly LaneSent[]
  readonly deadlines: ReadonlyMap<string, Deadlines>
  readonly changes: readonly Change[]
  readonly repeated: boolean
  readonly without: readonly string[]
}

/** An event that is on its lanes, the same `id` in each. */
export interface Reported {
  readonly reference: string
  readonly type: string
  readonly lanes: readonly LaneSent[]
  readonly id: string
}

/**
 * Something to look at, when everything it rests on is folded. `reference` is null where this device cannot tell;
 * `to_us`: this Member is addressed, or asked to act; `facts`: what a notice says.
 */
export interface Alert {
  readonly kind: "entry" | "reminder" | "members" | "alarm"
  readonly entry: OpenedEntry | Notice
  readonly reference: string | null
  readonly party: string
  readonly type: string
  readonly urgency: Urgency
  readonly to_us: boolean
  readonly facts: Readonly<Record<string, string | number>>
}
