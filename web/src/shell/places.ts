/** The rooms of the house, in the order of the rail. */
import House from "@lucide/svelte/icons/sunrise"
import Package from "@lucide/svelte/icons/package"
import Messages from "@lucide/svelte/icons/messages-square"
import Globe from "@lucide/svelte/icons/network"
import Users from "@lucide/svelte/icons/id-card-lanyard"
import Settings from "@lucide/svelte/icons/settings-2"
import type { Icon } from "../ui/icon"
import type { RouteName } from "../ui/router.svelte"

export interface Room {
  readonly name: "today" | "consignments" | "channels" | "operations" | "party" | "settings"
  readonly icon: Icon
  /** The second key of `g` + key. */
  readonly key: string
  /** Pages that belong to it. */
  readonly holds: readonly RouteName[]
  /** On the phone's bar; the others stand under "more". */
  readonly bar: boolean
}

export const ROOMS: readonly Room[] = [
  { name: "today", icon: House, key: "t", holds: ["today"], bar: true },
  { name: "consignments", icon: Package, key: "c", holds: ["consignments", "consignment", "announce", "revise"], bar: true },
  { name: "channels", icon: Messages, key: "m", holds: ["channels", "channel"], bar: true },
  { name: "operations", icon: Globe, key: "o", holds: ["operations", "operation", "found", "amend", "adapt"], bar: false },
  { name: "party", icon: Users, key: "p", holds: ["party"], bar: false },
  { name: "settings", icon: Settings, key: "s", holds: ["settings"], bar: false },
]
