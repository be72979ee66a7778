/** What arrived, beside what was announced: lot by lot, counted by the destination. */
import { optional, otherwise, part, required } from "./checking"
import { event, type Told } from "./content"
import { BATCH, COUNT, INSTANT, WORDS } from "./fields"
import { listOf, oneOf, text, TRUTH } from "./kinds"

export const OUTCOMES = ["MATCHED", "DISCREPANCY", "NOT_ARRIVED", "REFUSED", "SEIZED"] as const
export type Outcome = (typeof OUTCOMES)[number]

const NONE = otherwise(COUNT, 0)

/** One lot as counted on arrival; `doses` are the good and the damaged ones received. */
export const COUNTED_LOT = part({
  batch: required(BATCH),
  doses: required(COUNT),
  vials: optional(COUNT),
  boxes: optional(COUNT),
  damaged_doses: NONE,
  missing_doses: NONE,
  excess_doses: NONE,
  temperature: otherwise(oneOf(["OK", "ALARM", "NO_INDICATOR"]), "OK"),
})
export type CountedLot = Told<typeof COUNTED_LOT>

/** Closes a pre-notification. */
export const Reconciliation = event(
  "reconciliation",
  {
    outcome: required(oneOf(OUTCOMES)),
    counted_at: required(INSTANT),
    lots: otherwise(listOf(COUNTED_LOT, 500), []),
    short_shipment_notified: optional(TRUTH),
    missing_documents: otherwise(listOf(WORDS, 50), []),
    released_at: optional(INSTANT),
    arrival_report: optional(text(1, 40)),
  },
  ({ outcome, lots }) => {
    if ((outcome === "MATCHED" || outcome === "DISCREPANCY") && lots.length === 0) {
      return ["lots", `is missing; the outcome ${outcome} needs the count of every lot`]
    }
    if (outcome === "NOT_ARRIVED" && lots.length > 0) return ["lots", "must be empty; nothing arrived"]
    return new Set(lots.map((lot) => lot.batch)).size === lots.length ? null : ["lots", "counts a lot twice"]
  },
)
export type Reconciliation = Told<typeof Reconciliation>
