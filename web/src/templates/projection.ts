/** What one transit Member reads of a form: its own legs and the fields marked for the route, nothing else. */

import { isObject, own } from "./paths"
import { DOSE, type LineForm } from "./rules"
import { conditional, type Schema } from "./schema"

export type Form = Readonly<Record<string, unknown>>

/** Say whether a leg begins or ends in a party's country. */
export function touches(leg: unknown, party: string): boolean {
  if (!isObject(leg)) return false
  const country = party.toUpperCase()
  return [leg.from_place, leg.to_place].some((place) => String(place ?? "").slice(0, 2) === country)
}

/** Give the transit view of a form; `route` is the schema of the route part. */
export function project(form: Form, route: Schema, party: string): Record<string, unknown> {
  const share = isObject(form.share) ? form.share : {}
  const ticked = new Set(Object.entries(share).flatMap(([name, value]) => (value === true ? [`share.${name}`] : [])))
  const made = kept(form, route, party, ticked) as Record<string, unknown>
  const whole = (form.goods ?? []) as LineForm[]
  for (const [at, line] of ((made.goods ?? []) as LineForm[]).entries()) {
    const lots = whole[at]?.lots ?? []
    // Transit reads how much, not in which lots.
    if (line.quantity === undefined && lots.length > 0) {
      line.quantity = lots.reduce((sum, lot) => sum + (lot.doses ?? 0), 0)
      line.unit = DOSE
    }
  }
  return made
}

/** Give where a value of the whole form stands in the transit view: the second leg may be a transit's first. */
export function routePath(form: Form, party: string, path: string): string | null {
  const found = /^legs\[(\d+)\](.*)$/s.exec(path)
  if (!found) return path
  const index = Number(found[1])
  const legs = Array.isArray(form.legs) ? (form.legs as unknown[]) : []
  if (index >= legs.length || !touches(legs[index], party)) return null
  return `legs[${legs.slice(0, index).filter((leg) => touches(leg, party)).length}]${found[2]}`
}

function kept(value: unknown, node: Schema, party: string, ticked: ReadonlySet<string>): unknown {
  if (isObject(value)) {
    const made: Record<string, unknown> = {}
    for (const [name, child] of Object.entries(node.properties ?? {})) {
      const tick = conditional(child)
      if (!Object.hasOwn(value, name) || (tick !== null && !ticked.has(tick))) continue
      const inner = kept(own(value, name), child, party, ticked)
      if (!empty(inner)) made[name] = inner
    }
    return made
  }
  if (Array.isArray(value) && node.items) {
    const items = node["x-touching"] ? value.filter((item) => touches(item, party)) : value
    return items.map((item) => kept(item, node.items!, party, ticked))
  }
  return value
}

function empty(value: unknown): boolean {
  return Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0
}
