/** The fields of a form that an operation may hide, ask for or fill in, as a flat list by group. */
import type { AdaptationSettings } from "../../api"

export interface FormField {
  readonly path: string
  readonly label: string
  readonly widget: string
  readonly required: boolean
  readonly options: readonly { value: string | number; label: string }[] | null
  readonly list: string | null
  readonly fields: readonly FormField[]
  readonly item: FormField | null
  readonly max_length: number | null
}
export interface FormGroup {
  readonly group: string
  readonly label: string
  readonly fields: readonly FormField[]
}
export interface Row {
  readonly path: string
  /** With the parts that hold it: "Goods › Lots › Expiry". */
  readonly label: string
  readonly field: FormField
  /** A default can be given: a single value outside of lists. */
  readonly single: boolean
}

export function rowsOf(group: FormGroup): Row[] {
  return group.fields.flatMap((field) => rows(field, []))
}

function rows(field: FormField, above: readonly string[]): Row[] {
  const own = field.label === "" ? [...above] : [...above, field.label]
  const inner = field.item === null ? field.fields : field.item.fields
  const single = field.fields.length === 0 && field.item === null && !field.path.includes("[]")
  return [{ path: field.path, label: own.join(" › "), field, single }, ...inner.flatMap((one) => rows(one, own))]
}

export type Use = "template" | "hide" | "require"
export function useOf(adaptation: AdaptationSettings, path: string): Use {
  return adaptation.hide?.includes(path) ? "hide" : adaptation.require?.includes(path) ? "require" : "template"
}
export function used(adaptation: AdaptationSettings, path: string, use: Use): AdaptationSettings {
  const without = (all: readonly string[] | undefined): string[] => (all ?? []).filter((one) => one !== path)
  return {
    ...adaptation,
    hide: use === "hide" ? [...without(adaptation.hide), path] : without(adaptation.hide),
    require: use === "require" ? [...without(adaptation.require), path] : without(adaptation.require),
  }
}
/** Fill a field in; an empty value takes the default away. */
export function filledIn(adaptation: AdaptationSettings, path: string, value: unknown): AdaptationSettings {
  const { [path]: _, ...rest } = adaptation.default ?? {}
  return { ...adaptation, default: value === "" || value === undefined ? rest : { ...rest, [path]: value } }
}
/** Read what was typed as the field's kind wants it. */
export function typedAs(field: FormField, text: string): unknown {
  if (text === "") return undefined
  if (field.widget === "boolean") return text === "true"
  if (field.widget === "number") return Number.isNaN(Number(text)) ? text : Number(text)
  return field.options?.find((one) => String(one.value) === text)?.value ?? text
}
