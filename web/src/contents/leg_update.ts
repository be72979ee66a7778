/** Newer facts of a transit Member about its own legs. */
import { optional, part, required } from "./checking"
import { event, type Told } from "./content"
import { AWB, FLIGHT, INSTANT, instantMs, LOCODE, WORDS } from "./fields"
import { listOf } from "./kinds"

/** One leg in the form's own words, found by its places; what is left out stays as it was. */
export const UPDATED_LEG = part(
  {
    from_place: required(LOCODE),
    to_place: required(LOCODE),
    etd_at: optional(INSTANT),
    eta_at: optional(INSTANT),
    carrier: optional(WORDS),
    flight: optional(FLIGHT),
    voyage: optional(WORDS),
    vessel: optional(WORDS),
    vehicle: optional(WORDS),
    awb: optional(AWB),
    transport_document: optional(WORDS),
    container: optional(WORDS),
    seals: optional(listOf(WORDS, 50)),
  },
  ({ etd_at, eta_at }) => {
    const backwards = etd_at !== null && eta_at !== null && instantMs(etd_at) >= instantMs(eta_at)
    return backwards ? ["eta_at", "must lie after etd_at"] : null
  },
)
export type UpdatedLeg = Told<typeof UPDATED_LEG>

/** By a transit Member, for legs that begin or end with it. */
export const LegUpdate = event("leg_update", { legs: required(listOf(UPDATED_LEG, 12, 1)) })
export type LegUpdate = Told<typeof LegUpdate>
