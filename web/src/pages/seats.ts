/** What somebody changed of a channel's seats, while others may have changed them too. */
export interface SeatChanges {
  readonly seat: string[]
  readonly unseat: string[]
}

/**
 * Give the offices to seat and to unseat.
 *
 * Takes  base: the seats when somebody began to choose; chosen: what they want; seated: the seats now
 */
export function seatChanges(base: readonly string[], chosen: readonly string[], seated: readonly string[]): SeatChanges {
  return {
    seat: chosen.filter((office) => !base.includes(office) && !seated.includes(office)),
    unseat: base.filter((office) => !chosen.includes(office) && seated.includes(office)),
  }
}
