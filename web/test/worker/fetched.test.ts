/** Who looks at an entry hears within seconds that the others have it, and the server is not asked without end. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest"
import type { Reader } from "../../src/api"
import type { Device } from "../../src/client/device"
import { Fetched } from "../../src/worker/fetched"

const KE = "pratique://ke.stop.example/ncp/officer/0123abcd"
let asked: number[] = []
let furthest = 0
let changes = 0
let devices = 1
let fetched: Fetched
const reader = (): Reader => {
  const delivered = fetched.of("c", "ke") >= 5
  return { party: "ke", devices, delivered, opened_ms: null, acknowledged_ms: null }
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000 })
  ;[asked, furthest, changes, devices] = [[], 4, 0, 1]
  const device = {
    cursors() {
      asked.push(Date.now() - 1_000_000)
      return Promise.resolve(new Map([[KE, furthest]]))
    },
  }
  fetched = new Fetched(device as unknown as Device, Date.now, () => {
    changes += 1
    fetched.ask("c", 5, [reader()])
  })
})
afterEach(() => {
  fetched.stop()
  vi.useRealTimers()
})

describe("how far others have fetched", () => {
  it("is known within seconds of it, without another occasion", async () => {
    fetched.ask("c", 5, [reader()])
    await vi.advanceTimersByTimeAsync(1_000)
    expect(reader().delivered).toBe(false)
    furthest = 5
    await vi.advanceTimersByTimeAsync(1_000)
    expect([reader().delivered, changes]).toEqual([true, 2])
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(asked).toEqual([0, 1_500])
  })

  it("is asked ever less often while nobody fetches, and then no more", async () => {
    fetched.ask("c", 5, [reader()])
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(asked).toEqual([0, 1_500, 4_500, 10_500, 22_500, 46_500, 94_500])
    // The page's own occasions go on as ever; each asks once.
    fetched.ask("c", 5, [reader()])
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(asked.length).toBe(8)
  })

  it("is not asked for every entry where much is said", async () => {
    for (let seq = 5; seq < 605; seq += 1) {
      fetched.ask("c", seq, [reader()])
      await vi.advanceTimersByTimeAsync(100)
    }
    expect(asked.length).toBeLessThanOrEqual(13)
  })

  it("waits for nobody who has no device, and asks nothing once it is stopped", async () => {
    devices = 0
    fetched.ask("c", 5, [reader()])
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(asked).toEqual([0])
    devices = 1
    fetched.ask("c", 6, [reader()])
    fetched.stop()
    await vi.advanceTimersByTimeAsync(3_600_000)
    expect(asked.length).toBe(1)
  })
})
