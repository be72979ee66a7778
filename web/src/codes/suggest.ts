/** What fits what a person has typed so far, with the words a person knows a code by. */

import { type Code, codes, entry, foldedNames, holds, nameOf, ready, search } from "./code_lists"
import { folded } from "./fold"

export interface Choice {
  readonly code: string
  readonly label: string
}

const DIGITS = 6 // of the Harmonized System; what is longer is national

/** Bring in what `suggest` and `labels` read for a list. */
export async function suggestReady(list: string): Promise<void> {
  await ready(list, ...(list === "hs2022" ? ["hs_health"] : list === "unlocode" ? ["countries"] : []))
}

/** Give the codes of a list that fit what was typed, best first; once `suggestReady`. */
export function suggest(list: string, text: string, language: string, limit = 20): Choice[] {
  const own = { hs2022: harmonized, unlocode: places }[list]
  const found = own ? own(text, language) : matching(list, text, language)
  const chosen = new Set<string>()
  for (const { code } of found) if (chosen.size < limit) chosen.add(code)
  return [...chosen].map((code) => ({ code, label: label(list, code, language) }))
}

/** Give what a person reads for a code; the code itself where the list does not have it. */
export function label(list: string, code: string | number, language: string): string {
  if (list === "hs2022") {
    const six = String(code).slice(0, DIGITS)
    const known = entry("hs_health", six) ?? entry("hs2022", six)
    return known ? nameOf(known, language) : String(code)
  }
  const found = entry(list, code)
  if (!found) return String(code)
  return list === "unlocode" ? `${nameOf(found)}, ${country(found.code, language)}` : nameOf(found, language)
}

/** Give what a person reads for several codes. */
export function labels(list: string, wanted: readonly string[], language: string): Record<string, string> {
  return Object.fromEntries(wanted.map((code) => [code, label(list, code, language)]))
}

function country(place: string, language: string): string {
  const found = entry("countries", place.slice(0, 2))
  return found ? nameOf(found, language) : place.slice(0, 2)
}

/** Give what is called just so, then the codes that `search` gives, then those that hold every word in any order. */
function matching(list: string, text: string, language: string): Code[] {
  const wanted = folded(text)
  const words = wanted.split(/[\s,;]+/).filter(Boolean)
  const names = foldedNames(list, language)
  const called = names.filter(({ name, sign }) => name === wanted || sign === wanted)
  const loosely = words.length > 1 ? names.filter(({ name }) => words.every((word) => name.includes(word))) : []
  const plainly = search(list, text, language, Infinity)
  return [...called.map((one) => one.code), ...plainly, ...loosely.map((one) => one.code)]
}

/** Health goods first, in the reader's language; then the whole system, whose words are English. */
function harmonized(text: string, language: string): Code[] {
  // 3002.41 and 3002 41 are how the codes are printed.
  const number = text.replace(/[\s.]/g, "")
  const wanted = /^\d+$/.test(number) ? number.slice(0, DIGITS) : text
  const found = ["hs_health", "hs2022"].flatMap((list) => matching(list, wanted, language))
  return found.filter((one) => one.code.length === DIGITS && holds("hs2022", one.code))
}

/** An airport's three letters are how it is known: they come before names. */
function places(text: string): Code[] {
  const wanted = text.trim().toUpperCase()
  const known = /^[A-Z]{3}$/.test(wanted) ? [...codes("unlocode").values()] : []
  return [...known.filter((one) => one.extra.iata === wanted), ...matching("unlocode", text, "en")]
}
