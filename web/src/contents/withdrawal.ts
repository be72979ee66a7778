import { required } from "./checking"
import { event, type Told } from "./content"
import { PROSE } from "./fields"

/** The origin takes a pre-notification back: it no longer counts; every addressee is told why. */
export const Withdrawal = event("withdrawal", { reason: required(PROSE) })
export type Withdrawal = Told<typeof Withdrawal>
