/** A form as a renderer needs it: groups and fields in order, in one language; plain JSON that a worker may send. */

import { codes, isReady, nameOf } from "../codes/code_lists"
import type { Problem } from "./problem"
import { type FieldType, typeOf } from "./fields"
import { digitFinding, openList } from "./finding_rules"
import { fieldPath } from "./paths"
import { leaves, type Schema } from "./schema"
import { Structure } from "./structure"
import type { PartName, Template } from "./template"

/** How a field is asked for; `lookup` searches a long list (`list`), `choice` offers its `options`. */
export type Widget =
  | "text" | "long_text" | "number" | "date" | "instant" | "lookup" | "choice" | "boolean" | "array" | "object"

export interface Option {
  readonly value: string | number
  readonly label: string
}
/** One place of a form: a value, an object with `fields`, or a list with `item`. */
export interface FormField {
  /** As in `goods[].lots[].expiry`; the items of a list have a path that ends in []. */
  readonly path: string
  readonly name: string
  readonly group: string
  readonly label: string
  readonly help: string
  readonly widget: Widget
  readonly type: FieldType | "array" | "object"
  /** Must be there where the part that holds it is there. */
  readonly required: boolean
  /** What a rule asks for may be needed though it is not `required`: `legs[].flight` of a leg by air. */
  readonly demanded: boolean
  readonly options: readonly Option[] | null
  readonly list: string | null
  readonly unit: Option | null
  readonly check: string | null
  /** The sentence for a value of the wrong form, in English; null where any text has its form. */
  readonly wrong: string | null
  readonly material: boolean | string
  /** True: transit reads it; a path: transit reads it where that box is ticked. */
  readonly route: boolean | string
  readonly default: unknown
  /** An operation fixed its value: show it, or leave it out; `filled` puts it in. */
  readonly fixed: boolean
  readonly max_length: number | null
  readonly minimum: number | null
  readonly maximum: number | null
  readonly whole: boolean
  readonly min_items: number | null
  readonly max_items: number | null
  readonly unique: boolean
  /** Of a list of objects: the field that tells its items apart. */
  readonly key: string | null
  readonly fields: readonly FormField[]
  readonly item: FormField | null
  /** Of a value: what `checkField` holds it against. */
  readonly schema: Schema | null
}
export interface FormGroup {
  readonly group: string
  readonly label: string
  readonly fields: readonly FormField[]
}
export interface FormModel {
  readonly template: string
  readonly kind: string
  readonly part: PartName
  readonly language: string
  readonly groups: readonly FormGroup[]
}

const LONG_TEXT = 1000

/** Give the form of a template, which may be adapted, for one kind of announcement and in one language. */
export async function formModel(
  template: Template, kind: string, language: string, part: PartName = "goods",
): Promise<FormModel> {
  await template.spoken(language)
  const maker = new Maker(template, kind, language)
  const schema = template.schemaOf(part, kind)
  const fields = maker.fields(schema, "", { group: "", material: false })
  const groups = template.groups.map((group) => ({
    group,
    label: template.groupText(group, language),
    fields: fields.filter((one) => one.group === group),
  }))
  return { template: template.id, kind, part, language, groups: groups.filter((one) => one.fields.length > 0) }
}

interface Above {
  readonly group: string
  readonly material: boolean | string
}

class Maker {
  readonly #demanded: ReadonlySet<string>

  constructor(
    readonly template: Template,
    kind: string,
    readonly language: string,
  ) {
    const rules = template.schema["x-rules"].filter((rule) => rule.kinds?.includes(kind) ?? true)
    this.#demanded = new Set(rules.flatMap((rule) => rule.demands ?? []))
  }

  fields(node: Schema, path: string, above: Above): FormField[] {
    return Object.entries(node.properties ?? {}).map(([name, child]) =>
      this.field(child, path ? `${path}.${name}` : name, name, node.required?.includes(name) ?? false, above),
    )
  }

  field(node: Schema, path: string, name: string, required: boolean, above: Above): FormField {
    const here: Above = { group: node["x-group"] ?? above.group, material: node["x-material"] ?? above.material }
    const single = !!node.items && !node.items.properties
    // The texts of a list of single values are kept under its items.
    const said = this.template.text(single ? `${path}[]` : path, this.language)
    const options = this.#options(node)
    return {
      path, name, required, options, ...here, label: said.label, help: said.help,
      widget: widgetOf(node, options !== null),
      type: node.properties ? "object" : node.items ? "array" : typeOf(node),
      demanded: this.#demanded.has(path),
      list: node["x-list"] ?? null,
      unit: this.#unit(node),
      check: node["x-check"] ?? null,
      wrong: node["x-wrong"] ?? null,
      route: routeOf(node),
      default: node.default ?? null,
      fixed: node["x-hidden"] ?? false,
      max_length: node.maxLength ?? null,
      minimum: node.minimum ?? node.exclusiveMinimum ?? null,
      maximum: node.maximum ?? null,
      whole: node.type === "integer",
      min_items: node.minItems ?? null,
      max_items: node.maxItems ?? null,
      unique: node.uniqueItems ?? false,
      key: node["x-key"] ?? null,
      fields: this.fields(node, path, here),
      item: node.items ? this.#item(node.items, `${path}[]`, here) : null,
      schema: node.properties || node.items ? null : node,
    }
  }

  #item(node: Schema, path: string, above: Above): FormField {
    return this.field(node, path, "", true, above)
  }

  #options(node: Schema): Option[] | null {
    const list = node["x-list"]
    if (!node.enum) return null
    return node.enum.map((value) => {
      const found = list ? codes(list).get(String(value)) : undefined
      return { value, label: found ? nameOf(found, this.language) : String(value) }
    })
  }

  #unit(node: Schema): Option | null {
    const unit = node["x-unit"]
    const found = unit ? codes("units").get(unit) : undefined
    return unit ? { value: unit, label: found ? nameOf(found, this.language) : unit } : null
  }
}

/** Say what transit reads of a part: something always, something where a box is ticked, or nothing. */
function routeOf(node: Schema): boolean | string {
  const marks = new Set(leaves(node).map(([, leaf]) => leaf["x-route"] ?? false))
  return marks.has(true) || ([...marks].find((mark) => typeof mark === "string") ?? false)
}

function widgetOf(node: Schema, offered: boolean): Widget {
  if (node.properties) return "object"
  if (node.items) return "array"
  if (offered) return "choice"
  if (node["x-list"]) return "lookup"
  switch (typeOf(node)) {
    case "boolean":
      return "boolean"
    case "day":
      return "date"
    case "instant":
      return "instant"
    case "integer":
    case "number":
      return "number"
    case "text":
      return (node.maxLength ?? 0) >= LONG_TEXT ? "long_text" : "text"
  }
}

/** Give every field of a form by its path, containers and items of lists too. */
export function fieldsByPath(model: FormModel): Map<string, FormField> {
  const found = new Map<string, FormField>()
  const take = (field: FormField): void => {
    found.set(field.path, field)
    field.fields.forEach(take)
    if (field.item) take(field.item)
  }
  for (const group of model.groups) group.fields.forEach(take)
  return found
}

/**
 * Say what is wrong, or odd (check_digit, not_in_list), with one value while it is typed; what is missing is not told.
 * A code is looked up only where its list is here already.
 */
export function checkField(field: FormField, value: unknown, path: string = field.path): Problem[] {
  if (!field.schema || value === undefined || value === null || value === "") return []
  const wrong = new Structure(field.schema).problems(value).map((one) => ({ ...one, path }))
  if (wrong.length > 0) return wrong
  const list = openList(field.schema)
  const unknown = list !== null && isReady(list) && !codes(list).has(String(value))
  const found = digitFinding(field.schema, path, String(value))
  return unknown ? [...found, { path, text: "is not in the list of known codes", code: "not_in_list" }] : found
}

export interface PlacedProblems {
  /** By the path of the value: where the form has a field for it. */
  readonly fields: Readonly<Record<string, readonly Problem[]>>
  /** How many lie in each group. */
  readonly groups: Readonly<Record<string, number>>
  /** Of no field of the form. */
  readonly rest: readonly Problem[]
}

/** Put problems and findings where a person can mend them: at their field, or at the nearest part that holds it. */
export function placed(model: FormModel, problems: readonly Problem[]): PlacedProblems {
  const known = fieldsByPath(model)
  const fields: Record<string, Problem[]> = {}
  const groups: Record<string, number> = {}
  const rest: Problem[] = []
  for (const one of problems) {
    const where = nearest(one.path, known)
    const field = where === null ? undefined : known.get(fieldPath(where))
    if (where === null || !field) {
      rest.push(one)
      continue
    }
    fields[where] = [...(fields[where] ?? []), one]
    const group = topGroup(model, where)
    groups[group] = (groups[group] ?? 0) + 1
  }
  return { fields, groups, rest }
}

/** Give the path itself where it is a field's, else the longest part of it that is. */
function nearest(path: string, known: ReadonlyMap<string, FormField>): string | null {
  for (let at = path; at !== ""; at = at.replace(/(?:^|\.)[^.[\]]+$|\[\d*\]$/, "")) {
    if (known.has(fieldPath(at))) return at
    if (!/[^.[\]]$|\[\d*\]$/.test(at)) return null
  }
  return null
}

/** Lots have a group of their own, and stand in that of the goods: a person looks for them there. */
function topGroup(model: FormModel, path: string): string {
  const [top = ""] = path.split(/[.[]/, 1)
  return model.groups.find((one) => one.fields.some((field) => field.path === top))?.group ?? ""
}

/** Give an empty form: the parts and the one item of each list that must be there, with what is filled in already. */
export function emptyForm(model: FormModel): Record<string, unknown> {
  return emptied(model.groups.flatMap((one) => one.fields))
}

/** Give a new item of a list, or an empty part. */
export function emptyItem(field: FormField): unknown {
  const inner = field.item ?? field
  return inner.type === "object" ? emptied(inner.fields) : (inner.default ?? "")
}

function emptied(fields: readonly FormField[]): Record<string, unknown> {
  const made: [string, unknown][] = []
  for (const field of fields) {
    if (field.default !== null) made.push([field.name, field.default])
    else if (field.required && field.type === "object") made.push([field.name, emptied(field.fields)])
    else if (field.required && field.item?.type === "object") made.push([field.name, [emptied(field.item.fields)]])
  }
  return Object.fromEntries(made)
}
