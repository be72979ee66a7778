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
  const page = (state: string, can: [Act, string[]?][], more: Record<string, unknown> = {}): ConsignmentPage =>
    ({
      row: { state, mode: "INFORM", our_role: "origin", next: [] },
      view: { hold: null, ...more },
      timeline: [],
      can: can.map(([act, choices]) => ({ act, ...(choices === undefined ? {} : { choices }) })),
    }) as unknown as ConsignmentPage
  it("is no hold that was lifted, and nothing on what was withdrawn", () => {
    const lifted = todo(page("SENT", [["hold", ["LIFT"]]], { hold: { state: "LIFTED" } }))
    expect([lifted.first, lifted.more]).toEqual([[], []])
    expect(todo(page("ON_HOLD", [["hold", ["LIFT"]]], { hold: { state: "AGREED" } })).first).toEqual(["hold"])
    expect(todo(page("WITHDRAWN", [["movement", ["ARRIVED"]]]))).toEqual({ first: [], more: ["movement"] })
  })
  it("is no arrival of what has not left; who wants to may still report it", () => {
    expect(todo(page("SENT", [["movement", ["ARRIVED"]]]))).toEqual({ first: [], more: ["movement"] })
    expect(todo(page("SENT", [["movement", ["DEPARTED"]]])).first).toEqual(["movement"])
    expect(todo(page("DEPARTED", [["movement", ["ARRIVED"]]])).first).toEqual(["movement"])
  })
  it("is no word on where it passed once it arrived", () => {
    const arrived = page("ARRIVED", [["movement", ["TRANSIT_IN"]]])
    expect(todo({ ...arrived, row: { ...arrived.row, our_role: "transit" } })).toEqual({ first: [], more: ["movement"] })
  })
  it("is to reopen what the departure Member asks for, since it was closed last", () => {
    const asked = line("1", "be", "reopening", { reason: "x" }, { mark: "not_agreed_by_ocu", at_ms: 20 })
    const closed = (our_role: string, closed_ms: number): ConsignmentPage => {
      const one = page("CLOSED", [["reopening"]], { closed_ms })
      return { ...one, row: { ...one.row, our_role }, timeline: [asked] } as ConsignmentPage
    }
    expect(["observer", "destination", "origin"].map((role) => todo(closed(role, 10)).first)).toEqual([["reopening"], ["reopening"], []])
    expect([todo(closed("observer", 30)).first, reopeningAsked(closed("observer", 30))]).toEqual([[], undefined])
    expect(reopened({ ...page("ARRIVED", []), timeline: [asked] } as ConsignmentPage)).toBeUndefined()
    const agreed = line("2", "ocu", "reopening", { reason: "y" }, { at_ms: 25 })
    expect(reopened({ ...page("ARRIVED", []), timeline: [asked, agreed] } as ConsignmentPage)?.party).toBe("ocu")
  })
  it("is to acknowledge again for who did before, and for nobody else", () => {
    const said = { ...page("SENT", []), timeline: [line("1", "ke", "acknowledgement", {})] } as ConsignmentPage
    expect([tookNote(said, "ke"), tookNote(said, "ae")]).toEqual([true, false])
  })
  it("names who changed a leg since the newest version", () => {
    const leg = { from_place: "AEDXB", to_place: "KENBO" }
    const told = (at_ms: number) => ({
      ...page("SENT", [], { versions: [{ version: 2, at_ms: 10, changes: [] }] }), timeline: [line("1", "ae", "leg_update", { legs: [{ ...leg, flight: "EK9" }] }, { at_ms })],
    }) as ConsignmentPage
    expect([legNews(told(5), leg), legNews(told(15), leg)?.party, legNews(told(15), { ...leg, to_place: "UGEBB" })]).toEqual([null, "ae", null])
  })
})
