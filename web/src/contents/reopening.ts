import { required } from "./checking"
import { event, type Told } from "./content"
import { PROSE } from "./fields"

/**
 * A closed pre-notification is opened again: by the destination at once; by the origin once a coordinator has said the
 * same after it.
 */
export const Reopening = event("reopening", { reason: required(PROSE) })
export type Reopening = Told<typeof Reopening>
