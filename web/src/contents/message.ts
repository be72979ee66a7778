import { optional, otherwise, required, type Rule } from "./checking"
import { content, FOLLOWS, type Told } from "./content"
import { PARTY_LABEL } from "./fields"
import { listOf, text } from "./kinds"

const once: Rule<{ readonly mentions: readonly string[] }> = ({ mentions }) =>
  new Set(mentions).size === mentions.length ? null : ["mentions", "names a Member twice"]

/**
 * What a person wrote, as long as one content holds (`content_too_large`); `follows` is the entry it answers, and
 * `mentions` are the parties that should look.
 */
export const Message = content(
  "message",
  { text: required(text(1)), follows: optional(FOLLOWS), mentions: otherwise(listOf(PARTY_LABEL, 50), () => []) },
  once,
)
export type Message = Told<typeof Message>
