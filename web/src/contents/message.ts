import { optional, required } from "./checking"
import { content, FOLLOWS, type Told } from "./content"
import { PARTY_LABEL } from "./fields"
import { listOf, text } from "./kinds"
import { Photo } from "./sealed_file"

/**
 * What a person wrote, as long as one content holds (`content_too_large`); `follows` is the entry it answers, and
 * `mentions` are the parties that should look; `photos` lie sealed beside the channel.
 */
export const Message = content(
  "message",
  {
    text: required(text(1)),
    follows: optional(FOLLOWS),
    mentions: optional(listOf(PARTY_LABEL, 50)),
    photos: optional(listOf(Photo, 12, 1)),
  },
  ({ mentions }) => {
    const once = mentions === null || new Set(mentions).size === mentions.length
    return once ? null : ["mentions", "names a Member twice"]
  },
)
export type Message = Told<typeof Message>
