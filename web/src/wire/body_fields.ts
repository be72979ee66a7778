/** Reads the bodies of statements strictly: every field of its one type, none missing, none unknown. */

import type { Bytes } from "./bytes"
import { Refused } from "./refused"
import { dumps, isWholeFloat, JsonRefused, loads } from "./strict_json"
import { type BodyModel, StatementRefused } from "./statements"

/** Reads one field; `at` is where it stands, `absent` what a body that leaves it out says. */
export interface Field<T> {
  (value: unknown, at: string): T
  absent?: T
}
export type Fields<T> = { readonly [Name in keyof T]-?: Field<T[Name]> }

/** Says which field is at fault; a field that we do not know is not named, for its name is the sender's. */
class FieldRefused extends Error {}

/** Stands for 1.0 where a field would take it for the integer 1. */
const WHOLE_FLOAT = Symbol("a float")
const HEX = /^[0-9a-f]*$/

/** Give the model of a labelled body. */
export function body<T extends object>(label: string, read: Field<T>): BodyModel<T> {
  const checked = (value: unknown): T => {
    try {
      return read(value, "")
    } catch (refused) {
      if (!(refused instanceof FieldRefused)) throw refused
      throw new StatementRefused("malformed_statement", `${label}: ${refused.message}`)
    }
  }
  return {
    LABEL: label,
    read(data) {
      let value: unknown
      try {
        value = loads(data)
      } catch (refused) {
        throw new StatementRefused("malformed_statement", (refused as JsonRefused).detail)
      }
      return checked(value)
    },
    write: (value) => dumps(checked(value)) satisfies Bytes,
  }
}

/** Read an object of known fields, in their order, then hold it to a rule over all of them. */
export function object<T extends object>(fields: Fields<T>, rule: (whole: T) => boolean = () => true): Field<T> {
  return (value, at) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) throw fault(at)
    const found: Partial<T> = {}
    for (const name of Object.keys(fields) as (keyof T & string)[]) {
      const read = fields[name]
      const inside = at ? `${at}.${name}` : name
      const given = Object.hasOwn(value, name) ? child(value, name) : undefined
      if (given !== undefined) found[name] = read(given, inside)
      else if (read.absent !== undefined) found[name] = read.absent
      else throw fault(inside)
    }
    if (Object.keys(value).some((name) => !Object.hasOwn(fields, name))) throw new FieldRefused("an unknown field")
    if (!rule(found as T)) throw fault(at)
    return found as T
  }
}

export function list<T>(item: Field<T>, min: number, max = Number.MAX_SAFE_INTEGER): Field<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw fault(at)
    const found = value.map((_, index) => item(child(value, index), `${at}.${index}`))
    if (found.length < min || found.length > max) throw fault(at)
    return found
  }
}

export function integer(min: number, max = Number.MAX_SAFE_INTEGER): Field<number> {
  return (value, at) => {
    if (typeof value !== "number" || !Number.isSafeInteger(value) || value < min || value > max) throw fault(at)
    return value
  }
}

/** Read a text whose length, in code points, lies between two bounds, or that a pattern matches. */
export function text(min = 0, max = Number.MAX_SAFE_INTEGER, pattern = /(?:)/): Field<string> {
  return (value, at) => {
    if (typeof value !== "string" || !pattern.test(value)) throw fault(at)
    const length = [...value].length
    if (length < min || length > max) throw fault(at)
    return value
  }
}

export function hex(digits: number): Field<string> {
  return text(digits, digits, HEX)
}

export const flag: Field<boolean> = (value, at) => {
  if (typeof value !== "boolean") throw fault(at)
  return value
}

export function oneOf<const T extends string>(...words: readonly T[]): Field<T> {
  return (value, at) => {
    const found = words.find((word) => word === value)
    if (found === undefined) throw fault(at)
    return found
  }
}

/** Read a name that a check of `identity` takes. */
export function named(check: (text: string) => string): Field<string> {
  return (value, at) => {
    if (typeof value !== "string") throw fault(at)
    try {
      return check(value)
    } catch (refused) {
      if (refused instanceof Refused) throw fault(at)
      throw refused
    }
  }
}

/** Let a body leave a field out, which then says `absent`. */
export function optional<T>(field: Field<T>, absent: T): Field<T> {
  return Object.assign((value: unknown, at: string) => field(value, at), { absent })
}

/** Let a field be null, or left out, which says the same. */
export function orNull<T>(field: Field<T>): Field<T | null> {
  return optional<T | null>((value, at) => (value === null ? null : field(value, at)), null)
}

function child(parent: object, key: string | number): unknown {
  return isWholeFloat(parent, key) ? WHOLE_FLOAT : (parent as Record<string | number, unknown>)[key]
}

function fault(at: string): FieldRefused {
  return new FieldRefused(`field ${at || "(body)"}`)
}
