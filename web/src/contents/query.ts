import { required } from "./checking"
import { event, type Told } from "./content"
import { PROSE } from "./fields"

/** What an addressee wants to know before it answers; the clock of the answer stands still meanwhile, a day at most. */
export const Query = event("query", { text: required(PROSE) })
export type Query = Told<typeof Query>
