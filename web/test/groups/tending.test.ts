/** What a device tends by itself, at the very instants and in the very order of the other implementation. */

import { expect, test } from "vitest"
import type { ActiveDevice } from "../../src/client/directory"
import * as tending from "../../src/groups/tending"
import type { DeviceCertificate } from "../../src/wire/certificates"
import { type Leaf, Membership } from "../../src/wire/membership"

const WEEK_MS = 7 * tending.DAY_MS
const CHARTER = {
  operation: "00".repeat(32),
  purpose: "channel",
  owners: ["be/ncp"],
  parties: [],
  history: "full",
  retention_s: 0,
  nonce: "00".repeat(16),
} as const

function uriOf(party: string, device: number): string {
  return `pratique://${party}.stop.example/ncp/a.person/${String(device).padStart(4, "0")}`
}

function leaf(uri: string, key: number, not_after_ms = 1000): Leaf {
  return { uri, key: new Uint8Array([key]), not_after_ms, since_seq: 1 }
}

function active(uri: string, key: number): ActiveDevice {
  return { uri, certificate: { key: new Uint8Array([key]) } as unknown as DeviceCertificate }
}

function memberOf(leaves: readonly Leaf[], more: Partial<Membership> = {}): Membership {
  const seated = new Set(["be/ncp", "ke/ncp"])
  return new Membership({ channel: "", charter: CHARTER, founder: "", seated, leaves: new Map(leaves.entries()), ...more })
}

test("the stock is a hundred, filled below 25, for 28 days", () => {
  expect([tending.STOCK, tending.REFILL_BELOW, tending.LIFETIME_S]).toEqual([100, 25, 28 * 86_400])
})

test.each([
  [uriOf("be", 1), 1_700_000_000_000, 1_700_583_297_915],
  [uriOf("ke", 1), 0, 602_195_448],
  ["x", 4_000_000_000_000, 4_000_587_046_437],
])("%s is due at its own instant in the seventh day", (own, lastMs, dueMs) => {
  expect(tending.updateDue(own, lastMs, dueMs - 1)).toBe(false)
  expect(tending.updateDue(own, lastMs, dueMs)).toBe(true)
  expect(tending.updateDue(own, lastMs, lastMs + WEEK_MS)).toBe(true)
  expect(dueMs - lastMs).toBeGreaterThan(WEEK_MS - tending.DAY_MS)
})

test("all who see the same log know the same order", () => {
  const uris = ["be", "ke", "ae"].flatMap((party) => [0, 1, 2].map((device) => uriOf(party, device)))
  const member = memberOf(uris.map((uri, key) => leaf(uri, key)))
  const ranks = uris.map((uri) => tending.rank("ab".repeat(32), uri, member))
  expect(ranks).toEqual([4, 2, 5, 7, 3, 8, 0, 6, 1])
  expect(tending.rank("ab".repeat(32), "x", member)).toBe(9)
})

test("a channel needs the active devices of seated offices, without surplus leaves", () => {
  const [be, ke, ae] = [uriOf("be", 1), uriOf("ke", 1), uriOf("ae", 1)]
  const [fresh, copied, gone] = [uriOf("ke", 2), uriOf("ke", 3), uriOf("ke", 4)]
  const member = memberOf([leaf(be, 1), leaf(ke, 2, 500), leaf(ae, 3)], { revoked: new Set([gone]) })
  const offices: tending.Offices = new Map([
    ["be/ncp", [active(be, 1)]],
    ["ke/ncp", [active(fresh, 5), active(copied, 1), active(gone, 6)]],
    ["ae/ncp", [active(ae, 3)]],
  ])
  expect(tending.need(member, offices, 400)).toEqual({ adds: [fresh], removes: [2] })
  expect(tending.need(member, offices, 501)).toEqual({ adds: [fresh], removes: [1, 2] })
  const rejoined = memberOf([leaf(be, 1)], { rejoining: new Set([be]) })
  expect(tending.need(rejoined, offices, 400)).toEqual({ adds: [be, fresh, copied, gone], removes: [0] })
})
