/** One version of a template: what a form must hold, what is odd about it, what transit reads, what changed. */

import { holds, name as codeName, ready } from "../codes/code_lists"
import { Refused } from "../wire/refused"
import { adapt, type Adaptation } from "./adaptation"
import { type Change, changes } from "./changes"
import { containers, type Field, fieldsOf } from "./fields"
import { filled } from "./filling"
import { FINDINGS, openList } from "./finding_rules"
import { fieldPath, isObject, own } from "./paths"
import type { Problem } from "./problem"
import { type Form, project, routePath } from "./projection"
import { type CheckedForm, RULES } from "./rules"
import { inlined, known, leaves, narrowed, nodeAt, routeSchema, type TemplateSchema } from "./schema"
import { Structure } from "./structure"
import { type FieldText, texts, textsReady } from "./text"

export type PartName = "goods" | "route"
const ID = /^[a-z][a-z_]{0,39}\/[1-9][0-9]{0,3}$/

/** A template or version that this program does not have. */
export class UnknownTemplate extends Refused {
  constructor() {
    super("unknown_template", "this version of the template is not known here; update the program")
  }
}

/** A finding that a person has given a reason for. */
export interface Explained {
  readonly field: string
}

/** One version; `id` is what a sent entry pins; `schema` has no references. */
export class Template {
  readonly #schemas = new Map<string, TemplateSchema>()
  readonly #structures = new Map<string, Structure>()
  #route: TemplateSchema | null = null

  constructor(
    readonly id: string,
    readonly schema: TemplateSchema,
  ) {}

  /** Give the kinds of announcement this template knows. */
  get kinds(): string[] {
    return Object.keys(this.schema["x-kinds"])
  }

  /** Give the groups of fields in their order. */
  get groups(): readonly string[] {
    return this.schema["x-groups"]
  }

  /** Bring in the texts of a language and the lists whose codes have names in it. */
  async spoken(language: string): Promise<void> {
    const named = leaves(this.schema).flatMap(([, node]) => (node.enum && node["x-list"] ? [node["x-list"]] : []))
    await Promise.all([textsReady(this.id, language), ready(...new Set(["units", ...named]))])
  }

  /** Bring in the lists that `findings` looks codes up in. */
  async findingsReady(): Promise<void> {
    const looked = leaves(this.schema).flatMap(([, node]) => openList(node) ?? [])
    await ready("hs2022", "hs_health", ...new Set(looked))
  }

  /** Give what blocks: structure first, then the rules between fields where every value has its form. */
  problems(form: unknown, part: PartName = "goods", kind = "departure"): Problem[] {
    const found = this.#structure(part, kind).problems(form)
    if (!isObject(form) || found.some((one) => one.code === "wrong_form")) return found
    const told = new Set(found.map((one) => one.path))
    // A rule may rely on the form of all it reads: what is no field here was not looked at.
    const strange = found.some((one) => one.code === "unknown_field")
    const read = (strange ? known(form, this.schemaOf(part, kind)) : form) as CheckedForm
    const broken = this.#rules("x-rules", part, kind).flatMap((name) => RULES.get(name)!(read))
    return [...found, ...broken.filter((one) => !told.has(one.path))]
  }

  /** Give what needs a reason and has none; only of a form without problems, and once `findingsReady`. */
  findings(form: Form, overrides: Iterable<Explained> = [], part: PartName = "goods", kind = "departure"): Problem[] {
    const explained = new Set([...overrides].map((one) => one.field))
    const schema = this.schemaOf(part, kind)
    const rules = this.#rules("x-findings", part, kind).map((name) => FINDINGS.get(name)!)
    const found = rules.flatMap((rule) => rule(form as CheckedForm, schema))
    return found.filter((one) => !explained.has(one.path))
  }

  /** Give what one transit Member reads. */
  project(form: Form, party: string): Record<string, unknown> {
    return project(form, this.#routed(), party)
  }

  /** Give where a value of the whole form stands in one transit Member's view; null: it does not. */
  routePath(form: Form, party: string, path: string): string | null {
    const inner = routePath(form, party, path)
    return inner !== null && nodeAt(this.#routed(), fieldPath(inner)) ? inner : null
  }

  /** Give what differs between two versions of a form. */
  changes(before: Form, after: Form, part: PartName = "goods"): Change[] {
    return changes(before, after, part === "route" ? this.#routed() : this.schema)
  }

  /** Give the form with defaults, and references as they are stored; do this before `problems`. */
  filled(form: Form, kind = "departure"): Record<string, unknown> {
    return filled(form, this.schemaOf("goods", kind)) as Record<string, unknown>
  }

  /** Give every field in the form's order. */
  fields(part: PartName = "goods", kind = "departure"): Field[] {
    return fieldsOf(this.schemaOf(part, kind))
  }

  /** Give a field's or a part's label and help, once the language is `spoken`. */
  text(path: string, language = "en"): FieldText {
    const said = texts(this.id, language).fields
    const of = (one: string): readonly [string, string] => own(said, this.#textKey(one)) ?? [one, ""]
    const [label, help] = of(path)
    return { label, help, within: containers(path).map((part) => of(part)[0]) }
  }

  /** Give a group's label. */
  groupText(group: string, language = "en"): string {
    return own(texts(this.id, language).groups, group) ?? group
  }

  /** Give the name of a field's code; the value itself where it is no code. Its list must be `ready`. */
  valueText(path: string, value: string | number, language = "en"): string {
    const list = nodeAt(this.schema, path)?.["x-list"]
    if (!list) return String(value)
    if (list !== "hs2022") return codeName(list, value, language)
    const six = String(value).slice(0, 6)
    // The short list speaks six languages, the long one is UN Comtrade's English.
    const named = ["hs_health", "hs2022"].find((one) => holds(one, six))
    return named ? codeName(named, six, language) : String(value)
  }

  /** Give the template as an operation wants it; throws `AdaptationRefused`. */
  adapted(adaptation: Adaptation): Template {
    return new Template(this.id, adapt(this.schema, adaptation))
  }

  /** Give the schema of one part for one kind of announcement. */
  schemaOf(part: PartName, kind: string): TemplateSchema {
    return kept(this.#schemas, `${part} ${kind}`, () => {
      const rule = own(this.schema["x-kinds"], kind)
      if (!rule) throw new RangeError("this template has no such kind of announcement")
      const whole = narrowed(this.schema, rule)
      return part === "route" ? routeSchema(whole) : whole
    })
  }

  #routed(): TemplateSchema {
    this.#route ??= routeSchema(this.schema)
    return this.#route
  }

  #structure(part: PartName, kind: string): Structure {
    return kept(this.#structures, `${part} ${kind}`, () => new Structure(this.schemaOf(part, kind)))
  }

  #rules(keyword: "x-rules" | "x-findings", part: PartName, kind: string): string[] {
    const uses = this.schema[keyword]
    return uses
      .filter((use) => (use.parts?.includes(part) ?? true) && (use.kinds?.includes(kind) ?? true))
      .map((use) => use.rule)
  }

  #textKey(path: string): string {
    return nodeAt(this.schema, path)?.["x-text"] ?? path
  }
}

function kept<T>(known: Map<string, T>, key: string, make: () => T): T {
  const found = known.get(key) ?? make()
  known.set(key, found)
  return found
}

const files = import.meta.glob<Record<string, unknown>>("$templates/*/*/schema.json", {
  eager: true,
  import: "default",
})
const idOf = (path: string) => path.split("/").slice(-3, -1).join("/")
const schemas = new Map(Object.entries(files).map(([path, schema]) => [idOf(path), schema]))
const loaded = new Map<string, Template>()

/** Give one version, such as prenotification/1; throws `UnknownTemplate`. */
export function load(id: string): Template {
  const schema = schemas.get(id)
  if (!schema || !ID.test(id)) throw new UnknownTemplate()
  return kept(loaded, id, () => new Template(id, inlined(schema)))
}

/** Give every template and version, oldest version first. */
export function names(): string[] {
  const parts = [...schemas.keys()].map((id) => id.split("/") as [string, string])
  return parts
    .sort(([one, older], [other, newer]) => (one === other ? Number(older) - Number(newer) : one < other ? -1 : 1))
    .map((part) => part.join("/"))
}

/** Give the newest version of a template; throws `UnknownTemplate`. */
export function newest(name: string): Template {
  const found = names().filter((id) => id.startsWith(`${name}/`)).at(-1)
  if (found === undefined) throw new UnknownTemplate()
  return load(found)
}
