import type { Component } from "svelte"

/** An icon of `@lucide/svelte/icons/<name>`. */
export type Icon = Component<{ size?: number | string; "aria-hidden"?: "true"; class?: string }>
