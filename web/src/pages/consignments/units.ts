/** Units as people write them: 1,924.5 kg, −60 °C, 120 hours; what is counted, as doses, is said by its label. */
import { formatNumber, formatParts } from "../../i18n/i18n.svelte"

/** UN/ECE Recommendation 20 → the unit of ECMA-402, and how much of its name is written. */
const MEASURES: Readonly<Record<string, Intl.NumberFormatOptions>> = {
  CEL: { unit: "celsius", unitDisplay: "short" },
  KGM: { unit: "kilogram", unitDisplay: "short" },
  GRM: { unit: "gram", unitDisplay: "short" },
  LTR: { unit: "liter", unitDisplay: "short" },
  MLT: { unit: "milliliter", unitDisplay: "short" },
  MTR: { unit: "meter", unitDisplay: "short" },
  HUR: { unit: "hour", unitDisplay: "long" },
}
const MANY = 100

/** Write what is measured with its unit; null where the unit is one of counting, or not known. */
export function measured(value: number, unit: string | number): string | null {
  const how = MEASURES[unit]
  return how === undefined ? null : formatNumber(value, { style: "unit", maximumFractionDigits: 6, ...how })
}

/** Give the sign or the name of a unit by itself, as a label wants it: °C, kg, hours. */
export function unitSign(unit: string | number): string | null {
  const how = MEASURES[unit]
  if (how === undefined) return null
  const parts = formatParts(MANY, { style: "unit", ...how })
  return parts.filter((one) => one.type === "unit").map((one) => one.value.trim()).join(" ")
}
