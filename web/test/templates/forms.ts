/** The vectors of the templates: named forms, and cases that edit them. */

import { readFileSync } from "node:fs"
import { steps } from "../../src/templates/paths"
import type { PartName } from "../../src/templates/template"

export interface Case {
  name?: string
  rule?: string
  form: string
  part?: PartName
  kind?: string
  party: string
  path: string
  set?: Record<string, unknown>
  remove?: string[]
}
interface Named {
  form: Record<string, unknown>
  kind: string
  part?: PartName
}

/** Read a vector file of the repository. */
export function vectors<T>(path: string): T {
  return JSON.parse(readFileSync(new URL(`../../../vectors/${path}.json`, import.meta.url), "utf-8")) as T
}

export const FORMS = vectors<Record<string, Named>>("templates/forms")

/** Give the form of a case, edited. */
export function caseForm(one: Case): Record<string, unknown> {
  const form = structuredClone(FORMS[one.form]!.form)
  for (const path of one.remove ?? []) {
    const [parent, last] = parentOf(form, path)
    if (Array.isArray(parent)) parent.splice(Number(last), 1)
    else delete parent[last]
  }
  for (const [path, value] of Object.entries(one.set ?? {})) {
    const [parent, last] = parentOf(form, path)
    ;(parent as Record<string | number, unknown>)[last] = value
  }
  return form
}

/** Give the part and the kind of a case. */
export function casePart(one: Case): [PartName, string] {
  const named = FORMS[one.form]!
  return [one.part ?? named.part ?? "goods", one.kind ?? named.kind]
}

export function valueAt(form: unknown, path: string): unknown {
  return keys(path).reduce((value, key) => (value as Record<string | number, unknown>)[key], form)
}

function parentOf(form: unknown, path: string): [Record<string | number, unknown> | unknown[], string | number] {
  const way = keys(path)
  const parent = way.slice(0, -1).reduce((value, key) => (value as Record<string | number, unknown>)[key], form)
  return [parent as Record<string, unknown>, way.at(-1)!]
}

function keys(path: string): (string | number)[] {
  return steps(path).map((step) => (step.startsWith("[") ? Number(step.slice(1, -1)) : step))
}
