/**
 * The pre-notification of a legal consignment: one envelope around a form, in two parts for two kinds of lane.
 *
 *     form ─┬─▶ GoodsPart   origin and destination: everything
 *           └─▶ RoutePart   one for each transit Member: exactly what it may know (docs/protocol.md §7)
 *
 * All parts carry the same reference, by which the board joins them. The form follows the template that the part names.
 */
import { load, UnknownTemplate } from "../templates/template"
import { type Json, isObject, optional, otherwise, part, required, type Rule, type Values } from "./checking"
import { content, ContentRefused, parsed, problem, type Told } from "./content"
import { INSTANT, PARTY_LABEL, PROSE, REFERENCE_FIELD, TEMPLATE_NAME, WORDS } from "./fields"
import { listOf, mapOf, OBJECT, oneOf, whole } from "./kinds"
import { legsOf, legTouches, routeParties } from "./shipment"

export const TYPE = "prenotification"
export const KINDS = ["departure", "onward", "series", "call_off"] as const
export type Kind = (typeof KINDS)[number]
export const MODES = ["INFORM", "REPLY"] as const
export type Mode = (typeof MODES)[number]
export const TLPS = ["TLP:RED", "TLP:AMBER+STRICT", "TLP:AMBER", "TLP:GREEN", "TLP:CLEAR"] as const
export type Tlp = (typeof TLPS)[number]
export type Form = Json

/** A finding that a person has looked at, and why it stands. */
export const OVERRIDE = part({ field: required(WORDS), reason: required(WORDS) })
export type Override = Told<typeof OVERRIDE>

/** Until when the addressee of a part should do what; computed by the sender, shown before sending. */
export const DEADLINES = part({
  acknowledge_at: required(INSTANT),
  reply_at: optional(INSTANT),
  reconcile_days: otherwise(whole(1, 90), 3),
})
export type Deadlines = Told<typeof DEADLINES>

const ABOUT = {
  kind: otherwise(oneOf(KINDS), "departure"),
  mode: otherwise(oneOf(MODES), "INFORM"),
  tlp: otherwise(oneOf(TLPS), "TLP:AMBER+STRICT"),
} as const
const RELATED = otherwise(listOf(REFERENCE_FIELD, 50), [])
const OVERRIDES = otherwise(listOf(OVERRIDE, 200), [])

const HEAD = {
  reference: required(REFERENCE_FIELD),
  version: otherwise(whole(1, 10_000), 1),
  template: required(TEMPLATE_NAME),
  ...ABOUT,
  urgency_reason: optional(PROSE),
  origin: required(PARTY_LABEL),
  addressee: required(PARTY_LABEL),
  destination: required(PARTY_LABEL),
  relates_to: RELATED,
  deadlines: required(DEADLINES),
  contacts: otherwise(mapOf(PARTY_LABEL, WORDS), {}), // duty desk telephones
  form: required(OBJECT),
  overrides: OVERRIDES,
} as const

const parties: Rule<Values<typeof HEAD>> = (told) => {
  if (told.origin === told.destination) return ["destination", "must be another Member than the origin"]
  if (told.mode === "REPLY" && told.deadlines.reply_at === null) {
    return ["deadlines.reply_at", "is missing; the mode REPLY asks for an answer by an instant"]
  }
  const alone = told.kind === "call_off" && told.relates_to.length === 0
  return alone ? ["relates_to", "is missing; a call-off names its series"] : null
}

/** What the goods lane reads: the whole form. */
export const GoodsPart = content(
  TYPE,
  {
    part: otherwise(oneOf(["goods"]), "goods"),
    ...HEAD,
    transit: otherwise(listOf(PARTY_LABEL, 12), []),
  },
  parties,
  (told) => {
    if (told.addressee !== told.destination) return ["addressee", "must be the destination"]
    const named = new Set([told.origin, told.destination, ...told.transit])
    return named.size === told.transit.length + 2 ? null : ["transit", "names a Member twice"]
  },
)
export type GoodsPart = Told<typeof GoodsPart>

/** What one transit Member reads. */
export const RoutePart = content(
  TYPE,
  { part: otherwise(oneOf(["route"]), "route"), ...HEAD },
  parties,
  (told) => {
    const end = told.addressee === told.origin || told.addressee === told.destination
    return end ? ["addressee", "must be a Member between origin and destination"] : null
  },
)
export type RoutePart = Told<typeof RoutePart>

export type Prenotification = GoodsPart | RoutePart

/** What a person or a national system hands in; the desk adds reference, version, parties and deadlines. */
export const ANNOUNCEMENT = part({
  template: otherwise(TEMPLATE_NAME, "prenotification/1"),
  ...ABOUT,
  relates_to: RELATED,
  national_reference: optional(WORDS),
  urgency_reason: optional(PROSE),
  form: required(OBJECT),
  overrides: OVERRIDES,
})
export type Announcement = Told<typeof ANNOUNCEMENT>

/** Give the bytes to seal. */
export function writePrenotification(told: Prenotification): Uint8Array<ArrayBuffer> {
  return told.part === "goods" ? GoodsPart.write(told) : RoutePart.write(told)
}

/** Give what is written of a part. */
export function dumpPrenotification(told: Prenotification): Json {
  return told.part === "goods" ? GoodsPart.dump(told) : RoutePart.dump(told)
}

/** Parse either part and hold its form against the template it names; throws `ContentRefused`. */
export function readPrenotification(body: Uint8Array): Prenotification {
  const value = parsed(body)
  const named = isObject(value) && Object.hasOwn(value, "part") ? value.part : null
  if (named !== "goods" && named !== "route") {
    throw new ContentRefused([problem("part", "must be goods or route", "wrong_form")])
  }
  const told = named === "goods" ? GoodsPart.check(value) : RoutePart.check(value)
  checkForm(told)
  return told
}

function checkForm(told: Prenotification): void {
  const template = templateOf(told.template)
  if (!told.template.startsWith(`${TYPE}/`) || !template.kinds.includes(told.kind)) {
    throw new ContentRefused([problem("template", `is no form of a ${told.kind} pre-notification`, "rule")])
  }
  const found = template.problems(told.form, told.part, told.kind)
  if (found.length > 0) {
    throw new ContentRefused(found.map((one) => problem(`form.${one.path}`, one.text, one.code)))
  }
  checkWay(told)
}

function templateOf(name: string): ReturnType<typeof load> {
  try {
    return load(name)
  } catch (unknown) {
    if (!(unknown instanceof UnknownTemplate)) throw unknown
    throw new ContentRefused([problem("template", unknown.detail)], unknown.code)
  }
}

/** Hold that envelope and form tell of the same way. */
function checkWay(told: Prenotification): void {
  const legs = legsOf(told.form)
  if (told.part === "route") {
    if (legs.every((leg) => legTouches(leg, told.addressee))) return
    throw new ContentRefused([problem("form.legs", "hold a leg that does not touch the addressee", "rule")])
  }
  const way = routeParties(legs)
  if (way[0] !== told.origin || way.at(-1) !== told.destination) {
    throw new ContentRefused([problem("form.legs", "must lead from the origin to the destination", "rule")])
  }
  if (!told.transit.every((party) => way.includes(party))) {
    throw new ContentRefused([problem("transit", "names a Member that the way does not touch", "rule")])
  }
}
