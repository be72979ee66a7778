/** What a closed, withdrawn, replaced or silent consignment still lets in. */
import type { Content } from "../contents/registry"
import { DAY_MS, type Said } from "./consignment"
import type { Mark, Story } from "./story"

export const REVERSIBLE_MS = 7 * DAY_MS

/** Give the mark of a content that comes too late; null where the story is open for it. */
export function shut(story: Story, one: Said, content: Content): Mark {
  if (story.state === "WITHDRAWN") return "withdrawn"
  // Whoever re-routed it, here it is: one Member's word does not end what others see.
  if (story.state === "REPLACED" && step(content) === "ARRIVED" && story.isDestination(one)) return null
  if (story.state === "CLOSED" || story.state === "REPLACED") {
    return story.state === "CLOSED" && content.TYPE === "reopening" ? null : "closed"
  }
  if (!story.lapsed(one.place.at_ms)) return null
  if (story.state === "SENT") return takesUpAgain(story, one, content) ? null : "expired"
  // Nobody reported for two weeks: what the destination counts after all still counts.
  const counts = content.TYPE === "reconciliation" || content.TYPE === "reopening" || step(content) === "ARRIVED"
  return counts ? null : "closed"
}

/** Say whether this ends an expiry: the origin within seven days, or the goods themselves, which have arrived. */
function takesUpAgain(story: Story, one: Said, content: Content): boolean {
  if (step(content) === "ARRIVED") return story.isDestination(one)
  const inTime = one.place.at_ms <= (story.lapsesMs() ?? 0) + REVERSIBLE_MS
  const takesUp = content.TYPE === "prenotification" || content.TYPE === "reopening" || step(content) === "DEPARTED"
  return takesUp && inTime && story.isOrigin(one)
}

function step(content: Content): string | null {
  return content.TYPE === "movement" ? content.step : null
}
