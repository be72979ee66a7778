/** The forms of single fields: places, references, instants, codes; a wrong one is refused in words to act on. */
import { mod9710 } from "./check_digits"
import { formed, text, whole } from "./kinds"

// The years 1 to 9999, which every language's calendar knows.
const FIRST_MS = Date.parse("0001-01-01T00:00:00Z")
const LAST_MS = Date.parse("9999-12-31T23:59:59Z")
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const REFERENCE = /^PN-[A-Z0-9][A-Z0-9-]{1,23}-[A-Z]{2}-\d{4}-\d{6}-\d{2}$/

/** Give the reference of one pre-notification: PN-{group}-{country}-{year}-{six digits}-{ISO 7064 check}. */
export function makeReference(group: string, country: string, year: number, number: number): string {
  const digits = (value: number, width: number) => String(value).padStart(width, "0")
  const head = `PN-${group}-${country.toUpperCase()}-${digits(year, 4)}-${digits(number, 6)}`
  return `${head}-${mod9710(head)}`
}

/** Give the party label that a reference names as its sender, lower case. */
export function referenceParty(reference: string): string {
  return reference.split("-").at(-4)?.toLowerCase() ?? ""
}

/** Read an instant field as milliseconds UTC. */
export function instantMs(written: string): number {
  return Date.parse(written)
}

/** Write an instant as fields hold it: to the minute, or to the second; null outside the calendar. */
export function instantText(atMs: number): string | null {
  if (atMs < FIRST_MS || atMs > LAST_MS) return null
  const whole = new Date(atMs).toISOString()
  return whole.slice(17, 19) === "00" ? `${whole.slice(0, 16)}Z` : `${whole.slice(0, 19)}Z`
}

/** Say whether a date such as 2027-03-31 is a day of the calendar. */
export function isDay(written: string): boolean {
  const [year, month, day] = [written.slice(0, 4), written.slice(5, 7), written.slice(8)].map(Number) as number[]
  const days = month === 2 && isLeap(year!) ? 29 : DAYS[month! - 1]
  return year! >= 1 && days !== undefined && day! >= 1 && day! <= days
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
}

function isInstant(written: string): boolean {
  // 24:00 is a time for Date.parse and for nobody else.
  return isDay(written.slice(0, 10)) && written.slice(11, 13) < "24" && !Number.isNaN(Date.parse(written))
}

export const WORDS = text(1, 200)
export const PROSE = text(1, 4000)
export const COUNT = whole(0, 10 ** 10)
export const REFERENCE_FIELD = formed(
  [REFERENCE, "must be a reference such as PN-STOP-III-BE-2026-000001-21"],
  [
    (one) => mod9710(one.slice(0, -3)) === one.slice(-2),
    "has a wrong check number at its end; copy the reference again",
  ],
)
export const LOG_ID = formed([/^[0-9a-f]{64}$/, "must be a log id, 64 hexadecimal digits"])
export const HEX_16 = formed([/^[0-9a-f]{32}$/, "must be 32 hexadecimal digits"])
export const SHA_256 = formed([/^[0-9a-f]{64}$/, "must be a SHA-256 digest, 64 hexadecimal digits"])
export const PARTY_LABEL = formed([/^[a-z][a-z0-9-]{1,30}$/, "must be a party's label, such as be"])
export const OFFICE_LABEL = formed([
  /^[a-z][a-z0-9-]{1,30}\/[a-z][a-z0-9-]{0,30}$/,
  "must be an office such as be/ncp",
])
export const ENTRY_PLACE = formed([
  /^[0-9a-f]{64}\/[1-9]\d{0,15}$/,
  "must be an entry's place: its log id, a slash and its number",
])
export const FIELD_PATH = formed([
  /^[a-z][a-z0-9_]*(\[\])?(\.[a-z][a-z0-9_]*(\[\])?){0,5}$/,
  "must be a field such as goods[].gtin",
])
export const TEMPLATE_NAME = formed([
  /^[a-z][a-z-]{0,31}\/[1-9]\d{0,3}$/,
  "must name a template and its version, such as prenotification/1",
])
export const TEMPLATE_LABEL = formed([/^[a-z][a-z-]{0,31}$/, "must be a template's name, such as prenotification"])
export const KEY_32 = formed([/^[A-Za-z0-9+/]{43}=$/, "must be a key, 32 bytes in base64"])
export const PHONE = formed([/^\+[1-9]\d{6,14}$/, "must be a telephone number such as +3222101234"])
export const LOCODE = formed([
  /^[A-Z]{2}[A-Z2-9]{3}$/,
  "must be a UN/LOCODE: two capitals and three capitals or digits 2–9, as BEBRU",
])
export const AWB = formed([/^\d{3}-?\d{8}$/, "must be an air waybill number: 3 digits, a hyphen, 8 digits"])
export const FLIGHT = formed([/^[A-Z0-9]{2}\d{1,4}[A-Z]?$/, "must be a flight number such as SN465"])
export const BATCH = formed([
  /^[!-"%-/0-9:-?A-Z_a-z]{1,20}$/,
  "must be a batch number of 1 to 20 GS1 characters",
])
export const DAY = formed(
  [/^\d{4}-\d{2}-\d{2}$/, "must be a date such as 2027-03-31"],
  [isDay, "is not a day of the calendar"],
)
export const INSTANT = formed(
  [/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?Z$/, "must be a UTC time such as 2026-08-12T21:40Z"],
  [isInstant, "is not a time of the calendar"],
)
