/** What was counted on arrival, lot by lot, and what that comes to. */
import { numberOf } from "../values"
import type { LotView } from "../one/page"

export interface Counted {
  readonly batch: string
  readonly announced: number
  readonly announced_vials: number | null
  /** Null where the announcement does not tell. */
  readonly per_vial: number | null
  doses: string
  vials: string
  damaged: string
  temperature: "OK" | "ALARM" | "NO_INDICATOR"
}

/** Begin as announced: whoever finds it so has nothing to type. */
export function asAnnounced(lots: readonly LotView[]): Counted[] {
  return lots.map((lot) => ({
    batch: lot.batch,
    announced: lot.announced_doses ?? 0,
    announced_vials: lot.announced_vials,
    per_vial: lot.announced_doses && lot.announced_vials && lot.announced_doses % lot.announced_vials === 0 ? lot.announced_doses / lot.announced_vials : null,
    doses: String(lot.announced_doses ?? 0),
    vials: lot.announced_vials === null ? "" : String(lot.announced_vials),
    damaged: "0",
    temperature: "OK",
  }))
}

const whole = (text: string): number | null => {
  const read = numberOf(text)
  return typeof read === "number" && Number.isInteger(read) && read >= 0 ? read : null
}

/** Give the lot with other doses, and the vials that they fill. */
export function withDoses(lot: Counted, doses: string): Counted {
  const vials = lot.per_vial === null ? null : (whole(doses) ?? NaN) / lot.per_vial
  return { ...lot, doses, vials: vials === null ? lot.vials : Number.isInteger(vials) ? String(vials) : "" }
}

/** Give the lot with other vials, and the doses that they hold. */
export function withVials(lot: Counted, vials: string): Counted {
  const count = whole(vials)
  return { ...lot, vials, doses: lot.per_vial === null || count === null ? lot.doses : String(count * lot.per_vial) }
}

/** Say what is wrong with one lot's numbers: nothing, no number, or more damaged than came. */
export function wrongWith(lot: Counted): "number" | "damaged" | null {
  const [doses, damaged] = [whole(lot.doses), whole(lot.damaged)]
  if (doses === null || damaged === null || (lot.vials !== "" && whole(lot.vials) === null)) return "number"
  return damaged > doses ? "damaged" : null
}

/** Say whether everything came as announced, whole and cold. */
export function matches(lots: readonly Counted[]): boolean {
  return lots.every((lot) => whole(lot.doses) === lot.announced && whole(lot.damaged) === 0 && lot.temperature !== "ALARM" && vialsMatch(lot))
}

function vialsMatch(lot: Counted): boolean {
  return lot.vials === "" || lot.announced_vials === null || whole(lot.vials) === lot.announced_vials
}

/** Other doses beside the vials as announced, where nobody knows how many one holds: nothing is said of them. */
function vialsCounted(lot: Counted, doses: number): boolean {
  return lot.vials !== "" && (lot.per_vial !== null || doses === lot.announced || whole(lot.vials) !== lot.announced_vials)
}

/** Give the lots as a reconciliation tells them. */
export function told(lots: readonly Counted[]): Record<string, unknown>[] {
  return lots.map((lot) => {
    const doses = whole(lot.doses) ?? 0
    return {
      batch: lot.batch,
      doses,
      ...(vialsCounted(lot, doses) ? { vials: whole(lot.vials) ?? 0 } : {}),
      damaged_doses: whole(lot.damaged) ?? 0,
      missing_doses: Math.max(0, lot.announced - doses),
      excess_doses: Math.max(0, doses - lot.announced),
      temperature: lot.temperature,
    }
  })
}
