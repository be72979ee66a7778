/**
 * Put versions on their lanes: goods first, so that nobody knows of a route without goods; the own record last.
 *
 * own lane: draft ─▶ goods lanes ─▶ route lanes ─▶ own lane: sent
 */
import type { Prenotification } from "../contents/prenotification"
import { Urgency } from "../wire/entries"
import type { Desk } from "./desk"
import { blank } from "./numbering"
import { type Parcel, parcel } from "./outward"
import { offices, plans } from "./reminders"
import type { LaneSent, Sent } from "./results"
import { digestOf, type Version } from "./versions"

/** Post versions with their reminder plans, by lane; throws what `Outward.send` throws. */
export async function dispatch(desk: Desk, versions: readonly Version[]): Promise<Sent[]> {
  const now = desk.nowMs()
  const lanes = new Map<string, string>()
  for (const one of versions) {
    const { destination, reference } = one.parts.goods
    lanes.set(`${reference} ${destination}`, await desk.outward.lane([destination]))
    for (const party of one.parts.routes.keys()) {
      lanes.set(`${reference} ${party}`, await desk.outward.lane([party, destination]))
    }
  }
  const on = (one: Version, part: Prenotification): Parcel[] =>
    one.there.has(part.addressee) ? [] : [parcelOf(desk, one, part, lanes, now)]
  const goods = versions.flatMap((one) => on(one, one.parts.goods))
  const routes = versions.flatMap((one) => [...one.parts.routes.values()].flatMap((part) => on(one, part)))
  const farewells = versions.flatMap((one) =>
    [...one.farewells].map(([party, event]) => {
      const lane = event.follows.log
      return parcel(lane, event, Urgency.URGENT, [], desk.reading.waiting(event.about, party, lane))
    }),
  )
  const records: Parcel[] = []
  for (const one of versions) {
    if (one.draft === null) continue
    const { reference } = one.parts.goods
    const record = { ...blank(one.draft, "SENT"), reference, digest: digestOf(one.announcement) }
    records.push(parcel(await desk.outward.ownLane(), record))
  }
  await desk.outward.send([...goods.sort(byLane), ...routes.sort(byLane), ...farewells, ...records])
  return versions.map((one) => sentAs(desk, one.parts.goods.reference, one))
}

/** Tell from the board what stands where. */
export function sentAs(desk: Desk, reference: string, version: Version | null = null, repeated = false): Sent {
  const parts = [...desk.reading.parts(reference)]
  const lanes = parts.map(([, { log, seq, part }]): LaneSent => {
    return { part: part.part, parties: desk.reading.parties.get(log)!, channel: log, seq }
  })
  lanes.sort((a, b) => Number(a.part !== "goods") - Number(b.part !== "goods"))
  return {
    reference,
    version: Math.max(...parts.map(([, { part }]) => part.version)),
    lanes,
    deadlines: new Map(parts.map(([party, { part }]) => [party, part.deadlines])),
    changes: version?.changes ?? [],
    repeated,
    without: version?.without ?? [],
  }
}

function parcelOf(
  desk: Desk,
  one: Version,
  part: Prenotification,
  lanes: ReadonlyMap<string, string>,
  now: number,
): Parcel {
  const party = part.addressee
  const lane = lanes.get(`${part.reference} ${party}`)!
  if (!one.renewed.has(party)) return parcel(lane, part, one.urgency)
  const called = offices(party, desk.room.desks.get(party) ?? null, desk.operation.terms)
  const ends = desk.reading.waiting(part.reference, party, lane)
  return parcel(lane, part, one.urgency, plans(part, now, called), ends)
}

function byLane(a: Parcel, b: Parcel): number {
  return a.channel === b.channel ? b.urgency - a.urgency : a.channel < b.channel ? -1 : 1
}
