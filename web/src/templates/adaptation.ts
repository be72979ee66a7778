/** An operation's own narrowing of a template: hide, require, default. What it lets pass, the template lets pass. */

import { Refused } from "../wire/refused"
import { type Problem, problem } from "./problem"
import { leaves, narrowed, nodeAt, type Schema, type TemplateSchema } from "./schema"
import { Structure } from "./structure"

/** What the coordinating party decides for its operation. */
export interface Adaptation {
  readonly hide: readonly string[]
  readonly require: readonly string[]
  readonly default: Readonly<Record<string, unknown>>
}

/** An adaptation that this template cannot follow; `problems` names the paths. */
export class AdaptationRefused extends Refused {
  constructor(readonly problems: readonly Problem[]) {
    super("wrong_adaptation", problems.map((one) => `${one.path}: ${one.text}`).join("; "))
  }
}

/** Give what an adaptation asks that cannot be. */
export function adaptationProblems(schema: TemplateSchema, adaptation: Adaptation): Problem[] {
  return [
    ...adaptation.hide.flatMap((path, at) => hiding(schema, adaptation, path, `hide[${at}]`)),
    ...adaptation.require.flatMap((path, at) => requiring(schema, adaptation, path, `require[${at}]`)),
    ...Object.entries(adaptation.default).flatMap(([path, value]) => giving(schema, adaptation, path, value)),
  ]
}

/** Give the narrowed schema; throws `AdaptationRefused`. */
export function adapt(schema: TemplateSchema, adaptation: Adaptation): TemplateSchema {
  const found = adaptationProblems(schema, adaptation)
  if (found.length > 0) throw new AdaptationRefused(found)
  const given = Object.keys(adaptation.default)
  const made = narrowed(schema, {
    hide: adaptation.hide.filter((path) => !given.includes(path)),
    require: [...adaptation.require, ...given],
  })
  for (const [path, value] of Object.entries(adaptation.default)) {
    const node = nodeAt(made, path)
    if (!node) continue
    node.default = value
    if (adaptation.hide.includes(path)) {
      node.enum = [value as string | number]
      node["x-hidden"] = true
    }
  }
  for (const kind of Object.values(made["x-kinds"])) {
    kind.optional = (kind.optional ?? []).filter((path) => !adaptation.require.includes(path))
  }
  return made
}

function hiding(schema: TemplateSchema, adaptation: Adaptation, path: string, where: string): Problem[] {
  const { hide, require, default: given } = adaptation
  const rules = schema["x-rules"].filter((rule) => rule.where === undefined || !hide.includes(rule.where))
  const demanded = rules.some((rule) => rule.demands?.includes(path))
  const kinds = Object.values(schema["x-kinds"]).flatMap((kind) => kind.require ?? [])
  if (!nodeAt(schema, path) || path.endsWith("[]")) {
    return [problem(where, "is not a field of this template", "unknown_field")]
  }
  if (kinds.some((one) => `${one}.`.startsWith(`${path}.`))) {
    return [problem(where, "is mandatory in a kind of this template", "rule")]
  }
  if (require.includes(path)) return [problem(where, "is also required", "rule")]
  return (demanded || mandatory(schema, path)) && !Object.hasOwn(given, path)
    ? [problem(where, "is mandatory in this template; hide it with a default, or not at all", "rule")]
    : []
}

function requiring(schema: TemplateSchema, adaptation: Adaptation, path: string, where: string): Problem[] {
  if (!nodeAt(schema, path)) return [problem(where, "is not a field of this template", "unknown_field")]
  return within(path, adaptation.hide) ? [problem(where, "lies in a part that is hidden", "rule")] : []
}

function giving(schema: TemplateSchema, adaptation: Adaptation, path: string, value: unknown): Problem[] {
  const where = `default.${path}`
  const node = nodeAt(schema, path)
  if (!node || node.properties || node.items) {
    return [problem(where, "is not a single field of this template", "unknown_field")]
  }
  if (leaves(schema).some(([, leaf]) => leaf["x-route"] === path)) {
    return [problem(where, "decides what transit reads: each sender ticks it, or not", "rule")]
  }
  if (within(path, adaptation.hide)) return [problem(where, "lies in a part that is hidden", "rule")]
  return new Structure(node).problems(value).map((one) => problem(where, one.text, one.code))
}

function within(path: string, hide: readonly string[]): boolean {
  return hide.some((one) => path.startsWith(`${one}.`) || path.startsWith(`${one}[`))
}

function mandatory(schema: Schema, path: string): boolean {
  const at = path.lastIndexOf(".")
  const parent = at < 0 ? schema : nodeAt(schema, path.slice(0, at))
  return parent?.required?.includes(path.slice(at + 1)) ?? false
}
