/** An addressee's answer where one is asked (mode REPLY); the newest one counts. */
import { optional, required } from "./checking"
import { event, type Told } from "./content"
import { PROSE } from "./fields"
import { oneOf } from "./kinds"

export const ANSWERS = ["NO_OBJECTION", "NO_OBJECTION_WITH_CONDITIONS", "OBJECTED"] as const
export const REASON_CODES = [
  "documents",
  "licence",
  "goods",
  "quantity",
  "route",
  "temperature",
  "security",
  "other",
] as const
export type ReasonCode = (typeof REASON_CODES)[number]

/** No objection, or what stands against it: conditions and objections say why. */
export const Answer = event(
  "answer",
  { answer: required(oneOf(ANSWERS)), reason_code: optional(oneOf(REASON_CODES)), text: optional(PROSE) },
  (told) => {
    if (told.answer === "NO_OBJECTION") return null
    const name = told.reason_code === null ? "reason_code" : told.text === null ? "text" : null
    return name && [name, `is missing; ${told.answer} needs a reason`]
  },
)
export type Answer = Told<typeof Answer>
