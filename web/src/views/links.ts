/** Which consignments belong together: said by their senders, or found to be the same goods; linked, never blocked. */
import { type Leg, legEtdMs, lotsOf, type Shipment } from "../contents/shipment"
import { type Board, ordered } from "./board"
import { type Consignment, DAY_MS, shipmentOf } from "./consignment"

export const SAME_GOODS = ["transport_document", "container", "lot"] as const

/**
 * Two references and why: call_off, onward, replaces or related as said; SAME_GOODS as found. `a` is the younger one,
 * where one names the other.
 */
export interface Link {
  readonly a: string
  readonly b: string
  readonly why: string
}

/** What makes goods known again: a consignment, or one that is not announced yet. */
export interface Traceable {
  readonly way_legs: readonly Leg[]
  readonly shipment: Shipment
  readonly destination: string
}
/** A kind of link, and what two consignments share where they are linked by it. */
export type Trace = readonly [why: string, key: readonly (string | number)[]]

/** Give every link of a board, those that were said first. */
export function links(board: Board): readonly Link[] {
  const all = ordered(board)
  const found = new Map<string, { why: string; references: Set<string> }>()
  for (const one of all) {
    for (const [why, key] of traces(one)) {
      const name = JSON.stringify([why, key])
      const group = found.get(name) ?? { why, references: new Set() }
      found.set(name, group)
      group.references.add(one.reference)
    }
  }
  const told = all.flatMap((one) =>
    one.relates_to.map((other) => ({ a: one.reference, b: other, why: whyOf(board, one, other) })),
  )
  const same = [...found.values()].flatMap(({ why, references }) => {
    const group = [...references]
    return group.slice(1).map((younger, number) => ({ a: younger, b: group[number] ?? "", why }))
  })
  return [...new Map([...told, ...same].map((link) => [`${link.a} ${link.b} ${link.why}`, link])).values()]
}

/** Give the references that statistics count: an onward notification of known goods is not counted again. */
export function countedOnce(board: Board): ReadonlySet<string> {
  const goods: readonly string[] = [...SAME_GOODS, "onward"]
  const again = links(board)
    .filter((link) => goods.includes(link.why) && board.consignments.has(link.b))
    .flatMap((link) => [link.a, link.b])
    .filter((reference) => board.consignments.get(reference)?.kind === "onward")
  const counted = new Set(board.consignments.keys())
  for (const reference of again) counted.delete(reference)
  return counted
}

/** Give what makes a consignment known again, each with its kind of link. */
export function* traces(one: Traceable | Consignment): Generator<Trace> {
  for (const leg of one.way_legs) {
    for (const document of [leg.awb, leg.transport_document]) {
      if (document) yield ["transport_document", [normal(document)]]
    }
    const leaves = legEtdMs(leg)
    if (leg.container && leaves !== null) yield ["container", [normal(leg.container), ...isoWeek(leaves)]]
  }
  const shipment = "shipment" in one ? one.shipment : shipmentOf(one)
  for (const [line, lot] of lotsOf(shipment)) {
    if (line.gtin) yield ["lot", [line.gtin.padStart(14, "0"), lot.batch, lot.doses, one.destination]]
  }
}

function whyOf(board: Board, one: Consignment, other: string): string {
  if (board.consignments.get(other)?.replaced_by === one.reference) return "replaces"
  return one.kind === "call_off" || one.kind === "onward" ? one.kind : "related"
}

function normal(number: string): string {
  return number.toUpperCase().replace(/[^\p{L}\p{N}]/gu, "")
}

/** Give year and number of the ISO 8601 week of an instant, in UTC. */
function isoWeek(atMs: number): readonly [year: number, week: number] {
  const day = Math.floor(atMs / DAY_MS)
  // A week is of the year in which its Thursday lies; day 0 was a Thursday.
  const thursday = new Date((Math.floor((day + 3) / 7) * 7) * DAY_MS)
  const year = thursday.getUTCFullYear()
  const first = new Date(0).setUTCFullYear(year, 0, 1)
  return [year, 1 + Math.floor((thursday.getTime() - first) / (7 * DAY_MS))]
}
