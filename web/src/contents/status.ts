import { optional, required } from "./checking"
import { event, type Told } from "./content"
import { oneOf } from "./kinds"
import { OUTCOMES } from "./reconciliation"

/**
 * The token that a destination leaves in a route lane in place of what transit Members may not read: that something
 * was said, not what. `id` is the id of the full event in the goods lane.
 */
export const Status = event(
  "status",
  { state: required(oneOf(["ACKNOWLEDGED", "ANSWERED", "CLOSED"])), outcome: optional(oneOf(OUTCOMES)) },
  (told) =>
    (told.state === "CLOSED") === (told.outcome !== null) ? null : ["outcome", "stands with CLOSED, and only there"],
)
export type Status = Told<typeof Status>
