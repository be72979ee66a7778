/**
 * Read JSON that has one meaning in every language: UTF-8, no NaN, no surrogates, no NUL, no duplicate keys.
 *
 * The platform's parser takes the last of two equal keys and rounds long integers, so wherever that could be this one
 * reads by itself and leaves only the escapes of a text to it.
 */

import { type Bytes, fromUtf8, isWellFormed, utf8 } from "./bytes"
import { plain } from "./plain_json"
import { Refused } from "./refused"

export const MAX_DEPTH = 32
export const MAX_INT = Number.MAX_SAFE_INTEGER

export type Json = null | boolean | number | string | Json[] | JsonObject
export interface JsonObject {
  [key: string]: Json
}

const SPACE = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y
const WORD = /true|false|null/y
const NOT_FINITE = /NaN|-?Infinity/y
const STRING = /"(?:[^"\\]|\\.)*"/y
// Control characters are what a JSON text may not hold.
const NOT_PLAIN = /[\\\u0000-\u001f]/
const CONSTANTS: Readonly<Record<string, null | boolean>> = { true: true, false: false, null: null }

/** Which numbers of a parsed value were written as fractions though they are whole: 1.0 is no integer. */
const wholeFloats = new WeakMap<object, Set<string>>()

/** A body that is not strict JSON; `detail` never quotes the input. */
export class JsonRefused extends Refused {
  constructor(detail: string) {
    super("malformed_json", detail)
  }
}

/** Parse one JSON document of UTF-8 without a byte order mark, or throw `JsonRefused`. */
export function loads(data: Uint8Array): Json {
  let text: string
  try {
    text = fromUtf8(data)
  } catch {
    throw new JsonRefused("the body is not UTF-8")
  }
  if (text.startsWith("\ufeff")) throw new JsonRefused("the body starts with a byte order mark")
  const value = plain(text)
  return value === undefined ? new Parser(text).document() : (value as Json)
}

/** Write compact UTF-8 JSON, fields that are undefined left out; throws `RangeError` for NaN and lone surrogates. */
export function dumps(value: unknown): Bytes {
  return utf8(written(value, false))
}

/** Say whether a number of a parsed object or list was written as 1.0 or 1e0: a float where an integer is asked for. */
export function isWholeFloat(parent: object, key: string | number): boolean {
  return wholeFloats.get(parent)?.has(String(key)) ?? false
}

class Parser {
  #at = 0
  /** Whether the number read last was a whole number written as a float. */
  #wholeFloat = false

  constructor(readonly text: string) {}

  document(): Json {
    this.#match(SPACE)
    const value = this.#value(0)
    this.#match(SPACE)
    if (this.#at !== this.text.length) throw notJson()
    return value
  }

  #value(depth: number): Json {
    this.#wholeFloat = false
    switch (this.text[this.#at]) {
      case "{":
        return this.#object(depth)
      case "[":
        return this.#list(depth)
      case '"':
        return this.#string()
      case "t":
      case "f":
      case "n":
        return CONSTANTS[this.#match(WORD)[0]] as null | boolean
      default:
        return this.#number()
    }
  }

  #object(depth: number): JsonObject {
    const found: JsonObject = {}
    this.#items("}", depth, () => {
      if (this.text[this.#at] !== '"') throw notJson()
      const key = this.#string()
      this.#match(SPACE)
      this.#expect(":")
      this.#match(SPACE)
      if (Object.hasOwn(found, key)) throw new JsonRefused("an object repeats a key")
      const value = this.#value(depth + 1)
      // Defined and not assigned: "__proto__" is a key like any other.
      Object.defineProperty(found, key, { value, writable: true, enumerable: true, configurable: true })
      this.#note(found, key)
    })
    return found
  }

  #list(depth: number): Json[] {
    const found: Json[] = []
    this.#items("]", depth, () => {
      found.push(this.#value(depth + 1))
      this.#note(found, String(found.length - 1))
    })
    return found
  }

  #items(end: string, depth: number, item: () => void): void {
    this.#at++
    this.#match(SPACE)
    if (this.text[this.#at] === end) {
      this.#at++
      return
    }
    if (depth === MAX_DEPTH) throw new JsonRefused(`nesting is deeper than ${MAX_DEPTH}`)
    for (;;) {
      item()
      this.#match(SPACE)
      if (this.text[this.#at] === end) break
      this.#expect(",")
      this.#match(SPACE)
    }
    this.#at++
    this.#wholeFloat = false
  }

  #string(): string {
    // Nearly every text is plain, and the large ones are base64: nothing but its end is looked for.
    const stop = this.text.indexOf('"', this.#at + 1)
    const plain = this.text.slice(this.#at + 1, stop)
    if (stop >= 0 && !NOT_PLAIN.test(plain)) {
      this.#at = stop + 1
      return plain
    }
    const literal = this.#match(STRING)[0]
    let value: string
    try {
      value = JSON.parse(literal) as string
    } catch {
      throw notJson()
    }
    if (value.includes("\0")) throw new JsonRefused("text contains NUL")
    if (!isWellFormed(value)) throw new JsonRefused("text contains a lone surrogate")
    return value
  }

  #number(): number {
    NOT_FINITE.lastIndex = this.#at
    if (NOT_FINITE.test(this.text)) throw new JsonRefused("numbers must be finite")
    const [text, fraction, exponent] = this.#match(NUMBER)
    const value = Number(text)
    if (fraction !== undefined || exponent !== undefined) {
      if (!Number.isFinite(value)) throw new JsonRefused("numbers must be finite")
      this.#wholeFloat = Number.isInteger(value)
      return value
    }
    if (!Number.isSafeInteger(value)) throw new JsonRefused("integers must fit in 53 bits")
    return value === 0 ? 0 : value
  }

  #note(parent: object, key: string): void {
    if (!this.#wholeFloat) return
    const keys = wholeFloats.get(parent) ?? new Set()
    wholeFloats.set(parent, keys.add(key))
    this.#wholeFloat = false
  }

  #match(pattern: RegExp): RegExpExecArray {
    pattern.lastIndex = this.#at
    const found = pattern.exec(this.text)
    if (found === null) throw notJson()
    this.#at = pattern.lastIndex
    return found
  }

  #expect(character: string): void {
    if (this.text[this.#at] !== character) throw notJson()
    this.#at++
  }
}

function notJson(): JsonRefused {
  return new JsonRefused("the body is not JSON")
}

function written(value: unknown, float: boolean): string {
  if (value === null) return "null"
  if (typeof value === "number") return number(value, float)
  if (typeof value === "boolean") return String(value)
  if (typeof value === "string") {
    if (!isWellFormed(value)) throw new RangeError("the text holds a lone surrogate")
    return JSON.stringify(value)
  }
  if (Array.isArray(value)) {
    return `[${value.map((item, at) => written(item, isWholeFloat(value, at))).join(",")}]`
  }
  if (typeof value !== "object") throw new TypeError(`${typeof value} has no place in JSON`)
  const fields = Object.entries(value).filter(([, item]) => item !== undefined)
  const texts = fields.map(([key, item]) => `${written(key, false)}:${written(item, isWholeFloat(value, key))}`)
  return `{${texts.join(",")}}`
}

/** Write a number as Python does: 1.0 stays a float, and exponents begin at 1e-05 and 1e+16 and have two digits. */
function number(value: number, float: boolean): string {
  if (!Number.isFinite(value)) throw new RangeError("a number that is not finite is not JSON compliant")
  const size = Math.abs(value)
  if (Number.isSafeInteger(value) && !float) return value === 0 ? "0" : String(value)
  if (size < 1e16 && (size >= 1e-4 || size === 0)) {
    const text = Object.is(value, -0) ? "-0" : String(value)
    return Number.isInteger(value) ? `${text}.0` : text
  }
  const [digits, exponent] = value.toExponential().split("e") as [string, string]
  return `${digits}e${exponent[0]}${exponent.slice(1).padStart(2, "0")}`
}
