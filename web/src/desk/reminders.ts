/**
 * Write the reminder plan of one addressee: instants and inboxes only, which the server rings without knowing why.
 *
 * 50 %  80 %  of the clock      the addressee's desk
 * deadline                      its second office
 * then, each after an eighth    its head office · the regional office, if it takes part · the coordinating unit
 */
import { riloOf } from "../codes/regions"
import type { DeskHours } from "../contents/desk"
import { instantMs } from "../contents/fields"
import type { Prenotification } from "../contents/prenotification"
import type { OperationTerms, Ring } from "../wire/bodies"

export const HOUR_MS = 3_600_000
/** Whose answer is awaited, and who is called when. */
export type Plan = readonly [party: string, rings: readonly Ring[]]
const EARLY_PERCENT = [50, 80] as const
/** However long holidays make a Member's clock, it is reminded by then: the server keeps no ring beyond 180 days. */
const LONGEST_CLOCK_MS = 60 * 24 * HOUR_MS

/** Who is called for one addressee, in turn. */
export interface Offices {
  readonly desk: string
  readonly second: string
  readonly above: readonly string[]
}

/** Give the offices to call for a party. Settings come from a party itself: it may name its own offices only. */
export function offices(party: string, settings: DeskHours | null, terms: OperationTerms): Offices {
  const known = new Set(terms.participants.map((one) => one.party))
  const desk = `${party}/ncp`
  const own = (office: string | null | undefined): string | null => (office?.startsWith(`${party}/`) ? office : null)
  const second = own(settings?.second_office)
  const head = own(settings?.head_office)
  const rilo = riloOf(party)
  const above = [head ?? desk]
  if (rilo !== null && known.has(rilo) && rilo !== party) above.push(`${rilo}/ncp`)
  for (const one of terms.participants) {
    if (one.roles.includes("coordinator") && one.party !== party) above.push(`${one.party}/ncp`)
  }
  return { desk, second: second ?? desk, above: [...new Set(above)] }
}

/** Give the reminders of one part: of the acknowledgement, then of the answer where one is asked for. */
export function plans(part: Prenotification, startMs: number, called: Offices): Plan[] {
  const asked = part.deadlines
  const ends = asked.reply_at == null ? [asked.acknowledge_at] : [asked.acknowledge_at, asked.reply_at]
  return ends.map((end) => [part.addressee, rings(startMs, instantMs(end), called)])
}

/** Give the rings of one clock, in order of time. */
export function rings(startMs: number, endMs: number, called: Offices): Ring[] {
  const told = new Map<number, Set<string>>()
  for (const [at, office] of clock(startMs, endMs, called)) {
    told.set(at, (told.get(at) ?? new Set()).add(office))
  }
  return [...told].sort(([a], [b]) => a - b).map(([at_ms, whom]) => ({ at_ms, offices: [...whom] }))
}

function* clock(startMs: number, endMs: number, called: Offices): Generator<[number, string]> {
  const length = Math.min(endMs - startMs, LONGEST_CLOCK_MS)
  const end = startMs + length
  for (const percent of EARLY_PERCENT) yield [startMs + Math.floor((length * percent) / 100), called.desk]
  yield [end, called.second]
  const step = Math.max(Math.floor(length / 8), HOUR_MS)
  for (const [at, office] of called.above.entries()) yield [end + (at + 1) * step, office]
}
