/** How an operation uses a template: what it hides, asks for and fills in; told by its coordinator in its room. */
import { optional, otherwise, part } from "./checking"
import { content, type Told } from "./content"
import { FIELD_PATH, TEMPLATE_LABEL } from "./fields"
import { ANYTHING, listOf, mapOf, oneOf, whole } from "./kinds"

export const TRANSPORT_MODES = ["air", "sea", "road", "rail", "post", "inland_water", "multimodal"] as const
export type TransportMode = (typeof TRANSPORT_MODES)[number]
export const ON_SILENCE = ["informational", "no_objection_assumed", "must_chase"] as const
export type OnSilence = (typeof ON_SILENCE)[number]

const CLOCK_HOURS = whole(1, 24 * 90)
const PATHS = listOf(FIELD_PATH, 200)

/** How long an addressee has, in clock hours from sending. */
export const HOURS = part({ acknowledge: optional(CLOCK_HOURS), reply: optional(CLOCK_HOURS) })
export type Hours = Told<typeof HOURS>

/**
 * The coordinator's newest one counts; `on_silence` is what no reply means, shown as "no reply by …", never as approval.
 */
export const Adaptation = content("adaptation", {
  template: otherwise(TEMPLATE_LABEL, "prenotification"),
  hide: otherwise(PATHS, []),
  require: otherwise(PATHS, []),
  default: otherwise(mapOf(FIELD_PATH, ANYTHING), {}),
  deadlines: otherwise(mapOf(oneOf(TRANSPORT_MODES), HOURS), {}),
  on_silence: otherwise(oneOf(ON_SILENCE), "informational"),
})
export type Adaptation = Told<typeof Adaptation>
