/** Values of a form by their path, `goods[0].lots[1].batch`; a form is never changed, a new one is given. */
import { isObject, steps } from "../../templates/paths"

export type Form = Readonly<Record<string, unknown>>

const indexOf = (step: string): number => Number(step.slice(1, -1))
const isPlace = (step: string): boolean => step.startsWith("[")

/** Give the value at a path; undefined where there is none. */
export function valueAt(form: unknown, path: string): unknown {
  let at = form
  for (const step of steps(path)) {
    if (isPlace(step)) at = Array.isArray(at) ? (at as unknown[])[indexOf(step)] : undefined
    else at = isObject(at) && Object.hasOwn(at, step) ? at[step] : undefined
  }
  return at
}

/** Give the form with another value at a path; undefined takes it away, and what is then empty and was not before. */
export function withValue(form: Form, path: string, value: unknown): Form {
  return put(form, steps(path), value) as Form
}

function put(at: unknown, rest: readonly string[], value: unknown): unknown {
  const [step, ...more] = rest
  if (step === undefined) return value
  if (isPlace(step)) {
    const list = Array.isArray(at) ? [...(at as unknown[])] : []
    const made = put(list[indexOf(step)], more, value)
    if (made === undefined) list.splice(indexOf(step), 1)
    else list[indexOf(step)] = made
    return list
  }
  const made = put(isObject(at) ? at[step] : undefined, more, value)
  const others = isObject(at) ? at : {}
  if (made !== undefined) return { ...others, [step]: made }
  return Object.fromEntries(Object.entries(others).filter(([name]) => name !== step))
}

/** Give the form without the empty texts, lists and parts that typing leaves behind. */
export function withoutEmpty(form: Form): Form {
  return (cleaned(form) ?? {}) as Form
}

function cleaned(value: unknown): unknown {
  if (typeof value === "string") return value.trim() === "" ? undefined : value.trim()
  if (Array.isArray(value)) {
    const kept = (value as unknown[]).map(cleaned).filter((one) => one !== undefined)
    return kept.length === 0 ? undefined : kept
  }
  if (!isObject(value)) return value
  const kept = Object.entries(value).map(([name, one]) => [name, cleaned(one)] as const).filter(([, one]) => one !== undefined)
  return kept.length === 0 ? undefined : Object.fromEntries(kept)
}

/** Read a number as people of any language type it; the text itself where it is none. */
export function numberOf(text: string): number | string | undefined {
  const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace(",", ".")
  if (plain === "") return undefined
  return /^-?\d+(\.\d+)?$/.test(plain) ? Number(plain) : text
}
