import { otherwise } from "./checking"
import { content, type Told } from "./content"
import { TRUTH } from "./kinds"

/**
 * How a Member works in one operation; only its own lane holds it, and the newest one counts. `four_eyes`: another
 * person than the author releases what is sent; `receipts`: tell senders what was opened.
 */
export const Policy = content("policy", {
  four_eyes: otherwise(TRUTH, false),
  receipts: otherwise(TRUTH, true),
})
export type Policy = Told<typeof Policy>
