/**
 * Say what is wrong with a form's structure, in sentences that never quote what was written.
 *
 * A walk of our own over the part of JSON Schema that templates use: a general validator's errors do not name the
 * missing or unknown field but in prose, know no `utc-instant` or `gs1-day`, and come in no order of the form.
 */

import { dayOf, instant, lastDay } from "./days"
import { holding, type Test } from "./holding"
import { isObject, joined, own, type Step } from "./paths"
import { type Problem, problem } from "./problem"
import type { Schema } from "./schema"

const TYPES: Record<NonNullable<Schema["type"]>, [string, (value: unknown) => boolean]> = {
  string: ["must be text", (value) => typeof value === "string"],
  integer: ["must be a whole number", (value) => Number.isInteger(value)],
  number: ["must be a number", (value) => Number.isFinite(value)],
  boolean: ["must be true or false", (value) => typeof value === "boolean"],
  array: ["must be a list", Array.isArray],
  object: ["must be an object", isObject],
}
const FORMATS: Record<string, (text: string) => number> = { day: dayOf, "utc-instant": instant, "gs1-day": lastDay }
const NAME = /^[A-Za-z_][A-Za-z0-9_]{0,39}$/
/** A template with any other keyword must not be checked by halves. */
const KEYWORDS = new Set([
  "$schema", "$id", "title", "type", "properties", "required", "additionalProperties", "items", "enum", "pattern",
  "format", "minLength", "maxLength", "minItems", "maxItems", "minimum", "maximum", "exclusiveMinimum",
  "exclusiveMaximum", "uniqueItems", "default",
])

interface Found {
  place: readonly number[]
  problem: Problem
}

/** One schema that forms are held against. */
export class Structure {
  readonly #schema: Schema
  readonly #holds: Test
  readonly #patterns = new Map<string, RegExp>()

  constructor(schema: Schema) {
    this.#schema = schema
    this.#prepare(schema)
    this.#holds = holding(schema, {
      type: (name) => TYPES[name][1],
      format: (name) => (text) => reads(FORMATS[name], text),
    })
  }

  /** Give what is wrong, in the form's order, each field once. */
  problems(form: unknown): Problem[] {
    if (this.#holds(form)) return []
    const first = new Map<string, Found>()
    for (const one of this.#inside(form, this.#schema, [], [])) {
      if (!first.has(one.problem.path)) first.set(one.problem.path, one)
    }
    return [...first.values()].sort((one, other) => compared(one.place, other.place)).map((one) => one.problem)
  }

  *#inside(value: unknown, node: Schema, way: readonly Step[], place: readonly number[]): Generator<Found> {
    for (const [text, code] of this.#wrong(value, node)) yield { place, problem: problem(joined(...way), text, code) }
    if (node.properties && isObject(value)) yield* this.#fields(value, node, way, place)
    else if (node.items && Array.isArray(value)) {
      for (const [index, item] of value.entries()) {
        yield* this.#inside(item, node.items, [...way, index], [...place, index])
      }
    }
  }

  *#fields(
    value: Record<string, unknown>, node: Schema, way: readonly Step[], place: readonly number[],
  ): Generator<Found> {
    const names = Object.keys(node.properties ?? {})
    const at = (name: string) => [...place, names.includes(name) ? names.indexOf(name) : names.length]
    for (const name of node.required ?? []) {
      if (!Object.hasOwn(value, name)) {
        yield { place: at(name), problem: problem(joined(...way, name), "is missing", "missing") }
      }
    }
    const unknown = Object.keys(value).filter((name) => !names.includes(name))
    if (node.additionalProperties === false && unknown.length > 0) {
      // The name of an unknown field is somebody's text: it is told only where it looks like a name.
      const named = unknown.filter((name) => NAME.test(name))
      for (const path of named.length > 0 ? named.map((name) => [...way, name]) : [way]) {
        const where = path === way ? place : [...place, names.length]
        yield { place: where, problem: problem(joined(...path), "is not a field of this form", "unknown_field") }
      }
    }
    for (const name of names) {
      const child = own(node.properties, name)
      if (child && Object.hasOwn(value, name)) yield* this.#inside(value[name], child, [...way, name], at(name))
    }
  }

  /** Give the sentence and the code for each keyword that does not hold, the one to be told first. */
  *#wrong(value: unknown, node: Schema): Generator<[string, string]> {
    if (node.type && !TYPES[node.type][1](value)) yield [TYPES[node.type][0], "wrong_form"]
    if (node.enum && !(node.enum as unknown[]).includes(value)) {
      yield [`must be one of ${node.enum.join(", ")}`, "wrong_form"]
    }
    if (typeof value === "string") yield* this.#wrongText(value, node)
    if (typeof value === "number") yield* wrongNumber(value, node)
    if (Array.isArray(value)) yield* wrongList(value, node)
  }

  *#wrongText(value: string, node: Schema): Generator<[string, string]> {
    yield* wrongLength([...value].length, node.minLength, node.maxLength, "characters")
    if (node.pattern && !this.#patterns.get(node.pattern)?.test(value)) {
      yield [node["x-wrong"] ?? "does not follow the template", "wrong_form"]
    }
    if (node.format && !reads(FORMATS[node.format], value)) {
      yield [`is not a ${node.format === "utc-instant" ? "time" : "day"} of the calendar`, "wrong_form"]
    }
  }

  #prepare(node: Schema): void {
    for (const keyword of Object.keys(node)) {
      if (!KEYWORDS.has(keyword) && !keyword.startsWith("x-")) throw new Error(`templates do not use ${keyword}`)
    }
    if (node.format && !Object.hasOwn(FORMATS, node.format)) throw new Error(`templates have no format ${node.format}`)
    if (node.pattern) this.#patterns.set(node.pattern, new RegExp(node.pattern, "u"))
    for (const child of Object.values(node.properties ?? {})) this.#prepare(child)
    if (node.items) this.#prepare(node.items)
  }
}

function* wrongLength(length: number, least = 0, most = Infinity, what: string): Generator<[string, string]> {
  if (length < least) yield [least === 1 ? "is empty" : `must have at least ${least} ${what}`, "out_of_range"]
  if (length > most) yield [`must have at most ${most} ${what}`, "out_of_range"]
}

function* wrongNumber(value: number, node: Schema): Generator<[string, string]> {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = node
  if (minimum !== undefined && value < minimum) yield [`must be at least ${minimum}`, "out_of_range"]
  if (maximum !== undefined && value > maximum) yield [`must be at most ${maximum}`, "out_of_range"]
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) {
    yield [`must be more than ${exclusiveMinimum}`, "out_of_range"]
  }
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) {
    yield [`must be less than ${exclusiveMaximum}`, "out_of_range"]
  }
}

function* wrongList(value: readonly unknown[], node: Schema): Generator<[string, string]> {
  yield* wrongLength(value.length, node.minItems, node.maxItems, "items")
  // Lists that must not repeat are lists of single values; anything else in them is told as a wrong item.
  if (node.uniqueItems && new Set(value.map((item) => JSON.stringify(item))).size < value.length) {
    yield ["names something twice", "rule"]
  }
}

function reads(reader: ((text: string) => number) | undefined, text: string): boolean {
  try {
    reader?.(text)
    return true
  } catch {
    return false
  }
}

function compared(one: readonly number[], other: readonly number[]): number {
  for (const [at, place] of one.entries()) {
    const against = other[at]
    if (against === undefined) return 1
    if (place !== against) return place - against
  }
  return one.length - other.length
}
