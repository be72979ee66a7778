/** Say a date or a time that was typed in the reader's language: the browser's own field speaks the browser's. */
import { formatDate, t } from "../i18n/i18n.svelte"

const DAY = { day: "numeric", month: "long", year: "numeric" } as const
const HOUR = { hour: "2-digit", minute: "2-digit" } as const

/** Give the words; none for other fields, and none before it is whole. An instant is typed as UTC. */
export function echoOf(type: string, value: string): string | undefined {
  if (type === "date") return said(value, { ...DAY, timeZone: "UTC" })
  if (type === "time") return said(value === "" ? "" : `2000-01-01T${value}Z`, { ...HOUR, timeZone: "UTC" })
  if (type !== "datetime-local" || value === "") return undefined
  const instant = `${value.slice(0, 16)}Z`
  const utc = said(instant, { weekday: "long", ...DAY, ...HOUR, timeZone: "UTC" })
  if (utc === undefined) return undefined
  const here = new Date(instant)
  if (here.getTimezoneOffset() === 0) return t("ui.time_utc", { utc })
  const sameDay = here.getDate() === here.getUTCDate()
  return t("ui.time_both", { utc, local: said(instant, sameDay ? HOUR : { weekday: "long", day: "numeric", month: "long", ...HOUR }) })
}

function said(value: string, how: Intl.DateTimeFormatOptions): string | undefined {
  const ms = Date.parse(value)
  return Number.isFinite(ms) ? formatDate(ms, how) : undefined
}
