/**
 * Rules between fields that block: each takes a form and tells what does not fit, where.
 *
 * A form may lack anything here: what is missing is told by the structure, and no rule speaks of it. What is there has
 * its form: the structure comes first.
 */

import { instant, lastDay } from "./days"
import { type Problem, problem } from "./problem"

export interface LotForm {
  batch?: string
  expiry?: string
  produced?: string
  vials?: number
  doses?: number
}
export interface LineForm {
  product_class?: string
  hs_edition?: number
  hs_code?: string
  doses_per_vial?: number
  quantity?: number
  unit?: string
  value?: number
  currency?: string
  lots?: LotForm[]
}
export interface LegForm {
  mode?: string
  from_place?: string
  to_place?: string
  etd_at?: string
  eta_at?: string
  flight?: string
  awb?: string
  transport_document?: string
}
export interface Trader {
  identifier?: { scheme?: string; value?: string }
}
/** What rules read of a form whose structure holds. */
export interface CheckedForm {
  consignor?: Trader
  consignee?: Trader
  emergency_phone?: string
  goods?: LineForm[]
  legs?: LegForm[]
  packages?: { gross_kg?: number; net_kg?: number }
  temperature?: { band?: string; min_c?: number; max_c?: number; coolant?: string; dry_ice_kg?: number }
  series?: { from?: string; until?: string }
  share?: { lots_with_transit?: boolean }
}
export type Rule = (form: CheckedForm) => Problem[]

export const BANDS: Readonly<Record<string, readonly [number, number]>> = {
  ULT: [-90, -60],
  FROZEN: [-25, -15],
  COLD: [2, 8],
  CRT: [15, 25],
  OTHER: [-200, 100],
}
export const DOSE = "E27"
const VIAL = "VI"

/** Give every lot with its path and its goods line. */
export function lots(form: CheckedForm): [string, LineForm, LotForm][] {
  return (form.goods ?? []).flatMap((line, number) =>
    (line.lots ?? []).map((lot, at): [string, LineForm, LotForm] => [`goods[${number}].lots[${at}]`, line, lot]),
  )
}

function misfit(path: string, text: string): Problem {
  return problem(path, text, "rule")
}

function missing(path: string, text: string): Problem {
  return problem(path, `is missing; ${text}`, "missing")
}

/** Ask one question of each item of a list. */
function each<T>(items: readonly T[] | undefined, ask: (item: T, number: number) => Problem | null): Problem[] {
  return (items ?? []).map(ask).filter((one) => one !== null)
}

function eachLot(form: CheckedForm, ask: (path: string, line: LineForm, lot: LotForm) => Problem | null): Problem[] {
  return each(lots(form), ([path, line, lot]) => ask(path, line, lot))
}

/** Ask one question of each leg and the leg before it. */
function eachNext(form: CheckedForm, ask: (before: LegForm, leg: LegForm, path: string) => Problem | null): Problem[] {
  const legs = form.legs ?? []
  return each(legs, (leg, number) => (number > 0 ? ask(legs[number - 1]!, leg, `legs[${number}]`) : null))
}

/** Hold that every leg begins where the leg before it ends. */
function legsContiguous(form: CheckedForm): Problem[] {
  return eachNext(form, (before, leg, path) =>
    before.to_place && leg.from_place && before.to_place !== leg.from_place
      ? misfit(`${path}.from_place`, "must be the place where the leg before it ends")
      : null,
  )
}

/** Hold that legs go forward in time. */
function legsInTime(form: CheckedForm): Problem[] {
  const each_leg = each(form.legs, ({ etd_at, eta_at }, number) =>
    etd_at !== undefined && eta_at !== undefined && instant(etd_at) >= instant(eta_at)
      ? misfit(`legs[${number}].eta_at`, "must lie after the departure")
      : null,
  )
  const following = eachNext(form, (before, leg, path) =>
    before.eta_at !== undefined && leg.etd_at !== undefined && instant(leg.etd_at) < instant(before.eta_at)
      ? misfit(`${path}.etd_at`, "must not lie before the leg before it arrives")
      : null,
  )
  return [...each_leg, ...following]
}

/** Hold that the last place lies in another country than the first. */
function routeLeavesTheCountry(form: CheckedForm): Problem[] {
  const legs = form.legs ?? []
  const [start, end] = [legs[0]?.from_place, legs.at(-1)?.to_place]
  return start && end && start.slice(0, 2) === end.slice(0, 2)
    ? [misfit(`legs[${legs.length - 1}].to_place`, "must lie in another country than the departure")]
    : []
}

/** Want the flight of each leg by air. */
function airNamesItsFlight(form: CheckedForm): Problem[] {
  return each(form.legs, (leg, number) =>
    leg.mode === "air" && leg.flight === undefined
      ? missing(`legs[${number}].flight`, "a leg by air names its flight")
      : null,
  )
}

/** Want a telephone that answers day and night where a leg goes by air. */
function airNamesAPhone(form: CheckedForm): Problem[] {
  return form.emergency_phone === undefined && form.legs?.some((leg) => leg.mode === "air")
    ? [missing("emergency_phone", "a consignment by air names a 24-hour telephone")]
    : []
}

/** Hold that the range lies in its band, lower end first. */
function temperatureInBand(form: CheckedForm): Problem[] {
  const { band, min_c, max_c } = form.temperature ?? {}
  const limits = BANDS[band ?? ""]
  if (!limits || min_c === undefined || max_c === undefined) return []
  const [low, high] = limits
  if (min_c < low || min_c > high) {
    return [misfit("temperature.min_c", `must lie between ${low} and ${high} °C in this band`)]
  }
  return max_c < min_c || max_c > high
    ? [misfit("temperature.max_c", `must lie between the lowest temperature and ${high} °C in this band`)]
    : []
}

/** Want the net weight of dry ice (UN1845). */
function dryIceWeighed(form: CheckedForm): Problem[] {
  return form.temperature?.coolant === "dry_ice" && form.temperature.dry_ice_kg === undefined
    ? [missing("temperature.dry_ice_kg", "dry ice (UN1845) needs its net weight")]
    : []
}

/** Hold that vials × doses per vial = doses, lot by lot. */
function dosesCounted(form: CheckedForm): Problem[] {
  return eachLot(form, (path, line, lot) => {
    if (lot.vials === undefined || lot.doses === undefined || line.doses_per_vial === undefined) return null
    const wanted = lot.vials * line.doses_per_vial
    const text = `must be ${wanted}: the vials times the doses per vial`
    return lot.doses === wanted ? null : misfit(`${path}.doses`, text)
  })
}

/** Hold that a quantity in doses or vials is the sum of its lots. */
function quantityCounted(form: CheckedForm): Problem[] {
  return each(form.goods, (line, number) => {
    const counted = line.unit === DOSE ? "doses" : line.unit === VIAL ? "vials" : null
    const counts = counted ? (line.lots ?? []).map((lot) => lot[counted]) : []
    if (line.quantity === undefined || counts.length === 0 || counts.includes(undefined)) return null
    const wanted = counts.reduce<number>((sum, count) => sum + (count ?? 0), 0)
    const text = `must be ${wanted}: the sum of its lots`
    return line.quantity === wanted ? null : misfit(`goods[${number}].quantity`, text)
  })
}

/** Want the unit of a quantity. */
function quantityHasUnit(form: CheckedForm): Problem[] {
  return each(form.goods, (line, number) =>
    line.quantity !== undefined && line.unit === undefined
      ? missing(`goods[${number}].unit`, "a quantity needs its unit")
      : null,
  )
}

/** Want the currency of a value. */
function valueHasCurrency(form: CheckedForm): Problem[] {
  return each(form.goods, (line, number) =>
    line.value !== undefined && line.currency === undefined
      ? missing(`goods[${number}].currency`, "a value needs its currency")
      : null,
  )
}

/** Hold that each batch is named once. */
function batchesUnique(form: CheckedForm): Problem[] {
  const seen = new Set<string>()
  return eachLot(form, (path, _, { batch }) => {
    if (!batch) return null
    const again = seen.has(batch)
    seen.add(batch)
    return again ? misfit(`${path}.batch`, "is named twice; put its doses into one lot") : null
  })
}

/** Hold that a lot was produced before it expires. */
function producedBeforeExpiry(form: CheckedForm): Problem[] {
  return eachLot(form, (path, _, { produced, expiry }) =>
    produced !== undefined && expiry !== undefined && lastDay(produced) >= lastDay(expiry)
      ? misfit(`${path}.produced`, "must lie before the expiry")
      : null,
  )
}

/** Hold that the gross weight is more than the net weight, and than its dry ice. */
function grossOverNet(form: CheckedForm): Problem[] {
  const { gross_kg, net_kg } = form.packages ?? {}
  if (gross_kg === undefined) return []
  if (net_kg !== undefined && gross_kg <= net_kg) {
    return [misfit("packages.gross_kg", "must be more than the net weight")]
  }
  return gross_kg <= (form.temperature?.dry_ice_kg ?? -1)
    ? [misfit("temperature.dry_ice_kg", "must be less than the gross weight of the packages")]
    : []
}

/** Hold that a series ends after it begins, within a year. */
function seriesForward(form: CheckedForm): Problem[] {
  const { from, until } = form.series ?? {}
  if (from === undefined || until === undefined) return []
  const days = lastDay(until) - lastDay(from)
  return days > 0 && days <= 366
    ? []
    : [misfit("series.until", "must lie after the first day, at most a year later")]
}

/** Refuse lots in a transit view that does not say that they are shared. */
function lotsShared(form: CheckedForm): Problem[] {
  if (form.share?.lots_with_transit === true) return []
  return each(form.goods, (line, number) =>
    line.lots === undefined
      ? null
      : problem(`goods[${number}].lots`, "is not a field of this form: lots are not shared", "unknown_field"),
  )
}

export const RULES: ReadonlyMap<string, Rule> = new Map<string, Rule>([
  ["legs_contiguous", legsContiguous],
  ["legs_in_time", legsInTime],
  ["route_leaves_the_country", routeLeavesTheCountry],
  ["air_names_its_flight", airNamesItsFlight],
  ["air_names_a_phone", airNamesAPhone],
  ["temperature_in_band", temperatureInBand],
  ["dry_ice_weighed", dryIceWeighed],
  ["doses_counted", dosesCounted],
  ["quantity_counted", quantityCounted],
  ["quantity_has_unit", quantityHasUnit],
  ["value_has_currency", valueHasCurrency],
  ["batches_unique", batchesUnique],
  ["produced_before_expiry", producedBeforeExpiry],
  ["gross_over_net", grossOverNet],
  ["series_forward", seriesForward],
  ["lots_shared", lotsShared],
])
