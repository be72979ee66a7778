/** Hold a consignment back: an addressee asks, the origin confirms or refuses, and it is lifted in agreement. */
import { REASON_CODES } from "./answer"
import { optional, required } from "./checking"
import { event, type Told } from "./content"
import { PROSE } from "./fields"
import { oneOf } from "./kinds"

export const HOLD_STEPS = ["REQUEST", "CONFIRM", "REFUSE", "AGREE", "LIFT"] as const
export type HoldStep = (typeof HOLD_STEPS)[number]

/** One step: REQUEST and AGREE by an addressee, CONFIRM and REFUSE by the origin, LIFT by either. */
export const Hold = event(
  "hold",
  { step: required(oneOf(HOLD_STEPS)), reason_code: optional(oneOf(REASON_CODES)), text: optional(PROSE) },
  (told) => {
    const asks = told.step === "REQUEST" || told.step === "REFUSE"
    return asks && told.text === null ? ["text", `is missing; ${told.step} needs a reason`] : null
  },
)
export type Hold = Told<typeof Hold>
