import { optional, required } from "./checking"
import { content, FOLLOWS, type Told } from "./content"
import { PARTY_LABEL } from "./fields"
import { listOf, text } from "./kinds"

/**
 * What a person wrote, as long as one content holds (`content_too_large`); `follows` is the entry it answers, and
 * `mentions` are the parties that should look.
 */
export const Message = content(
  "message",
  { text: required(text(1)), follows: optional(FOLLOWS), mentions: optional(listOf(PARTY_LABEL, 50)) },
  ({ mentions }) => {
    const once = mentions === null || new Set(mentions).size === mentions.length
    return once ? null : ["mentions", "names a Member twice"]
  },
)
export type Message = Told<typeof Message>
