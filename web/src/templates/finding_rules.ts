/** What looks wrong but may be true: a finding asks for a reason, it never blocks (wrong numbers occur). */

import { holds } from "../codes/code_lists"
import { CHECKS, containerIsEuropean, leiHolds, s10Holds } from "../contents/check_digits"
import { dayOfInstant, instant, lastDay } from "./days"
import { values } from "./paths"
import { type Problem, problem } from "./problem"
import { type CheckedForm, lots } from "./rules"
import { leaves, type Schema } from "./schema"

const SHORT_SHELF_LIFE_DAYS = 60
// Only one edition of the Harmonized System is shipped; codes of the others are not looked up.
const LISTED_EDITION = 2022

export type FindingRule = (form: CheckedForm, schema: Schema) => Problem[]

const NAMES: Readonly<Record<string, string>> = {
  awb: "air waybill", gtin: "GTIN", imo: "IMO number", iso6346: "container number", lei: "LEI", mrn: "MRN",
  s10: "postal item number", sscc: "SSCC",
}

/** Look at every field with `x-check`. */
function checkDigits(form: CheckedForm, schema: Schema): Problem[] {
  return leaves(schema).flatMap(([path, node]) =>
    values(form, path).flatMap(([where, value]) => digitFinding(node, where, String(value))),
  )
}

/** Say what is odd about the check digit of one value that has its form. */
export function digitFinding(node: Schema, where: string, value: string): Problem[] {
  const check = node["x-check"]
  if (!check) return []
  if (!CHECKS[check]?.(value)) {
    const text = `the last digit of this ${NAMES[check]} is not its check digit`
    return [problem(where, check === "mrn" ? "does not look like an MRN" : text, "check_digit")]
  }
  return check === "iso6346" && containerIsEuropean(value)
    ? [problem(where, "is a European swap body or trailer (EN 13044), not a container", "check_digit")]
    : []
}

/** Give the list in which the codes of a field are looked up, where there is one that is not closed. */
export function openList(node: Schema): string | null {
  const list = node["x-list"]
  return list === undefined || node.enum || list === "hs2022" ? null : list
}

/** Look up every open code (`x-list` without `enum`) in its list. */
function codesInLists(form: CheckedForm, schema: Schema): Problem[] {
  return leaves(schema).flatMap(([path, node]) => {
    const list = openList(node)
    if (list === null) return []
    const unknown = values(form, path).filter(([, value]) => !holds(list, String(value)))
    return unknown.map(([where]) => problem(where, "is not in the list of known codes", "not_in_list"))
  })
}

/** Look up an HS 2022 code, and whether it is one of vaccines, medicines or their supplies. */
function hsOfHealthGoods(form: CheckedForm): Problem[] {
  return (form.goods ?? []).flatMap((line, number) => {
    const [code, where] = [(line.hs_code ?? "").slice(0, 6), `goods[${number}].hs_code`]
    if (!code || line.hs_edition !== LISTED_EDITION) return []
    if (!holds("hs2022", code)) return [problem(where, "is not a code of HS 2022", "not_in_list")]
    return line.product_class !== "other" && !holds("hs_health", code)
      ? [problem(where, "is not a code of vaccines, medicines or their supplies", "not_in_list")]
      : []
  })
}

/** Check a trader's LEI. */
function identifiersHold(form: CheckedForm): Problem[] {
  return (["consignor", "consignee"] as const).flatMap((trader) => {
    const { scheme, value = "" } = form[trader]?.identifier ?? {}
    return scheme === "LEI" && !leiHolds(value)
      ? [problem(`${trader}.identifier.value`, "the last digits of this LEI are not its check digits", "check_digit")]
      : []
  })
}

/** Check the postal item number of a leg by post. */
function postalItemsHold(form: CheckedForm): Problem[] {
  const text = "the last digit of this postal item number is not its check digit"
  return (form.legs ?? []).flatMap(({ mode, transport_document: item = "" }, number) =>
    mode === "post" && /^[A-Z]{2}[0-9]{9}[A-Z]{2}$/.test(item) && !s10Holds(item)
      ? [problem(`legs[${number}].transport_document`, text, "check_digit")]
      : [],
  )
}

/** Ask for the air waybill of a leg by air; it must be there at departure at the latest. */
function airWaybillKnown(form: CheckedForm): Problem[] {
  return (form.legs ?? []).flatMap((leg, number) =>
    leg.mode === "air" && leg.awb === undefined
      ? [problem(`legs[${number}].awb`, "is missing; it must be known at departure", "not_yet")]
      : [],
  )
}

/** Compare each lot's expiry with the arrival at the destination. */
function shelfLifeLeft(form: CheckedForm): Problem[] {
  const eta = form.legs?.at(-1)?.eta_at
  if (eta === undefined) return []
  const arrival = dayOfInstant(instant(eta))
  return lots(form).flatMap(([path, , { expiry }]) => {
    const days = expiry === undefined ? Infinity : lastDay(expiry) - arrival
    if (days >= SHORT_SHELF_LIFE_DAYS) return []
    const text = days > 0 ? `only ${days} days of shelf life are left on arrival` : "the lot expires before it arrives"
    return [problem(`${path}.expiry`, text, "shelf_life")]
  })
}

export const FINDINGS: ReadonlyMap<string, FindingRule> = new Map<string, FindingRule>([
  ["check_digits", checkDigits],
  ["codes_in_lists", codesInLists],
  ["hs_of_health_goods", hsOfHealthGoods],
  ["identifiers_hold", identifiersHold],
  ["postal_items_hold", postalItemsHold],
  ["air_waybill_known", airWaybillKnown],
  ["shelf_life_left", shelfLifeLeft],
])
