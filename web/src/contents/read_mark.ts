import { required } from "./checking"
import { content, type Told } from "./content"
import { whole } from "./kinds"

/** Somebody of this party has had on the screen what stands in this channel from one entry to another. */
export const ReadMark = content(
  "read_mark",
  { since: required(whole(1, Number.MAX_SAFE_INTEGER)), upto: required(whole(1, Number.MAX_SAFE_INTEGER)) },
  ({ since, upto }) => (upto < since ? ["upto", "comes before its beginning"] : null),
)
export type ReadMark = Told<typeof ReadMark>
