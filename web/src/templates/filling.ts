/** Bring a form into the shape in which it is sent: defaults filled in, numbers in their one written form. */

import { dayText, lastDay } from "./days"
import { isObject, own } from "./paths"
import type { Schema } from "./schema"

const STORED: Readonly<Record<string, (text: string) => string>> = {
  gtin14: (text) => text.padStart(14, "0"),
  awb: (text) => (text.includes("-") ? text : text.replace(/^.{0,3}/su, "$&-")),
  last_day: (text) => {
    try {
      return dayText(lastDay(text))
    } catch {
      return text
    }
  },
}

/** Give a form with its defaults, and with references as they are stored (`x-stored`); wrong values stay. */
export function filled(value: unknown, node: Schema): unknown {
  if (isObject(value) && node.properties) {
    const there = Object.entries(value).map(([name, inner]) => [name, filled(inner, own(node.properties, name) ?? {})])
    return Object.fromEntries([...there, ...lacking(value, node)])
  }
  if (Array.isArray(value)) return value.map((item) => filled(item, node.items ?? {}))
  const stored = node["x-stored"] && STORED[node["x-stored"]]
  return typeof value === "string" && stored ? stored(value) : value
}

function lacking(value: Record<string, unknown>, node: Schema): [string, unknown][] {
  const made: [string, unknown][] = []
  for (const [name, child] of Object.entries(node.properties ?? {})) {
    if (Object.hasOwn(value, name)) continue
    if ("default" in child) made.push([name, child.default])
    else if (node.required?.includes(name) && child.properties) {
      const inner = filled({}, child) as Record<string, unknown>
      if (Object.keys(inner).length > 0) made.push([name, inner])
    }
  }
  return made
}
