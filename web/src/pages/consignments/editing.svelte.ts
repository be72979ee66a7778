/** What a person is writing: the form, what is said around it, and what is wrong with it so far. */
import { getContext, setContext } from "svelte"
import type { AnnouncementInput, FieldProblem, Urgency } from "../../api"
import { has, t } from "../../i18n/i18n.svelte"
import { wrongText } from "../../i18n/wrong"
import type { FormField, FormModel } from "../../templates/form"
import { checkField, emptyForm, fieldsByPath } from "../../templates/form"
import { fieldPath, isObject } from "../../templates/paths"
import type { Schema } from "../../templates/schema"
import { calledRead } from "../../templates/text"
import { unitSign } from "./units"
import { type Form, valueAt, withoutEmpty, withValue } from "./values"

/** What the `template` question answers. */
export interface Model extends FormModel {
  readonly kinds: readonly string[]
  readonly schema: Schema
}
/** Everything of an announcement but its form, and how soon it should be read. */
export interface Around {
  kind: string
  mode: string
  tlp: string
  urgency: Urgency
  urgency_reason: string
  national_reference: string
  relates_to: string[]
}
export interface Kept {
  readonly around: Around
  readonly form: Form
  readonly saved_ms: number
  /** In which operation it is written; older ones do not say. */
  readonly operation?: string | null
  readonly reasons?: Readonly<Record<string, string>>
}

const PLAIN: Around = {
  kind: "departure", mode: "INFORM", tlp: "TLP:AMBER+STRICT", urgency: "routine", urgency_reason: "", national_reference: "", relates_to: [],
}

export class Editing {
  model = $state.raw<Model>()
  form = $state.raw<Form>({})
  around = $state<Around>({ ...PLAIN })
  /** Why what looks odd stands, by its path. */
  reasons = $state.raw<Readonly<Record<string, string>>>({})
  /** From the last check of the whole. */
  problems = $state.raw<readonly FieldProblem[]>([])
  /** Somebody changed something since it was begun, or kept. */
  changed = $state(false)
  /** All that is wrong is shown once a person wanted to go on. */
  tried = $state(false)
  #left = $state.raw<ReadonlySet<string>>(new Set())
  #fields = $derived(this.model === undefined ? new Map<string, FormField>() : fieldsByPath(this.model))

  /** Begin with an announcement, or with an empty form. */
  begin(model: Model, from: AnnouncementInput | null, urgency: Urgency = PLAIN.urgency): void {
    this.model = model
    this.form = isObject(from?.form) ? from.form : emptyForm(model)
    const said = (name: string): string | undefined => (typeof from?.[name] === "string" ? from[name] : undefined)
    this.around = {
      kind: model.kind,
      urgency,
      mode: said("mode") ?? PLAIN.mode,
      tlp: said("tlp") ?? PLAIN.tlp,
      urgency_reason: said("urgency_reason") ?? "",
      national_reference: said("national_reference") ?? "",
      relates_to: Array.isArray(from?.relates_to) ? (from.relates_to as string[]) : [],
    }
    const overrides = Array.isArray(from?.overrides) ? (from.overrides as { field: string; reason: string }[]) : []
    this.reasons = Object.fromEntries(overrides.map((one) => [one.field, one.reason]))
    this.#anew()
  }

  restore(model: Model, kept: Kept): void {
    this.begin(model, { form: kept.form })
    this.around = { ...PLAIN, ...kept.around }
    this.reasons = kept.reasons ?? {}
  }

  #anew(): void {
    this.problems = []
    this.changed = false
    this.tried = false
    this.#left = new Set()
  }

  set(path: string, value: unknown): void {
    this.form = withValue(this.form, path, value)
    this.changed = true
  }
  at(path: string): unknown {
    return valueAt(this.form, path)
  }
  /** A person has been in this field: what is wrong with it is shown now. */
  leave(path: string): void {
    if (!this.#left.has(path)) this.#left = new Set([...this.#left, path])
  }

  /** Say what is wrong with one value; odd: it may stand, with a reason. */
  wrongAt(field: FormField, path: string, value: unknown): { text: string; odd: boolean } | null {
    const text = typeof value === "string" ? value.trim() : value
    const [own] = checkField(field, text, path)
    const whole = own?.code === "check_digit" && String(text).length === LENGTHS[field.check ?? ""]
    if (!this.tried && !this.#left.has(path) && !whole) return null
    const found = own ?? (this.tried ? this.problems.find((one) => one.path === path) : undefined)
    return found === undefined ? null : { text: whileTyping(found), odd: ODD.has(found.code) }
  }

  labelOf(path: string): string {
    return named(this.#fields, path)
  }

  announcement(): AnnouncementInput {
    const { kind, mode, tlp, relates_to } = this.around
    const said = (text: string): string | null => (text.trim() === "" ? null : text.trim())
    const national = said(this.around.national_reference)
    const why = this.around.urgency === "urgent" ? said(this.around.urgency_reason) : null
    const overrides = Object.entries(this.reasons).filter(([, reason]) => reason.trim() !== "")
    return {
      template: this.model?.template ?? "prenotification/1",
      kind, mode, tlp,
      relates_to: [...relates_to],
      ...(national === null ? {} : { national_reference: national }),
      ...(why === null ? {} : { urgency_reason: why }),
      form: withoutEmpty(this.form),
      overrides: overrides.map(([field, reason]) => ({ field, reason: reason.trim() })),
    }
  }

  kept(now: number, operation: string | null): Kept {
    return { around: $state.snapshot(this.around), form: this.form, saved_ms: now, operation, reasons: this.reasons }
  }
}

/** Give how places of a form are called: "Batch number (1.2)" is of the second lot of the first line. */
export function namesOf(model: FormModel): (path: string) => string {
  const fields = fieldsByPath(model)
  return (path) => named(fields, path)
}

function named(fields: ReadonlyMap<string, FormField>, path: string): string {
  const numbers = [...path.matchAll(/\[(\d+)\]/g)].map((one) => Number(one[1]) + 1)
  const field = fields.get(fieldPath(path).replace(/\[\]$/, "")) ?? fields.get(fieldPath(path))
  const unit = field === undefined || field.unit === null ? null : unitSign(field.unit.value)
  const plain = calledRead(field?.label ?? "") || (has(`consignments.around_${path}`) ? t(`consignments.around_${path}`) : path)
  const label = unit === null ? plain : `${plain} (${unit})`
  return numbers.length === 0 ? label : `${label} (${numbers.join(".")})`
}

/** How long a number is once no sign of it can follow: then its check digit is looked at without waiting. */
const LENGTHS: Readonly<Record<string, number>> = { awb: 12, gtin: 14, imo: 7, iso6346: 11, mrn: 18, s10: 13, sscc: 18 }
const ODD: ReadonlySet<string> = new Set(["check_digit", "not_in_list"])

/** Say what is wrong while a person is in the field; what may be true is not called wrong. */
function whileTyping(problem: FieldProblem): string {
  const sentence = wrongText(problem)
  return ODD.has(problem.code) ? t("wrong.odd", { sentence }) : sentence
}

const KEY = Symbol("editing")
export function provide(editing: Editing): Editing {
  return setContext(KEY, editing)
}
export function editing(): Editing {
  return getContext<Editing>(KEY)
}
