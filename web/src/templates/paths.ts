/** Paths of fields: `goods[].lots[].expiry` names a field of the template, `goods[0].lots[1].expiry` one value. */

export type Step = string | number

/** Cut a field's path: `goods[].product` is goods, [], product. */
export function steps(path: string): string[] {
  return path.match(/\[\d*\]|[^.[\]]+/g) ?? []
}

/** Give the field that a value's path belongs to: `legs[1].awb` is of `legs[].awb`. */
export function fieldPath(path: string): string {
  return path.replace(/\[\d+\]/g, "[]")
}

/** Write a value's path: names by dots, places in lists in brackets. */
export function joined(...parts: readonly Step[]): string {
  let text = ""
  for (const part of parts) text += typeof part === "number" ? `[${part}]` : text ? `.${part}` : part
  return text
}

/** Say whether a value is a JSON object. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}

/** Give an object's own value under a name that somebody else may have written; never its prototype's. */
export function own<T>(object: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return object !== undefined && Object.hasOwn(object, name) ? object[name] : undefined
}

/** Give each value that a form has at a field's path, with its own path. */
export function values(form: unknown, path: string): [string, unknown][] {
  return inside(form, steps(path), [])
}

function inside(value: unknown, rest: readonly string[], before: readonly Step[]): [string, unknown][] {
  const [step, ...more] = rest
  if (step === undefined) return [[joined(...before), value]]
  if (step === "[]") {
    return Array.isArray(value) ? value.flatMap((item, index) => inside(item, more, [...before, index])) : []
  }
  return isObject(value) && Object.hasOwn(value, step) ? inside(value[step], more, [...before, step]) : []
}
