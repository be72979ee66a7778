/**
 * Where each event goes: who reports it decides the lanes, and what stands in them.
 *
 * by             goods lane        route lanes
 * destination    everything        acknowledged, answered, closed as a token; arrival and lifted holds in full
 * transit        –                 its own, in full
 * origin         everything        everything, but a reply only where the question stands
 * coordinator    its agreement to a reopening, as if it were the origin
 */
import { PratiqueError } from "../client/errors"
import type { Event } from "../contents/registry"
import { Urgency } from "../wire/entries"

export type Role = "origin" | "transit" | "destination"

/**
 * Which lanes get a copy. `routes`: every route lane gets the event, or only `token`; `own_route`: the reporter's own
 * route lane; `asked`: only the lane where the question stands.
 */
export interface Audience {
  readonly goods: boolean
  readonly routes: boolean
  readonly own_route: boolean
  readonly asked: boolean
  readonly token: "ACKNOWLEDGED" | "ANSWERED" | "CLOSED" | null
}

const NOBODY: Audience = { goods: false, routes: false, own_route: false, asked: false, token: null }

/** Give the lanes of an event by the role of who reports it. */
export function audience(event: Event, role: Role): Audience {
  if (role === "transit") return { ...NOBODY, own_route: true }
  if (role === "origin") {
    return event.TYPE === "reply" ? { ...NOBODY, asked: true } : { ...NOBODY, goods: true, routes: true }
  }
  switch (event.TYPE) {
    case "acknowledgement":
      return { ...NOBODY, goods: true, token: "ACKNOWLEDGED" }
    case "answer":
      return { ...NOBODY, goods: true, token: "ANSWERED" }
    case "reconciliation":
      return { ...NOBODY, goods: true, token: "CLOSED" }
    case "movement":
      return { ...NOBODY, goods: true, routes: event.step === "ARRIVED" }
    case "reopening":
      return { ...NOBODY, goods: true, routes: true }
    case "hold":
      return { ...NOBODY, goods: true, routes: event.step === "LIFT" }
    default:
      return { ...NOBODY, goods: true }
  }
}

/** Say how soon the others should look at an event. */
export function urgencyOf(event: Event): Urgency {
  switch (event.TYPE) {
    case "withdrawal":
    case "rerouting":
      return Urgency.URGENT
    case "hold":
      return ["REQUEST", "CONFIRM", "REFUSE"].includes(event.step) ? Urgency.URGENT : Urgency.ROUTINE
    case "reconciliation":
      return event.outcome === "MATCHED" ? Urgency.ROUTINE : Urgency.URGENT
    case "answer":
      return event.answer === "OBJECTED" ? Urgency.PRIORITY : Urgency.ROUTINE
    case "query":
      return Urgency.PRIORITY
    default:
      return Urgency.ROUTINE
  }
}

/** Give a Member's role in a consignment; throws not_yours. */
export function roleOf(party: string, origin: string, transit: readonly string[], destination: string): Role {
  if (party === origin) return "origin"
  if (party === destination) return "destination"
  if (transit.includes(party)) return "transit"
  const detail = `${party.toUpperCase()} is not on the way of this consignment and only reads it`
  throw new PratiqueError("not_yours", detail)
}
