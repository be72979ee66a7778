/** Where a consignment is: reported by the Member whose leg it is. */
import { optional, required } from "./checking"
import { event, type Told } from "./content"
import { INSTANT, LOCODE, PROSE, WORDS } from "./fields"
import { oneOf } from "./kinds"

export const STEPS = ["DEPARTED", "TRANSIT_IN", "TRANSIT_OUT", "ARRIVED", "RELEASED", "DETAINED"] as const
export type Step = (typeof STEPS)[number]

/** One step of the journey, when it happened and where; `eta_at` is the new estimate for the leg that follows. */
export const Movement = event(
  "movement",
  {
    step: required(oneOf(STEPS)),
    happened_at: required(INSTANT),
    place: optional(LOCODE),
    transport_document: optional(WORDS),
    eta_at: optional(INSTANT),
    reason: optional(PROSE),
  },
  (told) =>
    told.step === "DETAINED" && told.reason === null ? ["reason", "is missing; DETAINED needs a reason"] : null,
)
export type Movement = Told<typeof Movement>
