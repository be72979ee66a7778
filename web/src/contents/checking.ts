/**
 * A small checker of forms: each field says what it takes, and every wrong one is named. Its verdicts, sentences and
 * codes are those of the models in `pratique/contents`.
 */
import { Refused } from "../wire/refused"
import { isWholeFloat } from "../wire/strict_json"

/**
 * One field that is wrong, and how; `path` reads like `goods[0].lots[1].expiry`. Codes: missing, unknown_field,
 * wrong_form, out_of_range or rule block; check_digit, not_in_list, shelf_life and late ask for a reason.
 */
export interface Problem {
  readonly path: string
  readonly text: string
  readonly code: string
}

export function problem(path: string, text: string, code = ""): Problem {
  return { path, text, code }
}

export function problemText(one: Problem): string {
  return one.path ? `${one.path}: ${one.text}` : one.text
}

/** A content that does not follow its form; `problems` names every field. */
export class ContentRefused extends Refused {
  readonly problems: readonly Problem[]

  constructor(problems: readonly Problem[], code = "malformed_content") {
    super(code, problems.map(problemText).join("; "))
    this.problems = problems
  }
}

/** One kind of value: takes what JSON gave, and tells in `found` what is wrong; the answer then is of no use. */
export interface Field<T> {
  read(value: unknown, path: string, found: Problem[]): T
  /** Give the value as it is written; absent where it stands as it is. */
  dump?(value: T): unknown
}

/** A field in its form: with what stands for it when it is left out; null where it must not be. */
export interface Slot<T> {
  readonly field: Field<T>
  readonly instead: { readonly value: T } | null
}
export type Slots = Readonly<Record<string, Slot<unknown>>>
export type Values<S extends Slots> = { readonly [K in keyof S]: S[K] extends Slot<infer T> ? T : never }
export type Json = Readonly<Record<string, unknown>>

export function required<T>(field: Field<T>): Slot<T> {
  return { field, instead: null }
}

/** A field that may be left out, or be null, which says the same. */
export function optional<T>(field: Field<T>): Slot<T | null> {
  const read = (value: unknown, path: string, found: Problem[]) =>
    value === null ? null : field.read(value, path, found)
  const dump = field.dump && { dump: (value: T | null) => (value === null ? null : field.dump?.(value)) }
  return { field: { read, ...dump }, instead: { value: null } }
}

export function otherwise<T>(field: Field<T>, value: NoInfer<T>): Slot<T> {
  return { field, instead: { value } }
}

/** A rule between fields: gives the path to change and why, or null where it holds. */
export type Rule<T> = (told: T) => readonly [path: string, text: string] | null

/** A piece of a content. */
export interface Part<T> extends Field<T> {
  /** Take parsed JSON as this form; throws `ContentRefused` with every wrong field. */
  check(value: unknown): T
  dump(value: T): Json
}

/** Give what stands under a name or a place; NaN for 1.0, which no whole number is written as. */
export function given(parent: Json | readonly unknown[], key: string | number): unknown {
  const value = (parent as Json)[key]
  return typeof value === "number" && isWholeFloat(parent, key) ? Number.NaN : value
}

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** Make a form of named fields, in the order in which they are written; rules are asked where every field is right. */
export function part<S extends Slots>(slots: S, ...rules: Rule<Values<S>>[]): Part<Values<S>> {
  const names = Object.keys(slots)
  const read = (value: unknown, path: string, found: Problem[]): Values<S> => {
    const told: Record<string, unknown> = {}
    if (!isObject(value)) {
      found.push(problem(path, "must be an object", "wrong_form"))
      return told as Values<S>
    }
    const before = found.length
    let known = 0
    for (const name of names) {
      const slot = slots[name] as Slot<unknown>
      if (Object.hasOwn(value, name)) {
        known += 1
        told[name] = slot.field.read(given(value, name), joined(path, name), found)
      } else if (slot.instead === null) {
        found.push(problem(joined(path, name), "is missing", "missing"))
      } else {
        told[name] = slot.instead.value
      }
    }
    const said = Object.keys(value)
    if (said.length > known) {
      for (const name of said) {
        if (!Object.hasOwn(slots, name)) {
          found.push(problem(joined(path, name), "is not a field of this form", "unknown_field"))
        }
      }
    }
    if (found.length === before) ask(rules, told as Values<S>, path, found)
    return told as Values<S>
  }
  const dump = (value: Values<S>): Json => {
    const written: Record<string, unknown> = {}
    for (const name of names) {
      const one = value[name]
      if (one === null || one === undefined) continue
      const { field } = slots[name] as Slot<unknown>
      written[name] = field.dump ? field.dump(one) : one
    }
    return written
  }
  return { read, dump, check: checked(read) }
}

function ask<T>(rules: readonly Rule<T>[], told: T, path: string, found: Problem[]): void {
  for (const rule of rules) {
    const broken = rule(told)
    if (broken !== null) {
      found.push(problem(joined(path, broken[0]), broken[1], "rule"))
      return
    }
  }
}

function checked<T>(read: Field<T>["read"]): (value: unknown) => T {
  return (value) => {
    const found: Problem[] = []
    const told = read(value, "", found)
    if (found.length > 0) throw new ContentRefused(found)
    return told
  }
}

/** Write a place in a document: names by dots, places in lists in brackets. */
export function joined(path: string, name: string): string {
  return path ? `${path}.${name}` : name
}
