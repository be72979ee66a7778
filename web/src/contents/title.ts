import { optional, otherwise, required } from "./checking"
import { content, type Told } from "./content"
import { PROSE, WORDS } from "./fields"
import { oneOf } from "./kinds"

export const PURPOSES = ["discussion", "library", "reporting", "lane", "operation"] as const
export type Purpose = (typeof PURPOSES)[number]

/** A channel's title and what it is for: sealed, so that the server knows neither. The newest one counts. */
export const Title = content("title", {
  title: required(WORDS),
  purpose: otherwise(oneOf(PURPOSES), "discussion"),
  about: optional(PROSE),
})
export type Title = Told<typeof Title>
