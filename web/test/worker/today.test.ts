/** What should have come and is late stands among what is late, not among what comes. */
import { describe, expect, it } from "vitest"
import { fold, newBoard } from "../../src/views/board"
import { etaMs, stateAt } from "../../src/views/consignment"
import { flags } from "../../src/views/flags"
import { arriving } from "../../src/worker/today"
import { entry, stories } from "../views/entries"

const HOUR_MS = 3_600_000
const all = stories("board").flatMap((story) => [...fold(newBoard(story.coordinators), story.entries.map(entry)).consignments.values()])
const within = (state: string, hours: number): { one: (typeof all)[number]; at: number }[] =>
  all.flatMap((one) => {
    const at = (etaMs(one) ?? Number.NaN) + hours * HOUR_MS
    return stateAt(one, at)[0] === state ? [{ one, at }] : []
  })

describe("arrivals of the next seven days", () => {
  it("have what is on its way, until its hour and a while after it", () => {
    for (const { one, at } of [...within("SENT", -1), ...within("DEPARTED", -1), ...within("DEPARTED", 20)]) {
      const late = flags(one, at).some(({ flag }) => flag === "OVERDUE_ARRIVAL")
      expect(arriving(one, at)).toBe(!late)
    }
    expect(within("DEPARTED", 20).length).toBeGreaterThan(0)
  })
  it("have what is on hold: it is awaited still", () => {
    const held = within("ON_HOLD", -1)
    expect(held.length).toBeGreaterThan(0)
    expect(held.filter(({ one, at }) => !arriving(one, at))).toEqual([])
  })
  it("have nothing that is overdue", () => {
    const late = within("SENT", 2).filter(({ one, at }) => flags(one, at).some(({ flag }) => flag === "NOT_DEPARTED"))
    expect(late.length).toBeGreaterThan(0)
    expect(late.filter(({ one, at }) => arriving(one, at))).toEqual([])
  })
  it("have nothing of a week later", () => {
    expect(within("SENT", -24 * 7 - 1).filter(({ one, at }) => arriving(one, at))).toEqual([])
  })
})
