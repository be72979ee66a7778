/**
 * Which device of a Member delivers which item to its national system: of several gateways, one.
 *
 *     CLAIMED ─▶ DELIVERED          who claims first in the own lane delivers
 *        └─▶ RELEASED, or five minutes without a word: the next claim counts
 */
import type { OpenedEntry } from "../client/opened"
import { Claim } from "../contents/claim"
import { readAs } from "../contents/content"

export const CLAIM_LASTS_MS = 5 * 60_000

/** What one device said about one item. */
export interface Step {
  readonly seq: number
  readonly at_ms: number
  readonly device: string
  readonly state: Claim["state"]
}

/** Every word about every item, by endpoint and item (`keyOf`), in the order of the own lane. */
export interface Deliveries {
  readonly steps: ReadonlyMap<string, readonly Step[]>
}

type Heard = Pick<OpenedEntry, "seq" | "at_ms" | "device" | "type" | "body" | "problem">

export function newDeliveries(): Deliveries {
  return { steps: new Map() }
}

/** Give the device whose claim is in force at an instant; null where the item is free or delivered. */
export function owner(deliveries: Deliveries, endpoint: string, item: string, nowMs: number): string | null {
  let held: Step | null = null
  for (const step of deliveries.steps.get(keyOf(endpoint, item)) ?? []) {
    if (step.state === "DELIVERED") return null
    if (step.state === "RELEASED") {
      if (held?.device === step.device) held = null
    } else if (held === null || held.device === step.device || lapsed(held, step.at_ms)) {
      held = step
    }
  }
  return held === null || lapsed(held, nowMs) ? null : held.device
}

/** Say whether any device has delivered an item. */
export function delivered(deliveries: Deliveries, endpoint: string, item: string): boolean {
  return (deliveries.steps.get(keyOf(endpoint, item)) ?? []).some((step) => step.state === "DELIVERED")
}

/** Fold opened entries of the own lane, in whatever order they come in. */
export function fold(deliveries: Deliveries, entries: Iterable<Heard>): Deliveries {
  const steps = new Map(deliveries.steps)
  let changed = false
  for (const entry of entries) {
    const claim = readAs(Claim, entry)
    if (claim === null) continue
    changed = true
    const step = { seq: entry.seq, at_ms: entry.at_ms, device: entry.device, state: claim.state }
    for (const item of new Set(claim.items)) {
      const key = keyOf(claim.endpoint, item)
      const known = steps.get(key) ?? []
      // Each entry stands once in its lane: its number is enough to know it again.
      if (known.some((one) => one.seq === step.seq)) continue
      steps.set(key, [...known, step].sort((one, other) => one.seq - other.seq))
    }
  }
  return changed ? { steps } : deliveries
}

export function keyOf(endpoint: string, item: string): string {
  return `${endpoint} ${item}`
}

function lapsed(held: Step, atMs: number): boolean {
  return atMs >= held.at_ms + CLAIM_LASTS_MS
}
