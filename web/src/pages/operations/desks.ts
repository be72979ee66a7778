/** How a desk's days and clock are written and read. */
import type { DeskSettings } from "../../api"
import { formatDate, formatList, t } from "../../i18n/i18n.svelte"

// 1 January 2024 was a Monday, which the contents count as 0.
const MONDAY_MS = Date.UTC(2024, 0, 1)
const DAY_MS = 86_400_000
export const WEEKDAYS = [0, 1, 2, 3, 4, 5, 6] as const
const PHONE = /^\+[1-9]\d{6,14}$/u
const OFFICE = /^[a-z][a-z0-9-]{1,30}\/[a-z][a-z0-9-]{0,30}$/u

export function weekday(day: number, width: "long" | "short" = "long"): string {
  return formatDate(MONDAY_MS + day * DAY_MS, { weekday: width, timeZone: "UTC" })
}

export function daysOff({ weekend }: DeskSettings): string {
  const days = weekend ?? [5, 6]
  return days.length === 0 ? t("operations.no_day_off") : formatList(days.toSorted((a, b) => a - b).map((day) => weekday(day, "short")))
}

/** Write minutes from UTC as `UTC+05:30`. */
export function clockOf(minutes: number): string {
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return minutes === 0 ? "UTC" : `UTC${minutes < 0 ? "−" : "+"}${String(hours).padStart(2, "0")}:${String(rest).padStart(2, "0")}`
}

/** Say whether a desk works on its own calendar's day. */
export function isWorking(desk: DeskSettings, atMs: number): boolean {
  const there = new Date(atMs + (desk.utc_offset_minutes ?? 0) * 60_000)
  const day = (there.getUTCDay() + 6) % 7
  return !(desk.weekend ?? [5, 6]).includes(day) && !(desk.holidays ?? []).includes(there.toISOString().slice(0, 10))
}

/** Every offset that some place on earth keeps. */
export const OFFSETS: readonly number[] = [
  ...Array.from({ length: 27 }, (_, hour) => (hour - 12) * 60), -570, -210, 210, 270, 330, 345, 390, 525, 570, 630, 765,
].sort((a, b) => a - b)

/** Write a telephone number as it is sent: no spaces, points, dashes. */
export function phoneOf(text: string): string {
  return text.replace(/^00/u, "+").replace(/[\s().-]/gu, "")
}
export const isPhone = (text: string): boolean => PHONE.test(phoneOf(text))
export const isOffice = (text: string): boolean => OFFICE.test(text)
