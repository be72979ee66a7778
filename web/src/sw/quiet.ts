/** When a person wants to hear nothing but what is urgent. */

export interface Quiet {
  /** HH:MM on the clock on the wall. */
  readonly from: string
  readonly until: string
}

/** Whether the clock on the wall is within quiet hours, also over midnight. */
export function quietNow(quiet: Quiet | null, at: Date): boolean {
  if (quiet === null) return false
  const now = at.getHours() * 60 + at.getMinutes()
  const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5))
  const [from, until] = [minutes(quiet.from), minutes(quiet.until)]
  return from <= until ? now >= from && now < until : now >= from || now < until
}
