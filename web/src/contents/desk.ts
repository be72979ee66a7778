import { optional, otherwise } from "./checking"
import { content, type Told } from "./content"
import { DAY, OFFICE_LABEL, PHONE } from "./fields"
import { listOf, whole } from "./kinds"

/**
 * A Member's desk: when it works and whom to call; told to the whole operation in its room. The newest one of each
 * party counts. `weekend` are days of the week without work, 0 = Monday.
 */
export const DeskHours = content("desk", {
  weekend: otherwise(listOf(whole(0, 6), 6), [5, 6]),
  holidays: otherwise(listOf(DAY, 400), []),
  utc_offset_minutes: otherwise(whole(-12 * 60, 14 * 60), 0),
  duty_phone: optional(PHONE),
  second_office: optional(OFFICE_LABEL),
  head_office: optional(OFFICE_LABEL),
})
export type DeskHours = Told<typeof DeskHours>
