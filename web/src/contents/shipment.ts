/**
 * Read a form by name: typed views of the fields that states, deadlines and tables need. The template is the one truth
 * about which fields a form has; what a form leaves out is null or empty here.
 */
import type { Json } from "./checking"
import { instantMs } from "./fields"

/** One stretch of the route, from one place to the next; `etd_at`, `eta_at`: estimated departure and arrival, UTC. */
export interface Leg {
  readonly mode: string
  readonly from_place: string
  readonly to_place: string
  readonly etd_at: string | null
  readonly eta_at: string | null
  readonly carrier: string | null
  readonly flight: string | null
  readonly voyage: string | null
  readonly vessel: string | null
  readonly imo: string | null
  readonly vehicle: string | null
  readonly awb: string | null
  readonly transport_document: string | null
  readonly container: string | null
  readonly seals: readonly string[]
  readonly office_of_exit: string | null
  readonly office_of_entry: string | null
}

export interface Lot {
  readonly batch: string
  readonly expiry: string | null
  readonly vials: number | null
  readonly doses: number
}

/** One line of goods; a route form holds only class, HS code, quantity and unit. */
export interface GoodsLine {
  readonly product: string | null
  readonly product_class: string
  readonly hs_edition: number
  readonly hs_code: string
  readonly gtin: string | null
  readonly doses_per_vial: number | null
  readonly quantity: number | null
  readonly unit: string | null
  readonly lots: readonly Lot[]
}

/** The range in which the goods travel, in degrees Celsius. */
export interface Temperature {
  readonly band: string
  readonly min_c: number
  readonly max_c: number
}

/** One form, goods or route. */
export interface Shipment {
  readonly legs: readonly Leg[]
  readonly goods: readonly GoodsLine[]
  readonly temperature: Temperature | null
  readonly consignor: string | null
  readonly consignee: string | null
}

/** Read a form that follows its template. */
export function shipmentOf(form: Json): Shipment {
  const cold = within(form, "temperature")
  return {
    legs: legsOf(form),
    goods: each(form, "goods").map(line),
    temperature: cold && { band: word(cold, "band"), min_c: number(cold, "min_c"), max_c: number(cold, "max_c") },
    consignor: maybe(within(form, "consignor") ?? {}, "name"),
    consignee: maybe(within(form, "consignee") ?? {}, "name"),
  }
}

/** Read only the way of a form. */
export function legsOf(form: Json): readonly Leg[] {
  return each(form, "legs").map(legOf)
}

/** Read one leg of a form. */
export function legOf(form: Json): Leg {
  return {
    mode: word(form, "mode"),
    from_place: word(form, "from_place"),
    to_place: word(form, "to_place"),
    etd_at: maybe(form, "etd_at"),
    eta_at: maybe(form, "eta_at"),
    carrier: maybe(form, "carrier"),
    flight: maybe(form, "flight"),
    voyage: maybe(form, "voyage"),
    vessel: maybe(form, "vessel"),
    imo: maybe(form, "imo"),
    vehicle: maybe(form, "vehicle"),
    awb: maybe(form, "awb"),
    transport_document: maybe(form, "transport_document"),
    container: maybe(form, "container"),
    seals: (form.seals as readonly string[] | undefined) ?? [],
    office_of_exit: maybe(form, "office_of_exit"),
    office_of_entry: maybe(form, "office_of_entry"),
  }
}

/** When a leg should leave. */
export function legEtdMs(leg: Leg): number | null {
  return leg.etd_at === null ? null : instantMs(leg.etd_at)
}

/** When a leg should be there. */
export function legEtaMs(leg: Leg): number | null {
  return leg.eta_at === null ? null : instantMs(leg.eta_at)
}

/** Say whether a leg begins or ends with a party. */
export function legTouches(leg: Leg, party: string): boolean {
  return partyOf(leg.from_place) === party || partyOf(leg.to_place) === party
}

/** Give the party label of a place's country. */
export function partyOf(place: string): string {
  return place.slice(0, 2).toLowerCase()
}

/** Give the doses of all lots of a line. */
export function dosesOf(one: GoodsLine): number {
  return one.lots.reduce((sum, lot) => sum + lot.doses, 0)
}

/** Give each announced lot with its line. */
export function lotsOf(shipment: Shipment): readonly (readonly [line: GoodsLine, lot: Lot])[] {
  return shipment.goods.flatMap((one) => one.lots.map((lot) => [one, lot] as const))
}

/** Give the party labels on the way, departure first, destination last, each once. */
export function routeParties(legs: readonly Leg[]): readonly string[] {
  const last = partyOf(legs.at(-1)?.to_place ?? "")
  const places = [legs[0]?.from_place ?? "", ...legs.slice(0, -1).map((leg) => leg.to_place)]
  return [...new Set([...places.map(partyOf).filter((party) => party !== last), last])]
}

function line(form: Json): GoodsLine {
  return {
    product: maybe(form, "product"),
    product_class: word(form, "product_class"),
    hs_edition: number(form, "hs_edition"),
    hs_code: word(form, "hs_code"),
    gtin: maybe(form, "gtin"),
    doses_per_vial: maybe(form, "doses_per_vial"),
    quantity: maybe(form, "quantity"),
    unit: maybe(form, "unit"),
    lots: each(form, "lots").map((lot) => ({
      batch: word(lot, "batch"),
      expiry: maybe(lot, "expiry"),
      vials: maybe(lot, "vials"),
      doses: number(lot, "doses"),
    })),
  }
}

// The template has judged the form: what it lets through has these types.
function word(form: Json, name: string): string {
  return form[name] as string
}

function number(form: Json, name: string): number {
  return form[name] as number
}

function maybe<T>(form: Json, name: string): T | null {
  return (form[name] as T | undefined) ?? null
}

function within(form: Json, name: string): Json | null {
  return maybe<Json>(form, name)
}

function each(form: Json, name: string): readonly Json[] {
  return (form[name] as readonly Json[] | undefined) ?? []
}
