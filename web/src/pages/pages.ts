/** Which file shows which place; each is fetched when somebody first goes there. */
import type { Component } from "svelte"
import type { PageProps, RouteName } from "../ui/router.svelte"

export type PageLoader = () => Promise<{ default: Component<PageProps> }>

export const PAGES: Partial<Record<RouteName, PageLoader>> = {
  today: () => import("./Today.svelte"),
  consignments: () => import("./consignments/Consignments.svelte"),
  announce: () => import("./consignments/Announce.svelte"),
  consignment: () => import("./consignments/One.svelte"),
  revise: () => import("./consignments/Announce.svelte"),
  operations: () => import("./operations/Operations.svelte"),
  found: () => import("./operations/Found.svelte"),
  operation: () => import("./operations/Operation.svelte"),
  amend: () => import("./operations/Amend.svelte"),
  adapt: () => import("./operations/Adapt.svelte"),
  party: () => import("./party/Party.svelte"),
  channels: () => import("./channels/Channels.svelte"),
  channel: () => import("./channels/Channel.svelte"),
  search: () => import("./search/Search.svelte"),
  settings: () => import("./Settings.svelte"),
}
