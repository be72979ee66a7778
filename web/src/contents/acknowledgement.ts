import { event, type Told } from "./content"

/** A person of an addressee has taken note; no permission and no objection is in it. */
export const Acknowledgement = event("acknowledgement", {})
export type Acknowledgement = Told<typeof Acknowledgement>
