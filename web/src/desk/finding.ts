/** Find what a person means, and what was announced before. */
import { PratiqueError } from "../client/errors"
import type { Announcement, GoodsPart } from "../contents/prenotification"
import type { Board } from "../views/board"
import type { Consignment } from "../views/consignment"
import { DeviceUri } from "../wire/identity"
import type { Desk } from "./desk"

const LEAST_CHARACTERS = 4

/** Give one consignment by its reference, or by a beginning or an end of it that no other has. */
export function find(board: Board, text: string): Consignment {
  const wanted = text.toUpperCase()
  const exact = board.consignments.get(wanted)
  if (exact !== undefined) return exact
  const found = [...board.consignments.keys()].filter(
    (reference) =>
      wanted.length >= LEAST_CHARACTERS && (reference.startsWith(wanted) || reference.endsWith(wanted)),
  )
  if (found.length === 0) {
    throw new PratiqueError("no_consignment", `nothing is known of ${text}`, "the board lists the references")
  }
  if (found.length > 1) {
    const detail = `${found.length} references fit ${text}: ${found.slice(0, 5).join(", ")}`
    throw new PratiqueError("ambiguous_reference", detail, "write more of it")
  }
  return board.consignments.get(found[0]!)!
}

/** Give what was announced, as it stands; throws not_yours where only the route is known. */
export function announcementOf(desk: Desk, one: Consignment): Announcement {
  if (one.goods === null) {
    const detail = `of ${one.reference} you see the route, not the whole form`
    throw new PratiqueError("not_yours", detail, "only departure and destination have the whole form")
  }
  return { ...fields(one.goods), national_reference: national(desk, one.reference) }
}

/** Give the newest announcement of a party, without its national reference. */
export function last(desk: Desk, origin: string): Announcement {
  const one = newest(desk, origin)
  if (one === null) throw new PratiqueError("no_consignment", `${origin.toUpperCase()} has announced nothing here yet`)
  return { ...fields(one.goods!), relates_to: [], overrides: [] }
}

/** Give what a party announced last; null where it announced nothing yet. */
export function newest(desk: Desk, origin: string): Consignment | null {
  const known = [...desk.board.consignments.values()].filter((one) => one.origin === origin && one.goods !== null)
  const later = (a: Consignment, b: Consignment): boolean =>
    b.sent_ms > a.sent_ms || (b.sent_ms === a.sent_ms && b.reference > a.reference)
  return known.reduce<Consignment | null>((a, b) => (a === null || later(a, b) ? b : a), null)
}

/** Give a call-off filled in from its series; throws not_a_series. */
export function callOff(series: Consignment): Announcement {
  if (series.kind !== "series" || series.goods === null) {
    throw new PratiqueError("not_a_series", `${series.reference} is not a series of your Member`)
  }
  const filled = fields(series.goods)
  const { series: _, ...form } = filled.form
  return { ...filled, kind: "call_off", relates_to: [series.reference], form }
}

/** Ask how far each party's devices have fetched the lanes of some consignments: "log party" → the furthest seq. */
export async function delivered(desk: Desk, references: readonly string[]): Promise<Map<string, number>> {
  const said = references.flatMap((reference) => desk.board.said.get(reference) ?? [])
  const logs = new Set(said.map((one) => one.place.log))
  const furthest = new Map<string, number>()
  for (const log of [...logs].sort()) {
    for (const [uri, seq] of Object.entries(await desk.device.cursors(log))) {
      const at = `${log} ${DeviceUri.parse(uri).party}`
      furthest.set(at, Math.max(furthest.get(at) ?? 0, seq))
    }
  }
  return furthest
}

function national(desk: Desk, reference: string): string | null {
  return desk.known.ofReference.get(reference)?.national_reference ?? null
}

function fields(part: GoodsPart): Announcement {
  return {
    template: part.template,
    kind: part.kind,
    mode: part.mode,
    tlp: part.tlp,
    relates_to: part.relates_to,
    national_reference: null,
    urgency_reason: part.urgency_reason,
    form: part.form,
    overrides: part.overrides,
  }
}
