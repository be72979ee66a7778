import { describe, expect, it } from "vitest"
import type { OpenedEntry } from "../../src/client/opened"
import * as deliveries from "../../src/views/deliveries"
import * as drafts from "../../src/views/drafts"
import * as readMarks from "../../src/views/read_marks"
import * as rooms from "../../src/views/room"
import { entry, shuffled, stories, type Story } from "./entries"

const DRAFT = "2d".repeat(16)
const ENDPOINT = "3c".repeat(16)
const ITEM = `${"a1".repeat(32)}/7`
const STORIES = {
  drafts: stories("drafts"), room: stories("room"), deliveries: stories("deliveries"), read_marks: stories("read_marks"),
}

function only(facts: Record<string, unknown>, story: Story): Record<string, unknown> {
  return Object.fromEntries(Object.keys(story.told ?? {}).map((name) => [name, facts[name]]))
}

describe("own lane", () => {
  it("has every vector", () => {
    const counts = Object.fromEntries(Object.entries(STORIES).map(([view, of]) => [view, of.length]))
    console.log("own lane:", counts)
    expect(counts).toEqual({ drafts: 16, room: 2, deliveries: 9, read_marks: 6 })
    expect(Object.values(STORIES).flat().every((story) => Object.keys(story.told ?? {}).length > 0)).toBe(true)
  })

  it.each(STORIES.drafts)("drafts: $name", (story) => {
    const state = drafts.fold(drafts.newDrafts(), story.entries.map(entry))
    const one = state.by_id.get(DRAFT)
    const facts = {
      ...(one ?? { state: null }),
      national: state.by_national.get("BE-77") ?? null,
      note: one?.announcement?.form.note ?? null,
      marks: one?.marks.map((said) => said.mark),
    }
    expect(only(facts, story)).toEqual(story.told)
  })

  it.each(STORIES.room)("room: $name", (story) => {
    const state = rooms.fold(rooms.newRoom(story.coordinators), story.entries.map(entry))
    const weekends = Object.fromEntries([...state.desks].map(([party, desk]) => [party, desk.weekend]))
    expect({ weekends, adapted: state.adaptation?.require ?? null }).toEqual(story.told)
  })

  it.each(STORIES.deliveries)("deliveries: $name", (story) => {
    const state = deliveries.fold(deliveries.newDeliveries(), story.entries.map(entry))
    const owner = deliveries.owner(state, ENDPOINT, ITEM, story.now_ms)?.split("/").at(-2) ?? null
    expect({ owner, delivered: deliveries.delivered(state, ENDPOINT, ITEM) }).toEqual(story.told)
  })

  it.each(STORIES.read_marks)("read marks: $name", (story) => {
    const state = readMarks.fold(readMarks.newReadMarks(), story.entries.map(entry))
    expect(Object.fromEntries(state.by_party)).toEqual(story.told)
  })

  it("read marks: tells what was read from what was not", () => {
    const story = STORIES.read_marks.find((one) => one.name.startsWith("what was said"))
    const state = readMarks.fold(readMarks.newReadMarks(), (story?.entries ?? []).map(entry))
    expect([3, 4, 5, 8, 9, 10].map((seq) => readMarks.hasRead(state, "ke", seq))).toEqual([true, true, false, true, true, false])
    expect(readMarks.hasRead(state, "be", 3)).toBe(false)
  })

  it("does not depend on how the entries come in", () => {
    for (const [number, story] of STORIES.drafts.entries()) both(drafts.fold, drafts.newDrafts(), story, number)
    for (const [number, story] of STORIES.room.entries()) both(rooms.fold, rooms.newRoom(["ocu"]), story, number)
    for (const [number, story] of STORIES.read_marks.entries()) both(readMarks.fold, readMarks.newReadMarks(), story, number)
    for (const [number, story] of STORIES.deliveries.entries()) {
      both(deliveries.fold, deliveries.newDeliveries(), story, number)
    }
  })

  it("gives the reference of the first entry and its year", () => {
    const story = STORIES.drafts.find((one) => one.name.startsWith("a draft is numbered"))
    const [saved] = story?.entries ?? []
    if (saved === undefined) throw new Error("the story is gone")
    const state = drafts.fold(drafts.newDrafts(), [entry(saved)])
    expect(drafts.numberOf(state, DRAFT)).toBe(5)
    expect(drafts.referenceOf(state, DRAFT, "STOP-III", "be")).toMatch(/^PN-STOP-III-BE-2026-000005-/)
    const later = drafts.fold(drafts.newDrafts(), [entry({ ...saved, at_ms: saved.at_ms + 60_000 })])
    expect(drafts.referenceOf(later, DRAFT, "STOP-III", "be")).toContain("-2027-")
    expect(drafts.ofNational(state, "BE-77")?.draft).toBe(DRAFT)
    expect(drafts.numberOf(state, "00".repeat(16))).toBeNull()
    expect(() => drafts.referenceOf(state, "00".repeat(16), "STOP-III", "be")).toThrow(RangeError)
  })

  it("passes over what cannot be read", () => {
    const saved = STORIES.drafts[0]?.entries[0]
    if (saved === undefined) throw new Error("the story is gone")
    const broken = [entry({ ...saved, body: { draft: 1 } }), entry({ ...saved, problem: "could not be opened" })]
    expect(drafts.fold(drafts.newDrafts(), broken)).toEqual(drafts.newDrafts())
    expect(deliveries.fold(deliveries.newDeliveries(), [entry({ ...saved, type: "claim" })]).steps.size).toBe(0)
    expect(readMarks.fold(readMarks.newReadMarks(), [entry({ ...saved, type: "read_mark" })]).by_party.size).toBe(0)
    const desk = entry({ ...saved, type: "desk", body: { weekend: 1 } })
    expect(rooms.fold(rooms.newRoom(), [desk])).toEqual(rooms.newRoom())
  })
})

/** Fold in another order and in two halves: both come to the same. */
function both<S>(fold: (state: S, entries: OpenedEntry[]) => S, empty: S, story: Story, seed: number): void {
  const entries = story.entries.map(entry)
  const mixed = shuffled(entries, seed + 3)
  for (let cut = 0; cut <= entries.length; cut += 1) {
    expect(fold(fold(empty, mixed.slice(0, cut)), mixed.slice(cut)), story.name).toEqual(fold(empty, entries))
  }
}
