/** A pre-notification that a Member writes, before and after it is sent; only its own lane holds it. */
import { optional, required } from "./checking"
import { content, type Told } from "./content"
import { HEX_16, PROSE, REFERENCE_FIELD, SHA_256, WORDS } from "./fields"
import { below, oneOf } from "./kinds"
import { ANNOUNCEMENT } from "./prenotification"

/** A reference has six digits. */
export const NUMBERS = 10 ** 6
export const DRAFT_STATES = ["DRAFT", "PENDING_RELEASE", "RETURNED", "SENT", "DISCARDED"] as const
export type DraftState = (typeof DRAFT_STATES)[number]

/**
 * One step of a draft; what it leaves out stays as it was. `digest` is the SHA-256 of the announcement last sent, by
 * which a repetition is known; `base`, in the first draft of a lane: where its numbers begin, behind those of the own
 * lanes that died before.
 */
export const Draft = content(
  "draft",
  {
    draft: required(HEX_16),
    state: required(oneOf(DRAFT_STATES)),
    national_reference: optional(WORDS),
    announcement: optional(ANNOUNCEMENT),
    comment: optional(PROSE),
    reference: optional(REFERENCE_FIELD),
    digest: optional(SHA_256),
    base: optional(below(NUMBERS)),
  },
  (told) => {
    if (told.state === "RETURNED" && told.comment === null) return ["comment", "is missing; say what to change"]
    const sent = (told.state === "SENT") === (told.reference !== null)
    return sent ? null : ["reference", "stands with SENT, and only there"]
  },
)
export type Draft = Told<typeof Draft>
