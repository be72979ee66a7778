/**
 * Check digits of references. A wrong one is a finding for a person to explain, never a reason to refuse.
 *
 * Every function takes a text that already has its form and says whether its check digits hold.
 */

/** Say whether an air waybill's last digit is its 7-digit serial modulo 7; PPP-SSSSSSSC, the hyphen optional. */
export function awbHolds(awb: string): boolean {
  const digits = awb.replaceAll("-", "")
  return Number(digits.slice(3, 10)) % 7 === Number(digits[10])
}

/** Say whether a GTIN's or SSCC's last digit is right: weights 3, 1 from the right, modulo 10. */
export function gs1Holds(number: string): boolean {
  const digits = [...number].map(Number)
  const check = digits.pop()
  const weighted = sum(digits.reverse().map((digit, place) => digit * (place % 2 === 0 ? 3 : 1)))
  return (10 - (weighted % 10)) % 10 === check
}

// ISO 6346: A = 10, rising, without the multiples of 11.
const VALUES = Array.from({ length: 29 }, (_, at) => at + 10).filter((value) => value % 11 !== 0)
const CATEGORIES = "UJZ"
const EUROPEAN = "ABDEK" // swap bodies and trailers of EN 13044

/** Say whether a container's category letter and check digit are those of ISO 6346 or EN 13044. */
export function containerHolds(number: string): boolean {
  const signs = [...number.slice(0, 10)].map((sign) => (/[A-Z]/.test(sign) ? VALUES[letter(sign)]! : Number(sign)))
  const check = (sum(signs.map((sign, place) => sign * 2 ** place)) % 11) % 10
  return (CATEGORIES + EUROPEAN).includes(number[3] ?? "-") && check === Number(number[10])
}

/** Say whether the fourth letter is one of EN 13044, not of ISO 6346. */
export function containerIsEuropean(number: string): boolean {
  return EUROPEAN.includes(number[3] ?? "-")
}

/** Say whether a postal item number's check digit is right: two letters, eight digits, the check digit, the country. */
export function s10Holds(number: string): boolean {
  const weights = [8, 6, 4, 2, 3, 5, 9, 7]
  const rest = 11 - (sum(weights.map((weight, place) => weight * Number(number[place + 2]))) % 11)
  return (rest === 10 ? 0 : rest === 11 ? 5 : rest) === Number(number[10])
}

/** Say whether a ship's IMO number holds: six digits times 7 … 2, modulo 10. */
export function imoHolds(number: string): boolean {
  return sum([7, 6, 5, 4, 3, 2].map((weight, place) => weight * Number(number[place]))) % 10 === Number(number[6])
}

/** Say whether a legal entity identifier has its form and check digits (ISO 17442). */
export function leiHolds(lei: string): boolean {
  return /^[A-Z0-9]{18}[0-9]{2}$/.test(lei) && mod9710(lei.slice(0, -2)) === lei.slice(-2)
}

/** Say whether what looks like a movement reference number of the EU has its form; other numbers always hold. */
export function mrnHolds(number: string): boolean {
  const looks = [...number].length === 18 && /^[0-9]{2}[A-Za-z]{2}/.test(number)
  return !looks || /^[0-9]{2}[A-Z]{2}[A-Z0-9]{14}$/.test(number)
}

/** Give the two check digits of ISO 7064 MOD 97-10 over letters (A = 10 … Z = 35) and digits; others are skipped. */
export function mod9710(text: string): string {
  let rest = 0
  for (const sign of text) {
    const value = parseInt(sign, 36)
    if (!Number.isNaN(value)) rest = (rest * (value > 9 ? 100 : 10) + value) % 97
  }
  return String(98 - ((rest * 100) % 97)).padStart(2, "0")
}

/** What a template may name as `x-check`. */
export const CHECKS: Readonly<Record<string, (value: string) => boolean>> = {
  awb: awbHolds,
  gtin: gs1Holds,
  imo: imoHolds,
  iso6346: containerHolds,
  lei: leiHolds,
  mrn: mrnHolds,
  s10: s10Holds,
  sscc: gs1Holds,
}

function letter(sign: string): number {
  return sign.charCodeAt(0) - 65
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
