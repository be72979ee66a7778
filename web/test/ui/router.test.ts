import { describe, expect, it } from "vitest"
import { href, placeOf } from "../../src/ui/router.svelte"

describe("places", () => {
  it.each([
    ["", "today", {}],
    ["#/", "today", {}],
    ["#/today", "today", {}],
    ["#/consignments", "consignments", {}],
    ["#/consignments/new", "announce", {}],
    ["#/consignments/PN-STOP-III-BE-2026-000041-37", "consignment", { reference: "PN-STOP-III-BE-2026-000041-37" }],
    ["#/channels/abc", "channel", { id: "abc" }],
    ["#/enrol", "join", {}],
    ["#/enrol/pratique-invitation-a_b-c", "enrol", { ticket: "pratique-invitation-a_b-c" }],
    ["#/channels/a%2Fb%20c", "channel", { id: "a/b c" }],
    ["#/nowhere", "missing", {}],
    ["#/channels/a/b", "missing", {}],
    ["#/channels/%E0%A4%A", "missing", {}],
    ["#main", "missing", {}],
  ])("reads %s", (hash, name, params) => {
    const place = placeOf(hash)
    expect([place.name, place.params]).toEqual([name, params])
  })

  it("reads what it wrote, whatever the words are", () => {
    for (const id of ["a/b", "?x=1", "#", "%", "ق ن", "a\u202eb", "<script>"]) {
      const place = placeOf(href("channel", { id }, { at: id }))
      expect(place).toEqual({ name: "channel", params: { id }, query: { at: id } })
    }
  })
})
