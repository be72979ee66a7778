/** Read what a barcode scanner types: GS1 element strings, DataMatrix contents, and Digital Links. */

import { Refused } from "../wire/refused"
import { digitsOf, identifierOf, QUALIFIERS, type Identifier } from "./gs1_identifiers"

/** What one code says of a shipment; `count` is AI(37), else AI(30). */
export type Scan = Readonly<
  Partial<Record<"gtin" | "batch" | "expiry" | "produced" | "serial" | "count" | "sscc", string>>
>

/** How scanners and people write the separator that ends a field of free length. */
const SEPARATORS = ["<GS>", "{GS}", "^]", "␝"]
const SEPARATOR = "\x1d"
const SPACE = "[\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]"
const ENDS = new RegExp(`^${SPACE}+|${SPACE}+$`, "g")
const SPACES = new RegExp(SPACE, "g")

type Element = readonly [ai: string, value: string]

/** Something that is no code; told to people as one refusal. */
class Unreadable extends Error {}

/** Read one scanned code; a wrong check digit is left to the template's findings. Throws `Refused("bad_input")`. */
export function readScan(text: string, now: Date = new Date()): Scan {
  const values = new Map(elements(text, now))
  const found = {
    gtin: values.get("01"), batch: values.get("10"), expiry: values.get("17"), produced: values.get("11"),
    serial: values.get("21"), count: values.get("37") ?? values.get("30"), sscc: values.get("00"),
  }
  const { gtin, batch, expiry, produced, sscc } = found
  if (![gtin, batch, expiry, produced, sscc].some(Boolean)) throw unread(text)
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value)) as Scan
}

function elements(written: string, now: Date): Element[] {
  const text = SEPARATORS.reduce((all, one) => all.replaceAll(one, SEPARATOR), stripped(written))
  try {
    if (text.startsWith("(")) return readable(text, now)
    if (text.includes("://")) return link(text, now)
    // A symbology identifier such as ]d2 or ]C1 is what some scanners send first.
    return message(stripped(text.startsWith("]") ? text.slice(3) : text), now)
  } catch (error) {
    if (error instanceof Unreadable) throw unread(written)
    throw error
  }
}

/** Read a message: elements one after another, those of free length ended by a separator. */
function message(text: string, now: Date): Element[] {
  const found: Element[] = []
  for (let rest = text; rest; ) {
    const identifier = known(rest)
    const [first = ""] = rest.split(SEPARATOR, 1)
    const match = new RegExp(`^${identifier.pattern}`).exec(first.slice(identifier.ai.length))
    if (!match) throw new Unreadable()
    found.push(element(identifier, match[0], now))
    rest = rest.slice(identifier.ai.length + match[0].length)
    while (rest.startsWith(SEPARATOR)) rest = rest.slice(1)
  }
  return found
}

/** Read what is printed below a code: (01)05412345000013(17)270331(10)SBX4471. */
function readable(text: string, now: Date): Element[] {
  const parts = [...text.replace(SPACES, "").matchAll(/\((\d+)\)([^(]+)/g)]
  if (parts.length === 0) throw new Unreadable()
  return parts.map(([, ai = "", value = ""]) => whole(ai, value, now))
}

/** Read a GS1 Digital Link: the identifier and its qualifiers in the path, the rest as parameters. */
function link(text: string, now: Date): Element[] {
  const found = /^https?:(?:\/\/[^/?#[\]]*)?(\/[^?#]*|)(?:\?([^#]*))?/i.exec(text.replace(/[\t\r\n]/g, ""))
  const path = found?.[1]?.split("/") ?? []
  const start = path.findIndex((part) => QUALIFIERS.has(part))
  if (!found || start < 0 || (path.length - start) % 2 !== 0) throw new Unreadable()
  const [key = "", value = "", ...more] = path.slice(start).map(decoded)
  const made = [whole(key, key === "01" ? value.padStart(14, "0") : value, now)]
  let expected = QUALIFIERS.get(key) ?? []
  for (let at = 0; at < more.length; at += 2) {
    // Each qualifier is used once, and in its order.
    const place = expected.indexOf(more[at]!)
    if (place < 0) throw new Unreadable()
    expected = expected.slice(place + 1)
    made.push(whole(more[at]!, more[at + 1]!, now))
  }
  const asked = new Map((found[2] ?? "").split("&").map(parameter))
  for (const [ai, said] of asked) if (said && identifierOf(ai)?.ai === ai) made.push(whole(ai, said, now))
  return made
}

function whole(ai: string, value: string, now: Date): Element {
  const identifier = known(ai)
  if (identifier.ai !== ai || !new RegExp(`^${identifier.pattern}$`).test(value)) throw new Unreadable()
  return element(identifier, value, now)
}

function element(identifier: Identifier, value: string, now: Date): Element {
  return [identifier.ai, identifier.dated ? (day(value, now) ?? value) : value]
}

function known(text: string): Identifier {
  const found = identifierOf(text)
  if (!found) throw new Unreadable()
  return found
}

/** Read YYMMDD, with hours, minutes and seconds where they are; day 00 is the last of its month. */
function day(value: string, now: Date): string {
  const [two = 0, month = 0, named = 0, hour, minute = 0, second = 0] = digitsOf(value)
  const year = two + century(two, now.getUTCFullYear())
  const last = new Date(Date.UTC(year, month, 0)).getUTCDate()
  const date = named || last
  if (month < 1 || month > 12 || date > last) throw new Unreadable()
  const open = hour === 99 && minute === 99
  if (hour !== undefined && !open && (hour > 23 || minute > 59 || second > 59)) throw new Unreadable()
  return [String(year), String(month).padStart(2, "0"), String(date).padStart(2, "0")].join("-")
}

/** Two digits stand for a year from 49 years past to 50 years ahead. */
function century(two: number, year: number): number {
  const here = year - (year % 100)
  const apart = two - (year % 100)
  return apart >= 51 ? here - 100 : apart <= -50 ? here + 100 : here
}

function parameter(text: string): [string, string] {
  const at = text.indexOf("=")
  if (at < 0) return [text, ""]
  return [decoded(text.slice(0, at).replaceAll("+", " ")), decoded(text.slice(at + 1).replaceAll("+", " "))]
}

/** Take percent signs away; what is none stays. */
function decoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (signs) => {
    const bytes = signs.slice(1).split("%").map((two) => parseInt(two, 16))
    return new TextDecoder().decode(new Uint8Array(bytes))
  })
}

function stripped(text: string): string {
  return text.replace(ENDS, "")
}

function unread(text: string): Refused {
  const shown = stripped(text).replaceAll(SEPARATOR, "<GS>").slice(0, 80)
  return new Refused("bad_input", `“${shown}” is no GS1 code with a GTIN, batch, expiry or SSCC`)
}
