import { describe, expect, it } from "vitest"
import type { Act, ConsignmentPage, TimelineLine } from "../../src/api"
import { legNews, reopened, reopeningAsked, tookNote } from "../../src/pages/consignments/one/page"
import { todo } from "../../src/pages/consignments/one/todo"
import { factsSaid, headline, together, wordsSaid } from "../../src/pages/consignments/words"

const REFERENCE = "PN-STOP-III-BE-2026-000005-25"
const line = (id: string, party: string, type: string, content: Record<string, unknown>, more: Partial<TimelineLine> = {}): TimelineLine =>
  ({ id, party, type, content: { about: REFERENCE, ...content }, kind: "content", ...more }) as TimelineLine

describe("the timeline", () => {
  it("puts the parts of one version into one line, and no two versions", () => {
    const part = (id: string, addressee: string, version: number) => line(id, "be", "prenotification", { addressee, version })
    const shown = together([part("1", "ke", 1), part("2", "ae", 1), line("3", "ke", "acknowledgement", {}), part("4", "ke", 2)])
    expect(shown.map((one) => one.id)).toEqual(["1", "3", "4"])
    expect(shown[0]?.content?.addressees).toEqual(["ke", "ae"])
    expect(factsSaid(shown[0]!)).toHaveLength(1)
  })
  it("keeps what did not count apart", () => {
    const part = (id: string, mark?: string) => line(id, "be", "prenotification", { addressee: "ke", version: 1 }, mark === undefined ? {} : { mark })
    expect(together([part("1"), part("2", "version_not_newer")])).toHaveLength(2)
  })
  it("says a remark, and tells who asked to reopen from who did", () => {
    expect(wordsSaid(line("1", "ke", "acknowledgement", { remark: "Gate 4" }))).toBe("Gate 4")
    const said = (party: string): string => headline(line("1", party, "reopening", { reason: "x" }))
    expect(said("ke")).not.toBe(said("be"))
  })
})

describe("what is next", () => {
  const page = (state: string, next: Act[], can: [Act, string[]?][], more: Record<string, unknown> = {}): ConsignmentPage =>
    ({
      row: { state, next },
      view: { hold: null, ...more },
      can: can.map(([act, choices]) => ({ act, ...(choices === undefined ? {} : { choices }) })),
    }) as unknown as ConsignmentPage
  it("is what the worker says that others wait for; the rest may be done", () => {
    const arrival: [Act, string[]] = ["movement", ["ARRIVED"]]
    expect(todo(page("DEPARTED", [], [arrival]))).toEqual({ first: [], more: ["movement"] })
    expect(todo(page("DEPARTED", ["movement"], [["query"], arrival]))).toEqual({ first: ["movement"], more: ["query"] })
  })
  it("is nothing on a device that is shut out, and no hold that was lifted", () => {
    expect(todo(page("DEPARTED", ["movement"], []))).toEqual({ first: [], more: [] })
    expect(todo(page("SENT", [], [["hold", ["LIFT"]]], { hold: { state: "LIFTED" } })).more).toEqual([])
  })
  it("tells who asked to reopen it since it was closed last, and who did", () => {
    const asked = line("1", "be", "reopening", { reason: "x" }, { mark: "not_agreed_by_ocu", at_ms: 20 })
    const closed = (closed_ms: number): ConsignmentPage => ({ ...page("CLOSED", [], [], { closed_ms }), timeline: [asked] })
    expect([reopeningAsked(closed(10)), reopeningAsked(closed(30))]).toEqual([asked, undefined])
    expect(reopened({ ...page("ARRIVED", [], []), timeline: [asked] })).toBeUndefined()
    const agreed = line("2", "ocu", "reopening", { reason: "y" }, { at_ms: 25 })
    expect(reopened({ ...page("ARRIVED", [], []), timeline: [asked, agreed] })?.party).toBe("ocu")
  })
  it("is to acknowledge again for who did before, and for nobody else", () => {
    const said = { ...page("SENT", [], []), timeline: [line("1", "ke", "acknowledgement", {})] } as ConsignmentPage
    expect([tookNote(said, "ke"), tookNote(said, "ae")]).toEqual([true, false])
  })
  it("names who changed a leg since the newest version", () => {
    const leg = { from_place: "AEDXB", to_place: "KENBO" }
    const told = (at_ms: number) => ({
      ...page("SENT", [], [], { versions: [{ version: 2, at_ms: 10, changes: [] }] }), timeline: [line("1", "ae", "leg_update", { legs: [{ ...leg, flight: "EK9" }] }, { at_ms })],
    }) as ConsignmentPage
    expect([legNews(told(5), leg), legNews(told(15), leg)?.party, legNews(told(15), { ...leg, to_place: "UGEBB" })]).toEqual([null, "ae", null])
  })
})
