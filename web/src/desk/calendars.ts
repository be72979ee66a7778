/** What a party's desk settings mean for its clocks. */

import { type Calendar, PLAIN_CALENDAR } from "./deadlines"

interface Told {
  readonly weekend: readonly number[]
  readonly holidays: readonly string[]
  readonly utc_offset_minutes: number
}

/** Give a party's working week; Saturday and Sunday in UTC where it has told nothing. */
export function calendarOf(hours: Told | null): Calendar {
  if (hours === null) return PLAIN_CALENDAR
  return { weekend: new Set(hours.weekend), holidays: new Set(hours.holidays), offset_minutes: hours.utc_offset_minutes }
}
