import { otherwise } from "./checking"
import { event, type Told } from "./content"
import { oneOf } from "./kinds"

/** A device of an addressee has shown a pre-notification to a person; a Member's policy can switch it off. */
export const Receipt = event("receipt", { state: otherwise(oneOf(["OPENED"]), "OPENED") })
export type Receipt = Told<typeof Receipt>
