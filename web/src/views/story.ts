/** The story of one consignment while it is told: what the rules of each transition read and change. */
import type { GoodsPart, Prenotification, RoutePart } from "../contents/prenotification"
import type { Reconciliation } from "../contents/reconciliation"
import type { Event } from "../contents/registry"
import type { Leg } from "../contents/shipment"
import {
  arrivesMs,
  departureDueMs,
  type HoldOf,
  type LegState,
  type Said,
  stateLapsesMs,
  type VersionOf,
} from "./consignment"

/** Why something does not count, or null where it does. */
export type Mark = string | null

/** Say whether a leg waits for a word of the origin. */
export function waits(leg: LegState): boolean {
  return leg.state === "QUERY" || leg.state === "HOLD_REQUESTED"
}

/** Everything said so far, settled. */
export class Story {
  state = "SENT"
  sentMs = 0
  sinceMs = 0
  goods: GoodsPart | null = null
  readonly routes = new Map<string, RoutePart>()
  /** Log → the addressees whose parts stand there. */
  readonly lanes = new Map<string, Set<string>>()
  way: readonly Leg[] = []
  legs = new Map<string, LegState>()
  /** The state a leg goes back to after its query or hold. */
  readonly resting = new Map<string, string>()
  hold: HoldOf | null = null
  /** Who asked for the hold in force, and whether they agree to lift it. */
  readonly holding = new Map<string, boolean>()
  /** Log and id of a query → who asked. */
  readonly asked = new Map<string, string>()
  versions: VersionOf[] = []
  /** Log and number of what was said so far. */
  readonly heard = new Set<string>()
  /** Party and id → the event that counted. */
  readonly told = new Map<string, Event>()
  reconciliation: Reconciliation | null = null
  outcome: string | null = null
  departedAt: string | null = null
  closedMs: number | null = null
  /** What a closed consignment goes back to when it is opened again. */
  closing: { readonly state: string; readonly legState: string } | null = null
  /** Place in the list of the origin's open request to reopen, and who asked. */
  reopening: { readonly number: number; readonly party: string } | null = null
  replacedBy: string | null = null

  constructor(
    readonly reference: string,
    readonly coordinators: ReadonlySet<string>,
  ) {}

  /** The fullest part that this reader sees. */
  get fullest(): Prenotification | null {
    return this.goods ?? this.routes.values().next().value ?? null
  }

  /** Whether this reader hears every addressee: those of the goods lane sit in every route lane too. */
  get seesAll(): boolean {
    return this.goods !== null
  }

  /** When the header state ends by itself. */
  lapsesMs(): number | null {
    const part = this.fullest
    if (part === null) return null
    const arrives = arrivesMs(this.way, part.destination)
    return stateLapsesMs(this.state, this.sinceMs, departureDueMs(part, this.way), arrives)
  }

  /** Whether the header state has ended by itself at an instant. */
  lapsed(atMs: number): boolean {
    const lapse = this.lapsesMs()
    return lapse !== null && atMs > lapse
  }

  /** Set the header state; its clocks start anew. */
  turn(state: string, atMs: number): void {
    this.state = state
    this.sinceMs = atMs
  }

  isOrigin(one: Said): boolean {
    return one.party === this.fullest?.origin
  }

  isDestination(one: Said): boolean {
    return one.party === this.fullest?.destination
  }

  /** Give the leg of a party that is on the way. */
  leg(party: string): LegState {
    const leg = this.legs.get(party)
    if (leg === undefined) throw new TypeError(`${party} is not on the way of ${this.reference}`)
    return leg
  }

  /** Change one leg. */
  put(party: string, changed: Partial<LegState>): void {
    this.legs.set(party, { ...this.leg(party), ...changed })
  }

  /** Give the state a leg is in beneath its query or hold. */
  ground(leg: LegState): string {
    return waits(leg) ? (this.resting.get(leg.party) ?? leg.state) : leg.state
  }

  /** Set the state beneath a leg's query or hold, or its state where there is none. */
  rest(leg: LegState, state: string, changed: Partial<LegState>): void {
    if (waits(leg)) {
      this.resting.set(leg.party, state)
      this.put(leg.party, changed)
    } else {
      this.put(leg.party, { ...changed, state })
    }
  }

  /** End a leg's query or hold: it goes back to the state beneath. */
  leave(party: string): void {
    const leg = this.leg(party)
    if (!waits(leg)) return
    if (leg.state === "HOLD_REQUESTED" && leg.queries.some((asked) => asked.reply === null)) {
      this.put(party, { state: "QUERY" })
    } else {
      this.put(party, { state: this.resting.get(party) ?? "PENDING" })
      this.resting.delete(party)
    }
  }

  /** Take a leg's answer and acknowledgement back: what it answered to has changed. Movements stand. */
  reset(party: string): void {
    const leg = this.leg(party)
    if (hasMoved(leg)) return
    this.rest(leg, "PENDING", {
      answer: null,
      answer_text: null,
      opened_ms: null,
      acknowledged_ms: null,
      answered_ms: null,
    })
  }
}

/** Say whether a Member has reported any movement. */
export function hasMoved(leg: LegState): boolean {
  return Object.keys(leg.moved).length > 0
}
