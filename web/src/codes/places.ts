/** Where places are, for the map. Await `placesReady` first. */

import { entry, nameOf, ready } from "./code_lists"
import { tableRows } from "./data"

export interface Place {
  readonly name: string
  readonly country: string
  readonly lon: number
  readonly lat: number
  /** False: nobody has told where it is, and this is the middle of its country. */
  readonly exact: boolean
}

let points: ReadonlyMap<string, readonly [lat: number, lon: number]> = new Map()
let coming: Promise<void> | null = null

/** Bring in the list of places and their coordinates. */
export async function placesReady(): Promise<void> {
  coming ??= bring()
  try {
    await coming
  } catch (error) {
    coming = null
    throw error
  }
}

/** Give a place by its UN/LOCODE; null where there is none, or nothing is known of where it is. */
export function place(code: string): Place | null {
  const found = entry("unlocode", code)
  const point = points.get(code) ?? points.get(code.slice(0, 2))
  if (!found || !point) return null
  return { name: nameOf(found), country: code.slice(0, 2), lat: point[0], lon: point[1], exact: points.has(code) }
}

async function bring(): Promise<void> {
  const [[, ...rows]] = await Promise.all([tableRows("unlocode_places.csv.gz"), ready("unlocode")])
  points = new Map(rows.map(([code = "", lat, lon]) => [code, [Number(lat), Number(lon)]]))
}
