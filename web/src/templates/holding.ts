/** Hold a form against a schema and stop at the first thing that is wrong: most forms that are read have none. */

import { isObject } from "./paths"
import type { Schema } from "./schema"

export type Test = (value: unknown) => boolean
/** What the names of types and formats stand for. */
export interface Meanings {
  type(name: NonNullable<Schema["type"]>): Test
  format(name: string): (text: string) => boolean
}

/** Prepare a schema once; the test says whether a form has no problem at all. */
export function holding(node: Schema, meanings: Meanings): Test {
  const tests: Test[] = []
  if (node.type) tests.push(meanings.type(node.type))
  if (node.enum) {
    const words = new Set<unknown>(node.enum)
    tests.push((value) => words.has(value))
  }
  const texts = textTests(node, meanings)
  if (texts.length > 0) tests.push((value) => typeof value !== "string" || texts.every((test) => test(value)))
  const { minimum = -Infinity, maximum = Infinity } = node
  const { exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } = node
  tests.push((value) => {
    if (typeof value !== "number") return true
    return value >= minimum && value <= maximum && value > exclusiveMinimum && value < exclusiveMaximum
  })
  tests.push(listTest(node, meanings), objectTest(node, meanings))
  return (value) => tests.every((test) => test(value))
}

function textTests(node: Schema, meanings: Meanings): ((text: string) => boolean)[] {
  const tests: ((text: string) => boolean)[] = []
  const { minLength = 0, maxLength = Infinity } = node
  if (node.minLength !== undefined || node.maxLength !== undefined) {
    tests.push((text) => {
      // No text has more characters than UTF-16 units: only what seems too long, or half as long, is counted.
      if (text.length <= maxLength && text.length >= 2 * minLength) return true
      const length = [...text].length
      return length >= minLength && length <= maxLength
    })
  }
  if (node.pattern) {
    const pattern = new RegExp(node.pattern, "u")
    tests.push((text) => pattern.test(text))
  }
  if (node.format) tests.push(meanings.format(node.format))
  return tests
}

function listTest(node: Schema, meanings: Meanings): Test {
  const { minItems = 0, maxItems = Infinity, uniqueItems = false } = node
  const item = node.items ? holding(node.items, meanings) : null
  return (value) => {
    if (!Array.isArray(value)) return true
    if (value.length < minItems || value.length > maxItems) return false
    if (uniqueItems && new Set(value.map((one) => JSON.stringify(one))).size < value.length) return false
    return item === null || value.every((one) => item(one))
  }
}

function objectTest(node: Schema, meanings: Meanings): Test {
  const fields = new Map(Object.entries(node.properties ?? {}).map(([name, one]) => [name, holding(one, meanings)]))
  const required = node.required ?? []
  const open = node.additionalProperties !== false
  return (value) => {
    if (!isObject(value)) return true
    for (const name of required) if (!Object.hasOwn(value, name)) return false
    for (const name of Object.keys(value)) {
      const field = fields.get(name)
      if (field === undefined ? !open : !field(value[name])) return false
    }
    return true
  }
}
