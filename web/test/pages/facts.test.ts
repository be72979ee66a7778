/** What Today and the page of one consignment say: one truth per version, what changed, what a count came to. */
import { afterAll, describe, expect, it } from "vitest"
import type { Attention, ConsignmentPage } from "../../src/api"
import { speak } from "../../src/i18n/i18n.svelte"
import { haveIt, openedMs, replyBy, type LegView } from "../../src/pages/consignments/one/page"
import { factsSaid } from "../../src/pages/consignments/words"
import { countOf, wordsOf } from "../../src/shell/announcing.svelte"
import { newLeg } from "../../src/views/consignment"
import { pausedUntilMs } from "../../src/views/flags"

const leg = (party: string, role: LegView["role"], more: Partial<LegView> = {}): LegView =>
  ({ party, role, opened_ms: null, acknowledged_ms: null, answered_ms: null, queries: [], reply_at: null, ...more }) as LegView
const reader = (party: string, delivered: boolean) => ({ party, delivered, devices: 1, opened_ms: null, acknowledged_ms: null })

describe("who has it", () => {
  const page = (legs: LegView[], sees = "goods"): ConsignmentPage =>
    ({
      sees,
      view: { legs, versions: [{ version: 2, at_ms: 10, changes: [] }] },
      lanes: [
        { channel: "a", part: "goods", parties: [], readers: [reader("ke", false)] },
        { channel: "b", part: "route", parties: [], readers: [reader("ke", true), reader("ae", true)] },
      ],
    }) as unknown as ConsignmentPage
  const legs = [leg("ae", "transit"), leg("ke", "destination")]

  it("is told by an addressee's own part, and not by what it fetched of another's", () => {
    expect([...haveIt(page(legs))]).toEqual(["ae"])
    expect([...haveIt(page(legs, "route"))].sort()).toEqual(["ae", "ke"])
  })
  it("knows that who acknowledged has opened it", () => {
    expect(openedMs(leg("ke", "destination", { acknowledged_ms: 7 }))).toBe(7)
    expect(openedMs(leg("ke", "destination", { opened_ms: 5, acknowledged_ms: 7 }))).toBe(5)
    expect([...haveIt(page([leg("ke", "destination", { acknowledged_ms: 7 })]))]).toContain("ke")
  })
  it("knows that who asked about the newest version has opened it, and not who asked about the one before", () => {
    const asked = leg("ke", "destination", { queries: [{ id: "1", at_ms: 9, text: "", reply: null, replied_ms: null }] })
    expect([openedMs(asked), openedMs(asked, 10)]).toEqual([9, null])
    expect([...haveIt(page([asked]))]).toEqual([])
  })
  it("gives the first question, and no other, the day for which it stops the asker's clock", () => {
    const asked = (id: string, at_ms: number) => ({ id, at_ms, text: "", reply: null, replied_ms: null })
    const queries = [asked("1", 1_000), asked("2", 2_000)]
    const due = { acknowledge_at: "1970-01-01T01:00Z", reply_at: "1970-01-02T00:00Z", reconcile_days: 5 }
    const view = leg("ke", "destination", { queries, reply_at: due.reply_at })
    expect(queries.map((one) => replyBy(view, one))).toEqual([86_401_000, null])
    expect(replyBy({ ...view, reply_at: null }, queries[0]!)).toBeNull()
    // The page and Today say the same instant.
    expect(pausedUntilMs({ ...newLeg("ke", "destination"), queries, deadlines: due })).toBe(86_401_000)
  })
})

describe("what waits", () => {
  afterAll(() => speak("en"))
  const one = (more: Partial<Attention>): Attention =>
    ({ id: "1", kind: "acknowledge", urgency: "routine", operation: "", party: "be", at_ms: 0, ...more }) as Attention

  it("of a newer version says what changed, and that it matters", async () => {
    await speak("en")
    const changed = ["Quantity", "Estimated arrival", "Seals", "Flight"]
    expect(wordsOf(one({ version: 2, step: "again", changed: changed.slice(0, 2), material: true }))).toBe(
      "Version 2 from Belgium changes Quantity and Estimated arrival (material): acknowledge it again",
    )
    expect(wordsOf(one({ version: 3, step: "newer", changed, material: false }))).toBe(
      "Version 3 from Belgium changes Quantity, Estimated arrival, Seals and 1 more field: acknowledge it",
    )
    expect(wordsOf(one({}))).toBe("New pre-notification from Belgium: acknowledge it")
    const told = one({ version: 2, type: "prenotification", step: "newer", changed: changed.slice(0, 1), material: true })
    expect(wordsOf({ ...told, kind: "alert" })).toBe(`Version 2 from Belgium changes ${changed[0]} (material)`)
    await speak("ru")
    expect(wordsOf(one({ version: 2, step: "again", changed, material: true }))).toContain("существенно")
  })
  it("of a count says what differs, on Today as in the timeline", async () => {
    await speak("en")
    expect(countOf({ counted: { announced: 174_900, missing: 402, excess: 0, damaged: 5 } })).toBe("402 doses missing of 174,900 · Damaged: 5 doses")
    expect([countOf({}), countOf({ counted: { announced: 1, missing: 0, excess: 0, damaged: 0 } })]).toEqual(["", ""])
    const lots = [{ batch: "1", doses: 600 }, { batch: "2", doses: 298, missing_doses: 2 }]
    const line = { type: "reconciliation", kind: "content", party: "ke", content: { outcome: "DISCREPANCY", lots } }
    expect(factsSaid(line as never)).toEqual(["2 doses missing of 900"])
  })
})
