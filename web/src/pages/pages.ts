/** Which file shows which place; each is fetched when somebody first goes there. */
import type { Component } from "svelte"
import type { PageProps, RouteName } from "../ui/router.svelte"

export type PageLoader = () => Promise<{ default: Component<PageProps> }>

export const PAGES: Partial<Record<RouteName, PageLoader>> = {
  today: () => import("./Today.svelte"),
  settings: () => import("./Settings.svelte"),
}
