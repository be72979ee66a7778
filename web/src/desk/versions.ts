/** One version of a pre-notification that is ready to go, and the digest by which an announcement is known again. */
import type { Announcement } from "../contents/prenotification"
import { ANNOUNCEMENT } from "../contents/prenotification"
import type { Event } from "../contents/registry"
import type { Change } from "../templates/changes"
import type { Urgency } from "../wire/entries"
import { sha256Hex } from "../wire/hash"
import { dumps } from "../wire/strict_json"
import type { Parts } from "./parts"

/**
 * `draft`: its number's draft in the own lane, null where that is lost; `renewed`: addressees whose clock starts with
 * this version; `there`: addressees whose part stands in its lane already; `farewells`: events for Members no longer
 * on the way.
 */
export interface Version {
  readonly draft: string | null
  readonly announcement: Announcement
  readonly parts: Parts
  readonly urgency: Urgency
  readonly renewed: ReadonlySet<string>
  readonly there: ReadonlySet<string>
  readonly changes: readonly Change[]
  readonly without: readonly string[]
  readonly farewells: ReadonlyMap<string, Event>
}

/** Give the SHA-256 by which the same announcement is known again. */
export function digestOf(announcement: Announcement): string {
  return sha256Hex(dumps(ANNOUNCEMENT.dump(announcement)))
}
