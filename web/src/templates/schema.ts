/** Derive schemas from a template's one schema: without references, for a kind, an adaptation, a transit Member. */

import { isObject, own, steps } from "./paths"

/** The part of JSON Schema 2020-12 that templates use, with the keywords of docs/templates.md. */
export interface Schema {
  type?: "string" | "integer" | "number" | "boolean" | "array" | "object"
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean
  items?: Schema
  enum?: (string | number)[]
  pattern?: string
  format?: string
  minLength?: number
  maxLength?: number
  minItems?: number
  maxItems?: number
  minimum?: number
  maximum?: number
  exclusiveMinimum?: number
  exclusiveMaximum?: number
  uniqueItems?: boolean
  default?: unknown
  "x-group"?: string
  "x-list"?: string
  "x-unit"?: string
  "x-check"?: string
  "x-stored"?: string
  "x-text"?: string
  "x-wrong"?: string
  "x-key"?: string
  "x-material"?: boolean | string
  "x-route"?: boolean | string
  "x-touching"?: boolean
  "x-hidden"?: boolean
}

export interface KindRule {
  hide?: string[]
  optional?: string[]
  require?: string[]
}
export interface RuleUse {
  rule: string
  parts?: string[]
  kinds?: string[]
  demands?: string[]
  where?: string
}
/** The whole schema of a template. */
export interface TemplateSchema extends Schema {
  "x-groups": string[]
  "x-kinds": Record<string, KindRule>
  "x-rules": RuleUse[]
  "x-findings": RuleUse[]
}

/** Put every definition where it is used; keywords beside a reference win. */
export function inlined(schema: Readonly<Record<string, unknown>>): TemplateSchema {
  const definitions = schema.$defs as Record<string, unknown>
  const put = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(put)
    if (!isObject(node)) return node
    const here = Object.entries(node).filter(([key]) => key !== "$ref" && key !== "$defs")
    const made = Object.fromEntries(here.map(([key, value]) => [key, put(value)]))
    if (typeof node.$ref !== "string") return made
    return { ...(put(definitions[node.$ref.replace("#/$defs/", "")]) as object), ...made }
  }
  return put(schema) as TemplateSchema
}

/** Give the part of a schema that describes one field, or null. */
export function nodeAt(schema: Schema, path: string): Schema | null {
  return follow(schema, steps(path))
}

/** Give every field that holds a value, in the form's order. */
export function leaves(schema: Schema, path = ""): [string, Schema][] {
  if (schema.properties) {
    return Object.entries(schema.properties).flatMap(([name, node]) => leaves(node, path ? `${path}.${name}` : name))
  }
  return schema.items ? leaves(schema.items, `${path}[]`) : [[path, schema]]
}

/** Give the schema with fields taken out, made optional or made mandatory. */
export function narrowed<S extends Schema>(schema: S, { hide = [], optional = [], require = [] }: KindRule): S {
  const made = structuredClone(schema)
  for (const path of hide) {
    const [parent, name] = parentOf(made, path)
    if (!parent) continue
    delete parent.properties?.[name]
    free(parent, name)
  }
  for (const path of optional) {
    const [parent, name] = parentOf(made, path)
    if (parent) free(parent, name)
  }
  for (const path of require) demand(made, path)
  return made
}

/** Give what a transit Member's form may hold: the fields marked `x-route`, and nothing else. */
export function routeSchema<S extends Schema>(schema: S): S {
  const kept = routed(schema)
  if (!kept) throw new Error("the template marks no field for the route")
  return kept as S
}

function routed(node: Schema): Schema | null {
  if (node.properties) {
    const kept: Record<string, Schema> = {}
    for (const [name, child] of Object.entries(node.properties)) {
      const inner = routed(child)
      if (inner) kept[name] = inner
    }
    if (Object.keys(kept).length === 0) return null
    const required = (node.required ?? []).filter((name) => kept[name] && conditional(kept[name]) === null)
    return { ...node, properties: kept, required }
  }
  if (node.items) {
    const items = routed(node.items)
    return items && { ...node, items }
  }
  return node["x-route"] ? { ...node } : null
}

/** Give the tick on which everything in this part of the form goes to transit, or null. */
export function conditional(node: Schema): string | null {
  const [mark, ...others] = new Set(leaves(node).map(([, leaf]) => leaf["x-route"]))
  return others.length === 0 && typeof mark === "string" ? mark : null
}

/** Give a form without what its schema does not know. */
export function known(value: unknown, node: Schema): unknown {
  const inner = node.properties
  if (inner && isObject(value)) {
    const kept = Object.entries(value).filter(([name]) => Object.hasOwn(inner, name))
    return Object.fromEntries(kept.map(([name, item]) => [name, known(item, inner[name]!)]))
  }
  const items = node.items
  return items && Array.isArray(value) ? value.map((item) => known(item, items)) : value
}

function follow(schema: Schema, way: readonly string[]): Schema | null {
  let node: Schema | undefined = schema
  for (const step of way) {
    node = step === "[]" ? node.items : own(node.properties, step)
    if (!node) return null
  }
  return node
}

function parentOf(schema: Schema, path: string): [Schema | null, string] {
  const way = steps(path)
  return [follow(schema, way.slice(0, -1)), way.at(-1) ?? ""]
}

function free(parent: Schema, name: string): void {
  if (parent.required?.includes(name)) parent.required = parent.required.filter((one) => one !== name)
}

/** Make a field mandatory: with the parts that hold it, but in a list only for each item that is there. */
function demand(schema: Schema, path: string): void {
  const way = steps(path)
  const listed = way.lastIndexOf("[]")
  let node: Schema | undefined = schema
  for (const [place, step] of way.entries()) {
    if (!node) return
    if (step === "[]") {
      node = node.items
      continue
    }
    if (place > listed && !node.required?.includes(step)) node.required = [...(node.required ?? []), step]
    node = own(node.properties, step)
  }
}
