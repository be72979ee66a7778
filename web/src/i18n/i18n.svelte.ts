/** Say things in the reader's language: `t("area.key", {name: …})`, ICU MessageFormat, and dates, numbers and names by Intl. */
import { IntlMessageFormat } from "intl-messageformat"
import { DIRECTION, LOADERS, languageOf } from "./languages"
import type { Catalogue, Language } from "./languages"

export type Values = Record<string, string | number | boolean | Date | null | undefined>

let language = $state.raw<Language>("en")
let catalogue = $state.raw<Catalogue>({})
const formats = new Map<string, Format>()
const makers = new Map<string, unknown>()

/** The language that is shown now. */
export const i18n = {
  get language(): Language {
    return language
  },
  get direction(): "ltr" | "rtl" {
    return DIRECTION[language]
  },
}

/** The language that the browser asks for, of those that we speak. */
export function preferred(tags: readonly string[] = navigator.languages): Language {
  for (const tag of tags) {
    const known = languageOf(tag)
    if (known !== null) return known
  }
  return "en"
}

/** Fetch a language's texts and show everything in it. */
export async function speak(wanted: Language): Promise<void> {
  const loaded = await LOADERS[wanted]()
  formats.clear()
  makers.clear()
  language = wanted
  catalogue = DIRECTION[wanted] === "rtl" ? Object.fromEntries(Object.entries(loaded.catalogue).map(([key, text]) => [key, apart(text)])) : loaded.catalogue
  if (typeof document !== "undefined") {
    document.documentElement.lang = wanted
    document.documentElement.dir = DIRECTION[wanted]
  }
}

/** Whether the language has a text for this key. */
export function has(key: string): boolean {
  return key in catalogue
}

/** A text made ready, and the values that choose between its forms: those are words of ours, not put in. */
interface Format {
  readonly message: IntlMessageFormat
  readonly choosing: ReadonlySet<string>
}

/** Give the text of a key; a missing key shows itself, so that it is seen. */
export function t(key: string, values?: Values): string {
  const text = catalogue[key]
  if (text === undefined) return key
  if (values === undefined && !text.includes("{")) return text
  let format = formats.get(key)
  if (format === undefined) {
    const message = new IntlMessageFormat(text, locale(), undefined, { ignoreTag: true })
    format = { message, choosing: choosingIn(message.getAst()) }
    formats.set(key, format)
  }
  const { message, choosing } = format
  const put = Object.entries(values ?? {}).map(([name, value]) => [name, typeof value === "string" && !choosing.has(name) ? isolated(value) : value])
  return String(message.format(Object.fromEntries(put) as Values))
}

type Nodes = ReturnType<IntlMessageFormat["getAst"]>
function choosingIn(nodes: Nodes): Set<string> {
  const found = nodes.flatMap((node) => {
    if (!("options" in node)) return []
    const options: readonly { value: Nodes }[] = Object.values(node.options)
    return [node.value, ...options.flatMap((one) => [...choosingIn(one.value)])]
  })
  return new Set(found)
}

// By number: the signs themselves would turn this line.
const [OPEN, CLOSE] = [String.fromCharCode(0x2068), String.fromCharCode(0x2069)]
const EMBEDDED = /[\u202a-\u202c]/g
const OVERRIDES = /[\u202d\u202e]/g
const OPENED = /[\u2066-\u2068]/
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]/

/** Keep a name, a reference or somebody's words from turning the sentence around them: they run in a direction of their own. */
export function isolated(value: string): string {
  let open = 0
  let plain = ""
  for (const sign of value.replace(EMBEDDED, "").replace(OVERRIDES, "\ufffd")) {
    if (sign === CLOSE && open === 0) continue
    if (sign === CLOSE) open -= 1
    else if (OPENED.test(sign)) open += 1
    plain += sign
  }
  plain += CLOSE.repeat(open)
  return plain !== "" && (DIRECTION[language] === "rtl" || RIGHT_TO_LEFT.test(plain)) ? `${OPEN}${plain}${CLOSE}` : plain
}

const HYPHENED = /\d+(?:-\d+)+(?:T[\d:]+Z?)?/g
/** Keep the examples of a text of ours in order: among letters that run to the left, 2027-03-31 would read 31-03-2027. */
export function apart(text: string): string {
  // In one line, too: a break at a hyphen would tear it.
  return DIRECTION[language] === "rtl" ? text.replace(HYPHENED, (one) => `${LEFT}${one.replaceAll("-", JOINED)}${CLOSE}`) : text
}

/** Arabic with the digits of its codes and references, and the hours of its timetables, which are the same everywhere. */
export function locale(): string {
  return language === "ar" ? "ar-u-hc-h23-nu-latn" : language === "en" ? "en-GB" : language
}

function made<T>(key: string, make: () => T): T {
  // Read so that whoever shows this is redrawn in another language.
  void language
  const known = makers.get(key)
  if (known !== undefined) return known as T
  const fresh = make()
  makers.set(key, fresh)
  return fresh
}

export function formatNumber(value: number, options: Intl.NumberFormatOptions = {}): string {
  const make = (): Intl.NumberFormat => new Intl.NumberFormat(locale(), options)
  const text = made(`number ${JSON.stringify(options)}`, make).format(value)
  return DIRECTION[language] === "rtl" ? text.replace(SIGNED, `${LEFT}$1${CLOSE}`).replace(`${CLOSE}°`, `${CLOSE}\u00a0°`) : text
}
/** A sign and its digits, whatever marks of direction a browser puts before: where letters run to the left, −90 would end as 90−.
 * A degree stands a space apart, else it would touch the sign. */
const SIGNED = /[\u061c\u200e\u200f]*([-\u2212][\d.,]+)/
const LEFT = String.fromCharCode(0x2066)
const JOINED = "-" + String.fromCharCode(0x2060)

export function formatParts(value: number, options: Intl.NumberFormatOptions): Intl.NumberFormatPart[] {
  return new Intl.NumberFormat(locale(), options).formatToParts(value)
}

export function formatDate(ms: number, options: Intl.DateTimeFormatOptions): string {
  const make = (): Intl.DateTimeFormat => new Intl.DateTimeFormat(locale(), options)
  return made(`date ${JSON.stringify(options)}`, make).format(ms)
}

/** `in 3 days`, `yesterday`. */
export function formatRelative(value: number, unit: Intl.RelativeTimeFormatUnit): string {
  return made("relative", () => new Intl.RelativeTimeFormat(locale(), { numeric: "auto" })).format(value, unit)
}

export function formatList(items: readonly string[], type: Intl.ListFormatType = "conjunction"): string {
  return made(`list ${type}`, () => new Intl.ListFormat(locale(), { type })).format(items.map(isolated))
}

const COUNTRY = /^[a-z]{2}$/

/** Name a country by its two letters; null for what is no country, such as `ocu`. */
export function countryName(code: string): string | null {
  if (!COUNTRY.test(code.toLowerCase())) return null
  const make = (): Intl.DisplayNames => new Intl.DisplayNames(locale(), { type: "region", fallback: "none" })
  return made("region", make).of(code.toUpperCase()) ?? null
}

/** Compare as a dictionary of the language would. */
export function collate(a: string, b: string): number {
  return made("collate", () => new Intl.Collator(locale(), { numeric: true })).compare(a, b)
}

const HOUR = 60
const DAY = 24 * HOUR

/** Write a length of time in its two largest units: `2h 14m`, `3d 4h`, `12 min`. */
export function formatSpan(ms: number): string {
  const minutes = Math.floor(Math.abs(ms) / 60_000)
  // One letter for a day is no word in Arabic.
  const unit = (value: number, name: string, unitDisplay: "narrow" | "short" = language === "ar" ? "short" : "narrow"): string => {
    const make = (): Intl.NumberFormat => new Intl.NumberFormat(language === "en" ? "en" : locale(), { style: "unit", unit: name, unitDisplay })
    return made(`span ${name} ${unitDisplay}`, make).format(value)
  }
  const pair = (large: number, name: string, small: number, smaller: string): string =>
    small === 0 ? unit(large, name) : `${unit(large, name)} ${unit(small, smaller)}`
  if (minutes >= DAY) return pair(Math.floor(minutes / DAY), "day", Math.floor((minutes % DAY) / HOUR), "hour")
  if (minutes >= HOUR) return pair(Math.floor(minutes / HOUR), "hour", minutes % HOUR, "minute")
  return unit(minutes, "minute", "short")
}
