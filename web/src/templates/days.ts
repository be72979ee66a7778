/** Days and instants of a form, with GS1's day 00. */

const DAY_MS = 86_400_000
const INSTANT = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,6}))?)?(?:Z|([+-])(\d{2}):(\d{2}))$/

/** Read a day of GS1 AI(11) or AI(17), 2027-03-00 being the last of its month, as days since 1970; throws `RangeError`. */
export function lastDay(text: string): number {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text)
  if (!found) throw new RangeError("not a day")
  const [year, month, day] = found.slice(1).map(Number) as [number, number, number]
  return day === 0 ? days(year, month, daysOf(year, month)) : days(year, month, day)
}

/** Read a day that has no day 00, as days since 1970; throws `RangeError`. */
export function dayOf(text: string): number {
  if (text.endsWith("-00")) throw new RangeError("not a day of the calendar")
  return lastDay(text)
}

/** Write a day that was read. */
export function dayText(day: number): string {
  const at = new Date(day * DAY_MS)
  const two = (number: number) => String(number).padStart(2, "0")
  return `${String(at.getUTCFullYear()).padStart(4, "0")}-${two(at.getUTCMonth() + 1)}-${two(at.getUTCDate())}`
}

/** Read an instant of a form as milliseconds UTC; throws `RangeError`. */
export function instant(text: string): number {
  const found = INSTANT.exec(text)
  if (!found) throw new RangeError("not an instant")
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map((part) => Number(part ?? 0)) as number[]
  if (hour! > 23 || minute! > 59 || second! > 59) throw new RangeError("not a time of the clock")
  const ahead = found[8] ? (Number(found[9]) * 60 + Number(found[10])) * (found[8] === "+" ? 60_000 : -60_000) : 0
  const fraction = found[7] ? Number(`0.${found[7]}`) * 1000 : 0
  return days(year!, month!, day!) * DAY_MS + ((hour! * 60 + minute!) * 60 + second!) * 1000 + fraction - ahead
}

/** Give the day, since 1970, in which an instant lies in UTC. */
export function dayOfInstant(atMs: number): number {
  return Math.floor(atMs / DAY_MS)
}

function daysOf(year: number, month: number): number {
  const leap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
  return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0
}

function days(year: number, month: number, day: number): number {
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysOf(year, month)) {
    throw new RangeError("not a day of the calendar")
  }
  // Date.UTC takes the years 0 to 99 for those of the twentieth century.
  return new Date(0).setUTCFullYear(year, month - 1, day) / DAY_MS
}
