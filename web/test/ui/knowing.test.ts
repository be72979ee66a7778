import { describe, expect, it } from "vitest"
import type { SyncState } from "../../src/api"
import type { ChannelState } from "../../src/client/opened"
import { knowing } from "../../src/ui/knowing"
import { joining } from "../../src/worker/joining"

const LIVE: SyncState = { connection: "live", synced_ms: 1, unsent: 0, asking: 0, problems: [], caught_up: true }
const WAITING = "waiting: this device was not added yet; any other member's device does it"
const channel = (own_leaf: boolean, trouble: string | null, ...devices: string[]): ChannelState =>
  ({ own_leaf, trouble, devices }) as unknown as ChannelState

describe("an empty page", () => {
  it.each([
    ["known", LIVE, true],
    ["catching_up", undefined, true],
    ["catching_up", { ...LIVE, caught_up: false }, false],
    ["catching_up", { ...LIVE, connection: "connecting" }, false],
    ["joining", { ...LIVE, joining: { done: 1, of: 2 } }, true],
    ["known", { ...LIVE, joining: { done: 1, of: 2 } }, false],
    ["offline", { ...LIVE, connection: "offline" }, true],
    ["offline", { ...LIVE, connection: "refused", caught_up: false }, true],
  ] as const)("says %s", (said, sync, inside) => {
    expect(knowing(sync, inside)).toBe(said)
  })

  it("waits for the channels that somebody can let this device into", () => {
    const [inside, awaited, alone] = [channel(true, null, "me", "you"), channel(false, WAITING, "you"), channel(false, WAITING, "me")]
    expect(joining([inside, awaited, alone], "me")).toEqual({ done: 1, of: 3 })
    expect(joining([inside, alone], "me")).toBeNull()
    expect(joining([channel(false, "removed: this device was removed", "you")], "me")).toBeNull()
  })
})
