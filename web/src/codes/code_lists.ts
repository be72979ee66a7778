/**
 * Code lists: fetched when they are first asked for (`ready`), then looked up and searched in memory.
 *
 * Short lists are pieces of the program; the places and the Harmonized System are static files beside it.
 */

import { HEADS, tableRows } from "./data"
import { folded } from "./fold"

export const FALLBACK = "en"

/** One code: its names by language, and what else its list says of it. */
export interface Code {
  readonly code: string
  readonly names: Readonly<Record<string, string>>
  readonly extra: Readonly<Record<string, unknown>>
}
/** Where a list is from. */
export interface Source {
  readonly source: string
  readonly date: string
  readonly licence: string
}
interface List {
  readonly source: Source
  readonly codes: ReadonlyMap<string, Code>
  readonly folded: Map<string, readonly Folded[]>
}
/** What `search` compares: a name and a code, without case and accents. */
interface Folded {
  readonly name: string
  readonly sign: string
  readonly code: Code
}
interface Head extends Source {
  readonly rows?: string
  readonly codes?: Readonly<Record<string, { names: Record<string, string> }>>
}

/** A list that is not shipped. */
export class UnknownList extends Error {
  constructor(name: string) {
    super(`there is no code list ${name}`)
  }
}

const loaded = new Map<string, List>()
const loading = new Map<string, Promise<void>>()

/** Give the names of all lists. */
export function lists(): string[] {
  return [...HEADS.keys()].sort()
}

/** Bring lists in, so that the other questions can be answered at once; throws `UnknownList`. */
export async function ready(...names: readonly string[]): Promise<void> {
  await Promise.all(
    names.map((name) => {
      const under = loading.get(name) ?? load(name)
      loading.set(name, under)
      return under.catch((error: unknown) => {
        // Whoever asks again fetches again.
        loading.delete(name)
        throw error
      })
    }),
  )
}

/** Say whether a list has been brought in. */
export function isReady(list: string): boolean {
  return loaded.has(list)
}

/** Give a list's source, date and licence. */
export function source(list: string): Source {
  return here(list).source
}

/** Give a whole list in its order. */
export function codes(list: string): ReadonlyMap<string, Code> {
  return here(list).codes
}

/** Give one code, or null. */
export function entry(list: string, code: string | number): Code | null {
  return here(list).codes.get(String(code)) ?? null
}

/** Say whether a list has a code. */
export function holds(list: string, code: string | number): boolean {
  return here(list).codes.has(String(code))
}

/** Give a code's name; English where the list has no other, the code where it has none. */
export function nameOf(code: Code, language: string = FALLBACK): string {
  return code.names[language] || code.names[FALLBACK] || code.code
}

/** Give a code's name; the code itself where the list does not have it. */
export function name(list: string, code: string | number, language: string = FALLBACK): string {
  const found = entry(list, code)
  return found ? nameOf(found, language) : String(code)
}

/** Give the codes that begin with a text, then those with a word that begins with it, then those that contain it. */
export function search(list: string, text: string, language: string = FALLBACK, limit = 20): Code[] {
  const wanted = folded(text)
  if (!wanted) return []
  const found: [Code[], Code[], Code[]] = [[], [], []]
  for (const { name, sign, code } of foldedNames(list, language)) {
    if (sign.startsWith(wanted)) found[0].push(code)
    else {
      const at = name.indexOf(wanted)
      if (at >= 0) found[at === 0 || name.includes(` ${wanted}`) ? 1 : 2].push(code)
    }
  }
  return found.flat().slice(0, limit)
}

/** Give a list's names as `search` compares them. */
export function foldedNames(list: string, language: string): readonly Folded[] {
  const known = here(list)
  // A table speaks English only: folding it once serves every language.
  const tongue = HEADS.get(list)?.table ? FALLBACK : language
  const fold = (code: Code) => ({ name: folded(nameOf(code, tongue)), sign: code.code.toLowerCase(), code })
  const names = known.folded.get(tongue) ?? [...known.codes.values()].map(fold)
  known.folded.set(tongue, names)
  return names
}

function here(list: string): List {
  const found = loaded.get(list)
  if (found) return found
  if (!HEADS.has(list)) throw new UnknownList(list)
  throw new Error(`the code list ${list} is not here yet: await ready("${list}") first`)
}

async function load(list: string): Promise<void> {
  const known = HEADS.get(list)
  if (!known) throw new UnknownList(list)
  const head = (await known.head()) as Head
  const found = head.rows ? table(await tableRows(head.rows)) : entries(head.codes ?? {})
  const { source, date, licence } = head
  loaded.set(list, { source: { source, date, licence }, codes: found, folded: new Map() })
  // The first letter typed must not wait for 25,000 names to be folded.
  if (known.table) foldedNames(list, FALLBACK)
}

function entries(given: NonNullable<Head["codes"]>): Map<string, Code> {
  return new Map(Object.entries(given).map(([code, { names, ...extra }]) => [code, { code, names, extra }]))
}

/** Read a long list: columns code, name, then whatever else it says. */
function table(rows: readonly string[][]): Map<string, Code> {
  const [[, , ...columns] = [], ...lines] = rows
  return new Map(
    lines.map(([code = "", english = "", ...rest]) => {
      const extra = Object.fromEntries(columns.map((column, at) => [column, rest[at] ?? ""]))
      return [code, { code, names: { [FALLBACK]: english }, extra }]
    }),
  )
}
