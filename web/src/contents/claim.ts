import { required } from "./checking"
import { content, type Told } from "./content"
import { ENTRY_PLACE, HEX_16 } from "./fields"
import { listOf, oneOf } from "./kinds"

/**
 * Which of a Member's gateways delivers what to its national system, so that none is delivered twice: items that one
 * device takes, has delivered, or gives back, for one endpoint.
 */
export const Claim = content("claim", {
  endpoint: required(HEX_16),
  items: required(listOf(ENTRY_PLACE, 200, 1)),
  state: required(oneOf(["CLAIMED", "DELIVERED", "RELEASED"])),
})
export type Claim = Told<typeof Claim>
