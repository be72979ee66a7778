/** The fields of a template as a flat list, for screens, tables and translations. */

import { steps } from "./paths"
import { conditional, type Schema } from "./schema"

/** One field that holds a value; a list of single values has a path that ends in []. */
export interface Field {
  readonly path: string
  readonly group: string
  readonly type: FieldType
  /** Must be filled in every form. */
  readonly required: boolean
  /** Must be filled where its part of the form is used. */
  readonly within: boolean
  readonly list: string | null
  readonly unit: string | null
  readonly enum: readonly (string | number)[] | null
  readonly check: string | null
  readonly default: unknown
  /** True, or the tick on which transit sees it. */
  readonly route: boolean | string
  readonly material: boolean | string
  /** An operation fixed its value. */
  readonly hidden: boolean
  readonly max_length: number | null
  readonly minimum: number | null
  readonly maximum: number | null
}
export type FieldType = "text" | "day" | "instant" | "integer" | "number" | "boolean"

/** Say whether there may be several. */
export function repeats(field: Field): boolean {
  return field.path.includes("[]")
}

/** Give every field of a schema in the form's order. */
export function fieldsOf(schema: Schema): Field[] {
  return collect(schema, "", "", true, true, false)
}

function collect(
  node: Schema, path: string, groupAbove: string, required: boolean, within: boolean, materialAbove: boolean | string,
): Field[] {
  const group = node["x-group"] ?? groupAbove
  const material = node["x-material"] ?? materialAbove
  if (node.properties) {
    return Object.entries(node.properties).flatMap(([name, child]) => {
      const wanted = node.required?.includes(name) ?? false
      return collect(child, path ? `${path}.${name}` : name, group, required && wanted, wanted, material)
    })
  }
  if (node.items) return collect(node.items, `${path}[]`, group, required, within, material)
  return [
    {
      path, group, type: typeOf(node), required, within,
      list: node["x-list"] ?? null,
      unit: node["x-unit"] ?? null,
      enum: node.enum ?? null,
      check: node["x-check"] ?? null,
      default: node.default ?? null,
      route: conditional(node) ?? Boolean(node["x-route"]),
      material,
      hidden: node["x-hidden"] ?? false,
      max_length: node.maxLength ?? null,
      minimum: node.minimum ?? node.exclusiveMinimum ?? null,
      maximum: node.maximum ?? null,
    },
  ]
}

/** Give the type of the value that a leaf of the schema holds. */
export function typeOf(node: Schema): FieldType {
  if (node.type === "integer" || node.type === "number" || node.type === "boolean") return node.type
  if (node.format === "utc-instant") return "instant"
  return node.format === "day" || node.format === "gs1-day" ? "day" : "text"
}

/** Give the parts of the form that hold a field: goods and goods[].lots for goods[].lots[].expiry. */
export function containers(path: string): string[] {
  const found: string[] = []
  let text = ""
  for (const step of steps(path)) {
    text += step === "[]" ? step : text ? `.${step}` : step
    if (step !== "[]") found.push(text)
  }
  return found.slice(0, -1)
}
