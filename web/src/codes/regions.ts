/** The WCO region of a Member, and its RILO: defaults. Await `ready("wco_members")` first. */

import { entry } from "./code_lists"

/** Give the WCO region of a Member's party label: AMS, EUR, AP, MENA, WCA or ESA. */
export function regionOf(party: string): string | null {
  return said(party, "region")
}

/** Give the party label of the RILO that serves a Member. */
export function riloOf(party: string): string | null {
  return said(party, "rilo")
}

function said(party: string, what: string): string | null {
  const found = entry("wco_members", party.toUpperCase())?.extra[what]
  return typeof found === "string" ? found : null
}
