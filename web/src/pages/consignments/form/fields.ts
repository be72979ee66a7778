/** Which fields of a part are shown at once, and how they stand side by side. */
import type { FormField } from "../../../templates/form"
import { isObject } from "../../../templates/paths"

export function isFilled(value: unknown): boolean {
  if (value === undefined || value === null || value === "") return false
  if (Array.isArray(value)) return value.length > 0
  return !isObject(value) || Object.values(value).some(isFilled)
}

/** Say whether a field is shown before anybody asks for more: it must be filled, may have to be, or is. */
export function isFront(field: FormField, value: unknown): boolean {
  return field.required || field.demanded || isFilled(value) || FRONT.has(field.path)
}

/** Nobody has to fill them, and most do. */
const FRONT: ReadonlySet<string> = new Set([
  "importer", "note", "share.observers", "share.lots_with_transit", "goods[].gtin", "goods[].lots[].boxes", "legs[].carrier",
  "legs[].flight", "legs[].awb", "legs[].seals", "packages.sscc", "temperature.container", "temperature.coolant", "requests",
])

/** Say whether a field takes a line of its own. */
export function isBroad(field: FormField): boolean {
  return field.widget === "array" || field.widget === "object" || field.widget === "long_text"
}
