/** Read where the server saved a post. */

import { field } from "../client/http"
import type { Posted, Sent } from "../client/opened"
import type { Outgoing, Posting } from "../client/store/outbox"
import { EventRefused, parseMs } from "../wire/events"

/** Give the places of a post's entries in its own log; throws `ServerMistrusted`. */
export function placesOf(told: readonly unknown[], post: Outgoing): Posted[] {
  return told
    .filter((one) => field(one, "log", "str") === post.log)
    .map((one) => ({ seq: field(one, "seq", "int"), at_ms: atMs(field(one, "at", "str")), post_id: post.post_id }))
}

/** Tell contents and reminders apart: they stand in the order of the post's drafts. */
export function sentOf(posting: Posting, places: readonly Posted[]): Sent {
  const count = posting.contents.length
  const reminders = places.slice(count, count + posting.reminders.length).map((place) => place.seq)
  return { posted: places.slice(0, count), reminders }
}

function atMs(told: string): number {
  try {
    return parseMs(told)
  } catch (refused) {
    if (refused instanceof EventRefused) return 0
    throw refused
  }
}
