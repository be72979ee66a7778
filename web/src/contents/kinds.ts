/** The kinds of values that fields are made of: texts, numbers, lists, maps, choices. */
import { type Field, given, isObject, joined, problem, type Problem } from "./checking"

/** Text of so many characters, counted as Unicode counts them. */
export function text(least: number, most = Number.MAX_SAFE_INTEGER): Field<string> {
  return {
    read(value, path, found) {
      if (typeof value !== "string") return wrong(path, "must be text", found)
      if (value.length < least) return outside(path, "is too short", found)
      if (value.length > most && [...value].length > most) return outside(path, "is too long", found)
      return value
    },
  }
}

/** What lets a text through, and what is said where it does not. */
type Form = readonly [holds: RegExp | ((value: string) => boolean), sentence: string]

/** Text of a form, or of several at once. */
export function formed(...tests: readonly Form[]): Field<string> {
  return {
    read(value, path, found) {
      if (typeof value !== "string") return wrong(path, "must be text", found)
      for (const [holds, sentence] of tests) {
        if (!(typeof holds === "function" ? holds(value) : holds.test(value))) return wrong(path, sentence, found)
      }
      return value
    },
  }
}

/** One of a closed list of words. */
export function oneOf<const T extends readonly string[]>(words: T): Field<T[number]> {
  const last = words.at(-1) ?? ""
  const listed = words.length > 1 ? `${words.slice(0, -1).join(", ")} or ${last}` : last
  return {
    read(value, path, found) {
      if (typeof value === "string" && words.includes(value)) return value
      return wrong(path, `must be one of ${listed}`, found)
    },
  }
}

export function whole(least: number, most: number): Field<number> {
  return {
    read(value, path, found) {
      if (typeof value !== "number" || !Number.isInteger(value)) return wrong(path, "must be a whole number", found)
      if (value > most) return outside(path, `must be at most ${most}`, found)
      if (value < least) return outside(path, `must be at least ${least}`, found)
      return value
    },
  }
}

/** A whole number from 0 on and below a limit. */
export function below(limit: number): Field<number> {
  const inner = whole(0, Number.MAX_SAFE_INTEGER)
  return {
    read(value, path, found) {
      const told = inner.read(value, path, found)
      return told >= limit ? outside(path, `must be less than ${limit}`, found) : told
    },
  }
}

export const TRUTH: Field<boolean> = {
  read: (value, path, found) => (typeof value === "boolean" ? value : wrong(path, "must be true or false", found)),
}

export const ANYTHING: Field<unknown> = { read: (value) => value }

/** A JSON object whose fields another reader judges. */
export const OBJECT: Field<Readonly<Record<string, unknown>>> = {
  read: (value, path, found) => (isObject(value) ? value : wrong(path, "must be an object", found)),
}

export function listOf<T>(item: Field<T>, most: number, least = 0): Field<readonly T[]> {
  const dump = item.dump && { dump: (value: readonly T[]) => value.map((one) => item.dump?.(one)) }
  return {
    ...dump,
    read(value, path, found) {
      if (!Array.isArray(value)) return wrong(path, "must be a list", found)
      const before = found.length
      let right = 0
      const told = value.map((_, place) => {
        const known = found.length
        const read = item.read(given(value, place), `${path}[${place}]`, found)
        right += known === found.length ? 1 : 0
        return read
      })
      // What is wrong with an item says more than how many there are, unless the right ones alone are too many.
      if (right > most) {
        found.length = before
        outside(path, "has too many items", found)
      } else if (found.length === before && value.length < least) {
        outside(path, "has too few items", found)
      }
      return told
    },
  }
}

export function mapOf<K extends string, T>(key: Field<K>, item: Field<T>): Field<Readonly<Partial<Record<K, T>>>> {
  const each = (value: object, change: (one: T) => unknown) =>
    Object.fromEntries(Object.entries(value).map(([name, one]) => [name, change(one as T)]))
  const dump = item.dump && { dump: (value: Readonly<Partial<Record<K, T>>>) => each(value, (one) => item.dump?.(one)) }
  return {
    ...dump,
    read(value, path, found) {
      if (!isObject(value)) return wrong(path, "must be an object", found)
      const told = Object.entries(value).map(([name, one]) => {
        key.read(name, `${joined(path, name)}.[key]`, found)
        return [name, item.read(one, joined(path, name), found)] as const
      })
      // What stands as it was said keeps the very object, which knows 1.0 from 1.
      return (item === ANYTHING ? value : Object.fromEntries(told)) as Partial<Record<K, T>>
    },
  }
}

/** Note what is wrong; what is given back is of no use, for whoever asked looks into `found` first. */
function wrong<T>(path: string, sentence: string, found: Problem[], code = "wrong_form"): T {
  found.push(problem(path, sentence, code))
  return undefined as T
}

function outside<T>(path: string, sentence: string, found: Problem[]): T {
  return wrong(path, sentence, found, "out_of_range")
}
