/** Put what was scanned into a form: lots by batch, GTIN where the line has none, SSCCs among the packages. */

import type { Scan } from "../codes/gs1"
import { Refused } from "../wire/refused"
import { isObject } from "./paths"
import type { Form } from "./projection"

type Part = Record<string, unknown>

/**
 * Give the form with what was scanned; throws `Refused("bad_input")` where a code is of no line of the form. With
 * `fresh`, the lots that stood there are of an earlier shipment and make room.
 */
export function withScans(form: Form, scans: readonly Scan[], { fresh }: { fresh: boolean }): Part {
  const drops = fresh && scans.some((scan) => scan.batch)
  const goods = parts(form.goods).map((line) => (drops ? without(line, "lots") : line))
  const made: Part = { ...form, goods }
  for (const scan of scans) {
    if (scan.sscc) {
      const packages = isObject(made.packages) ? made.packages : {}
      const known = Array.isArray(packages.sscc) ? (packages.sscc as string[]) : []
      made.packages = { ...packages, sscc: [...new Set([...known, scan.sscc])].sort() }
    }
    if (scan.batch || scan.gtin) {
      const at = lineOf(goods, scan)
      goods[at] = scanned(goods[at]!, scan)
    }
  }
  return made
}

function lineOf(goods: readonly Part[], scan: Scan): number {
  const places = [...goods.keys()]
  const gtin = (at: number) => (goods[at]!.gtin ? String(goods[at]!.gtin).padStart(14, "0") : null)
  const same = places.filter((at) => scan.gtin && gtin(at) === scan.gtin)
  const open = places.filter((at) => gtin(at) === null || !scan.gtin)
  const [found] = [same, open].find((one) => one.length === 1) ?? []
  if (found !== undefined) return found
  const what = scan.gtin ? `GTIN ${scan.gtin}` : `batch ${scan.batch}`
  throw new Refused("bad_input", `${what} is of none of the goods lines, or of several`)
}

function scanned(line: Part, scan: Scan): Part {
  const { gtin, batch, expiry, produced } = scan
  const named = gtin ? { ...line, gtin } : line
  if (!batch) return named
  const lots = parts(line.lots)
  const said = { batch, ...(expiry && { expiry }), ...(produced && { produced }) }
  const known = lots.some((lot) => lot.batch === batch)
  return { ...named, lots: known ? lots.map((lot) => (lot.batch === batch ? { ...lot, ...said } : lot)) : [...lots, said] }
}

function parts(value: unknown): Part[] {
  return Array.isArray(value) ? value.filter(isObject) : []
}

function without(part: Part, name: string): Part {
  return Object.fromEntries(Object.entries(part).filter(([one]) => one !== name))
}
