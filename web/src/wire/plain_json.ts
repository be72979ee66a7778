/** Let the platform parse JSON in which nothing hides that it would pass over: most of it, in a third of the time. */

const TEXT = /"[^"]*"/g
/** Numbers that mean more than their value: 1.0, 1e0, -0, integers maybe too long, fractions that may round whole. */
const ODD = /\d[eE]|\.0+(?!\d)|-0(?!\.)|\d{16}|\d{9}\.|\.\d{7}/
const DEEPEST = 31

/** Parse a document without escapes and odd numbers; undefined where the strict parser has to look for itself. */
export function plain(text: string): unknown {
  if (text.includes("\\")) return undefined
  const bones = text.replace(TEXT, "")
  if (ODD.test(bones)) return undefined
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  // A key that stands twice is kept once: then there are fewer keys than colons.
  return keysOf(value, 0) === bones.split(":").length - 1 ? value : undefined
}

/** Count the keys of a value; NaN where it is deeper than the platform should decide. */
function keysOf(value: unknown, depth: number): number {
  if (typeof value !== "object" || value === null) return 0
  if (depth > DEEPEST) return Number.NaN
  const inner = Array.isArray(value) ? value : Object.values(value)
  let count = Array.isArray(value) ? 0 : inner.length
  for (const item of inner) count += keysOf(item, depth + 1)
  return count
}
