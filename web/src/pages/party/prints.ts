/** Compare what a person reads out with the fingerprint of the waiting device. */

export const LETTERS = 25
const GROUP = 5

/** Keep the letters and digits that a fingerprint may have, as capitals. */
export function lettersOf(text: string): string {
  return text.toUpperCase().replace(/[^A-Z0-9]/gu, "")
}

/** Write letters in groups of five, as they are read out. */
export function grouped(text: string): string {
  return lettersOf(text).slice(0, LETTERS).match(new RegExp(`.{1,${GROUP}}`, "gu"))?.join("-") ?? ""
}

/** short: not all is typed. */
export type Comparison = "short" | "same" | "different"

export function compared(typed: string, fingerprint: string): Comparison {
  const letters = lettersOf(typed)
  if (letters.length < LETTERS) return "short"
  return letters === lettersOf(fingerprint) ? "same" : "different"
}
