/** What differs between two versions of a form, and whether it resets the answers that were given. */

import { instant } from "./days"
import { isObject, own } from "./paths"
import type { Schema } from "./schema"

const HOUR_MS = 3_600_000
const SHIFT_MS: Readonly<Record<string, number>> = { air: 6 * HOUR_MS }
const OTHER_SHIFT_MS = 24 * HOUR_MS

type Mark = boolean | string

/** One difference; the path is as in the form after, as in the form before for what was taken away. */
export interface Change {
  readonly path: string
  /** Null where the value was not there. */
  readonly before: unknown
  readonly after: unknown
  readonly material: boolean
}

/** Give the differences of two forms in the form's order. */
export function changes(before: unknown, after: unknown, schema: Schema): Change[] {
  return [...differences(before ?? null, after ?? null, schema, "", false, null)]
}

/** Say whether two JSON values are the same, whatever the order of their names. */
export function same(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((item, at) => same(item, other[at]))
  }
  if (!isObject(one) || !isObject(other)) return false
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && same(one[name], other[name]))
  )
}

function* differences(
  before: unknown, after: unknown, node: Schema, path: string, above: Mark, way: string | null,
): Generator<Change> {
  const material = node["x-material"] ?? above
  if (same(before, after)) return
  if (isObject(before) && isObject(after) && node.properties) {
    const mode = typeof after.mode === "string" ? after.mode : way
    for (const [name, child] of Object.entries(node.properties)) {
      const inner = path ? `${path}.${name}` : name
      yield* differences(own(before, name) ?? null, own(after, name) ?? null, child, inner, material, mode)
    }
  } else if (Array.isArray(before) && Array.isArray(after) && node.items?.properties) {
    for (const [place, old, now] of pairs(before, after, node["x-key"] ?? null)) {
      yield* differences(old, now, node.items, `${path}[${place}]`, material, way)
    }
  } else if (before === null || after === null) {
    yield { path, before, after, material: weighs(node, material, after ?? before) }
  } else if (material === "shift") {
    const limit = own(SHIFT_MS, way ?? "") ?? OTHER_SHIFT_MS
    yield { path, before, after, material: Math.abs(instant(String(after)) - instant(String(before))) > limit }
  } else {
    yield { path, before, after, material: Boolean(material) }
  }
}

/** Say whether anything material came or went. */
function weighs(node: Schema, above: Mark, value: unknown): boolean {
  const material = node["x-material"] ?? above
  if (isObject(value) && node.properties) {
    return Object.entries(value).some(([name, inner]) => weighs(own(node.properties, name) ?? {}, material, inner))
  }
  const items = node.items
  return Array.isArray(value) && items ? value.some((item) => weighs(items, material, item)) : Boolean(material)
}

/** Pair items by their key where the list has one, else by their place. */
function* pairs(
  before: readonly unknown[], after: readonly unknown[], key: string | null,
): Generator<[number, unknown, unknown]> {
  if (key === null) {
    for (let place = 0; place < Math.max(before.length, after.length); place += 1) {
      yield [place, before[place] ?? null, after[place] ?? null]
    }
    return
  }
  const keyOf = (item: unknown) => (isObject(item) ? (own(item, key) ?? null) : null)
  const left = new Map(before.map((item) => [keyOf(item), item]))
  const taken = (item: unknown): unknown => {
    const found = left.get(keyOf(item)) ?? null
    left.delete(keyOf(item))
    return found
  }
  for (const [place, item] of after.entries()) yield [place, taken(item), item]
  for (const [place, item] of before.entries()) {
    if (left.has(keyOf(item))) yield [place, taken(item), null]
  }
}
