/** Where the person is: the part of the address behind `#`, which no server ever gets. */

const PATHS = {
  today: "/today",
  consignments: "/consignments",
  announce: "/consignments/new",
  consignment: "/consignments/:reference",
  revise: "/consignments/:reference/amend",
  channels: "/channels",
  channel: "/channels/:id",
  search: "/search",
  operations: "/operations",
  found: "/operations/new",
  operation: "/operations/:id",
  amend: "/operations/:id/amend",
  adapt: "/operations/:id/adapt",
  party: "/party",
  settings: "/settings",
  join: "/enrol",
  enrol: "/enrol/:ticket",
} as const

export type RouteName = keyof typeof PATHS
export interface Place {
  readonly name: RouteName | "missing"
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
}
/** What every page is given. */
export interface PageProps {
  params: Readonly<Record<string, string>>
  query: Readonly<Record<string, string>>
}

/** Read a hash such as `#/channels/ab?at=3`; what cannot be read is `missing`, never an error. */
export function placeOf(hash: string): Place {
  const [path = "", search = ""] = hash.replace(/^#/, "").split("?", 2)
  const query = Object.fromEntries(new URLSearchParams(search))
  const parts = path.split("/").filter((part) => part !== "")
  if (parts.length === 0) return { name: "today", params: {}, query }
  for (const [name, pattern] of Object.entries(PATHS)) {
    const params = fits(pattern.split("/").slice(1), parts)
    if (params !== null) return { name: name as RouteName, params, query }
  }
  return { name: "missing", params: {}, query }
}

function fits(pattern: readonly string[], parts: readonly string[]): Record<string, string> | null {
  if (pattern.length !== parts.length) return null
  const params: Record<string, string> = {}
  for (const [index, wanted] of pattern.entries()) {
    const given = parts[index] ?? ""
    if (!wanted.startsWith(":")) {
      if (wanted !== given) return null
      continue
    }
    try {
      params[wanted.slice(1)] = decodeURIComponent(given)
    } catch {
      return null
    }
  }
  return params
}

/** Write the address of a page: `href("consignment", {reference})`. */
export function href(name: RouteName, params: Record<string, string> = {}, query: Record<string, string> = {}): string {
  const path = PATHS[name].replace(/:(\w+)/g, (_, key: string) => encodeURIComponent(params[key] ?? ""))
  const search = new URLSearchParams(query).toString()
  return `#${path}${search === "" ? "" : `?${search}`}`
}

let place = $state.raw<Place>({ name: "today", params: {}, query: {} })
let moves = $state(0)

export const route = {
  get name(): Place["name"] {
    return place.name
  },
  get params(): Place["params"] {
    return place.params
  },
  get query(): Place["query"] {
    return place.query
  },
  /** How often the person went somewhere since the start: 0 on the first page. */
  get moves(): number {
    return moves
  },
}

export function go(name: RouteName, params: Record<string, string> = {}, query: Record<string, string> = {}): void {
  location.hash = href(name, params, query)
}

/** Change the address without a new step back, as for a filter or a used ticket. */
export function replace(name: RouteName, params: Record<string, string> = {}, query: Record<string, string> = {}): void {
  history.replaceState(history.state, "", href(name, params, query))
  place = placeOf(location.hash)
}

/** Follow the address; gives how to stop. */
export function follow(): () => void {
  const read = (): void => {
    place = placeOf(location.hash)
    moves += 1
  }
  place = placeOf(location.hash)
  addEventListener("hashchange", read)
  return () => removeEventListener("hashchange", read)
}
