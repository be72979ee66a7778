import { required } from "./checking"
import { event, type Told } from "./content"
import { HEX_16, PROSE } from "./fields"

/**
 * The origin's reply; `query` is the id of the question's event. An answer that changes the form is a new version
 * besides.
 */
export const Reply = event("reply", { query: required(HEX_16), text: required(PROSE) })
export type Reply = Told<typeof Reply>
