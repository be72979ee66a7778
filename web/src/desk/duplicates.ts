/** Find what may be the same goods before they are announced again: linked and shown, never blocked. */
import type { Announcement } from "../contents/prenotification"
import { shipmentOf } from "../contents/shipment"
import { type Link, traces } from "../views/links"
import { ordered } from "../views/board"
import type { Desk } from "./desk"

/** Give links from an announcement, which has no reference yet, to what is on the board. */
export function duplicatesOf(
  desk: Desk,
  announcement: Announcement,
  parties: readonly string[],
  form: Readonly<Record<string, unknown>>,
): Link[] {
  const known = desk.known.find(announcement)
  const shipment = shipmentOf(form)
  const candidate = { shipment, way_legs: shipment.legs, destination: parties.at(-1)! }
  const sought = new Set([...traces(candidate)].map(([why, key]) => `${why} ${JSON.stringify(key)}`))
  return ordered(desk.board)
    .filter((one) => known === null || one.reference !== known.reference)
    .flatMap((one) => {
      const same = [...traces(one)].filter(([why, key]) => sought.has(`${why} ${JSON.stringify(key)}`))
      const whys = [...new Set(same.map(([why]) => why))].sort()
      return whys.map((why) => ({ a: "", b: one.reference, why }))
    })
}
