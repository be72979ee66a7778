import { required } from "./checking"
import { event, type Told } from "./content"
import { PROSE, REFERENCE_FIELD } from "./fields"

/**
 * The goods go another way: the old pre-notification is replaced by a new one. Said by the origin, or by the transit
 * Member where the way changed, under whose reference it goes on.
 */
export const Rerouting = event("rerouting", { replaced_by: required(REFERENCE_FIELD), reason: required(PROSE) })
export type Rerouting = Told<typeof Rerouting>
