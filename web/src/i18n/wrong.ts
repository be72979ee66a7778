/**
 * Say what is wrong or odd in a form in the reader's language. The checks of both sides give English sentences, which
 * are stored and sent as they are; each is known here by its words. A test holds that none is forgotten.
 */
import { countryName, formatDate, formatList, t } from "./i18n.svelte"
import type { Values } from "./i18n.svelte"

const PLAIN: Readonly<Record<string, string>> = {
  "must be text": "text",
  "must be a whole number": "whole",
  "must be a number": "number",
  "must be true or false": "truth",
  "must be a list": "list",
  "must be an object": "part",
  "is missing": "missing",
  "is not a field of this form": "no_field",
  "is empty": "empty",
  "is too short": "too_short",
  "is too long": "too_long",
  "has too few items": "too_few",
  "has too many items": "too_many",
  "does not follow the template": "wrong_form",
  "is not a day of the calendar": "no_day",
  "is not a time of the calendar": "no_time",
  "names something twice": "twice",
  "must be a GTIN of 8, 12, 13 or 14 digits": "form_gtin",
  "must be a UN/LOCODE: two capitals and three capitals or digits 2–9, as BEBRU": "form_place",
  "must be a UTC time such as 2026-08-12T21:40Z": "form_time",
  "must be a batch number of 1 to 20 GS1 characters": "form_batch",
  "must be a container number: 4 capitals and 7 digits (ISO 6346)": "form_container",
  "must be a country code of two capitals (ISO 3166-1), such as BE": "form_country",
  "must be a currency code of three capitals (ISO 4217), such as EUR": "form_currency",
  "must be a date such as 2027-03-31": "form_date",
  "must be a date such as 2027-03-31; day 00 means the last day of the month": "form_month_date",
  "must be a flight number such as SN465": "form_flight",
  "must be a package code of UN/ECE Recommendation 21, as EI for an isothermic case or BX for a box": "form_package",
  "must be a telephone number in international form (E.164), such as +3227890000": "form_phone",
  "must be a telephone number such as +3222101234": "form_phone",
  "must be a unit of UN/ECE Recommendation 20, as E27 for doses or KGM for kilograms": "form_unit",
  "must be an HS code of 6 to 10 digits without dots, as 300241": "form_hs",
  "must be an IMO ship number of 7 digits": "form_imo",
  "must be an SSCC of 18 digits": "form_sscc",
  "must be an air waybill number: 3 digits, a hyphen, 8 digits": "form_awb",
  "must be a reference such as PN-STOP-III-BE-2026-000001-21": "form_reference",
  "has a wrong check number at its end; copy the reference again": "reference_check",
  "must be an office such as be/ncp": "form_office",
  "must be the place where the leg before it ends": "leg_begins",
  "must lie after the departure": "after_departure",
  "must lie after etd_at": "after_departure",
  "must not lie before the leg before it arrives": "leg_departs",
  "must lie in another country than the departure": "other_country",
  "is missing; a leg by air names its flight": "need_flight",
  "is missing; a consignment by air names a 24-hour telephone": "need_phone",
  "is missing; dry ice (UN1845) needs its net weight": "dry_ice",
  "is missing; a quantity needs its unit": "need_unit",
  "is missing; a value needs its currency": "need_currency",
  "is named twice; put its doses into one lot": "batch_twice",
  "must lie before the expiry": "produced",
  "must be more than the net weight": "gross",
  "must be less than the gross weight of the packages": "dry_ice_gross",
  "must lie after the first day, at most a year later": "series",
  "is not a field of this form: lots are not shared": "lots_not_shared",
  "does not look like an MRN": "mrn",
  "is a European swap body or trailer (EN 13044), not a container": "european",
  "is not in the list of known codes": "not_in_list",
  "is not a code of HS 2022": "hs_unknown",
  "is not a code of vaccines, medicines or their supplies": "hs_other",
  "is missing; it must be known at departure": "awb_departure",
  "the lot expires before it arrives": "expires",
  "is missing; a call-off names its series": "call_off_series",
  "is missing; say why it is urgent": "urgent_why",
  "is missing; name the notification it goes on from, or say that none came": "onward_from",
  "do not leave the country": "stays",
  "is not a field of this template": "template_no_field",
  "is mandatory in a kind of this template": "mandatory_kind",
  "is also required": "also_required",
  "is mandatory in this template; hide it with a default, or not at all": "mandatory_template",
  "lies in a part that is hidden": "hidden_part",
  "is not a single field of this template": "no_single_field",
  "decides what transit reads: each sender ticks it, or not": "transit_tick",
  "is missing; say what to change": "need_comment",
  "is missing; the mode REPLY asks for an answer by an instant": "missing",
  "names a Member twice": "member_twice",
  "must be another Member than the origin": "parts",
  "must be the destination": "parts",
  "must be a Member between origin and destination": "parts",
  "must lead from the origin to the destination": "parts",
  "names a Member that the way does not touch": "parts",
  "must be empty; nothing arrived": "nothing_arrived",
  // No person writes these: a program has.
  "must be 32 hexadecimal digits": "machine",
  "must be a log id, 64 hexadecimal digits": "machine",
  "must be a SHA-256 digest, 64 hexadecimal digits": "machine",
  "must be a key, 32 bytes in base64": "machine",
  "must be a party's label, such as be": "machine",
  "comes before its beginning": "machine",
  "must be an entry's place: its log id, a slash and its number": "machine",
  "must be a field such as goods[].gtin": "machine",
  "must name a template and its version, such as prenotification/1": "machine",
  "must be a template's name, such as prenotification": "machine",
  "must be goods or route": "machine",
}

const CHECKED: Readonly<Record<string, string>> = {
  "air waybill": "awb", "IMO number": "imo", "container number": "iso6346", "postal item number": "s10",
  GTIN: "gtin", LEI: "lei", SSCC: "sscc", MRN: "mrn",
}
const BEHIND: Readonly<Record<string, string>> = {
  "less than 24 hours before loading": "sea",
  "less than 1 hour before the border": "road",
  "less than 2 hours before the border": "rail",
  "after departure": "post",
  "less than 4 hours before arrival and after departure": "air",
}

type Found = readonly (string | undefined)[]
const NONE = (): Values => ({})
const limit = ([, said]: Found): Values => ({ limit: Number(said) })
const count = ([, said]: Found): Values => ({ count: Number(said) })
const FORMS: readonly (readonly [RegExp, string, (found: Found) => Values])[] = [
  [/^must be one of (.+)$/, "one_of", ([, values]) => ({ values })],
  [/^must have at least (\d+) characters$/, "least_characters", count],
  [/^must have at most (\d+) characters$/, "most_characters", count],
  [/^must have at least (\d+) items$/, "least_items", count],
  [/^must have at most (\d+) items$/, "most_items", count],
  [/^must be at least (-?[\d.]+)$/, "at_least", limit],
  [/^must be at most (-?[\d.]+)$/, "at_most", limit],
  [/^must be more than (-?[\d.]+)$/, "more_than", limit],
  [/^must be less than (-?[\d.]+)$/, "less_than", limit],
  [/^must be (\d+): the vials times the doses per vial$/, "doses", count],
  [/^must be (\d+): the sum of its lots$/, "sum", count],
  [/^must lie between (\S+) and (\S+) °C in this band$/, "band", ([, low, high]) => ({ low: Number(low), high: Number(high) })],
  [/^must lie between the lowest temperature and (\S+) °C in this band$/, "band_upper", ([, high]) => ({ high: Number(high) })],
  [/^the last digits? of this (.+) (?:is|are) not its check digits?$/, "check_digit", ([, what]) => ({ what: CHECKED[what ?? ""] ?? "other" })],
  [/^only (\d+) days of shelf life are left on arrival$/, "shelf_life", count],
  [/^the way begins in (\S+), but this desk is of (\S+)$/, "begins_elsewhere", ([, place, party]) => ({ place: named(place), party: named(party) })],
  [/^is late \((.+)\)$/, "late", ([, whose]) => ({ whose: formatList((whose ?? "").split("; ").map(late)) })],
  [/^is missing; the outcome \S+ needs the count of every lot$/, "count_lots", NONE],
  [/^is missing; \S+ needs a reason$/, "need_reason", NONE],
  [/^is no form of a \S+ pre-notification$/, "machine", NONE],
]

function named(party = ""): string {
  return countryName(party) ?? party
}

/** `AE: less than 24 hours before loading: by 2026-08-12T21:40:00Z`. */
function late(one: string): string {
  const [, party, rule = "", by = ""] = /^([^:]+): (.+): by (\S+)$/.exec(one) ?? []
  const ms = Date.parse(by)
  if (party === undefined || !Number.isFinite(ms)) return one
  const time = formatDate(ms, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", timeZoneName: "short" })
  return t("wrong.late_for", { party: named(party), rule: BEHIND[rule] ?? "air", time })
}

/** Give the text of the catalogue that says the same as an English sentence of the checks; null where there is none. */
export function sentenceOf(text: string): readonly [key: string, values: Values] | null {
  const plain = PLAIN[text]
  if (plain !== undefined) return [`wrong.${plain}`, {}]
  for (const [form, key, values] of FORMS) {
    const found = form.exec(text)
    if (found !== null) return [`wrong.${key}`, values(found)]
  }
  return null
}

/** Say in the reader's language what a check found. */
export function wrongText(problem: { readonly text: string }): string {
  const found = sentenceOf(problem.text)
  return found === null ? problem.text : t(...found)
}
