import { describe, expect, it } from "vitest"
import type { OpenedEntry } from "../../src/client/opened"
import * as boards from "../../src/views/board"
import { legShown } from "../../src/views/consignment"
import { overdue } from "../../src/views/flags"
import { entry, shuffled, stories, type Story } from "./entries"

const STORIES = stories("board")

function boardOf(story: Story, entries: readonly OpenedEntry[], start = boards.newBoard(story.coordinators)) {
  return boards.fold(start, entries)
}

function written(board: boards.Board, nowMs: number): string {
  return JSON.stringify(boards.toJson(board, nowMs).consignments)
}

function whole(): { entries: OpenedEntry[]; story: Story } {
  const story = STORIES.find((one) => one.name.startsWith("a consignment through transit"))
  if (story === undefined) throw new Error("the story is gone")
  return { story, entries: story.entries.map(entry) }
}

describe("board", () => {
  it("has every vector", () => {
    const readers = STORIES.reduce((sum, story) => sum + (story.readers?.length ?? 0), 0)
    console.log(`board: ${STORIES.length} stories, ${readers} of them for readers of some lanes`)
    expect(STORIES.length).toBeGreaterThanOrEqual(126)
    const moves = new Set(STORIES.flatMap((story) => story.transition ?? []))
    expect([...moves].sort((a, b) => a - b)).toEqual(Array.from({ length: 23 }, (_, number) => number + 4))
  })

  it.each(STORIES)("$name", (story) => {
    const entries = story.entries.map(entry)
    const board = boardOf(story, entries)
    expect(boards.toJson(board, story.now_ms).consignments).toEqual(story.consignments)
    expect(written(board, story.now_ms)).toBe(JSON.stringify(story.consignments))
    for (const reader of story.readers ?? []) {
      const seen = boardOf(story, entries.filter((one) => reader.logs.includes(one.channel)))
      expect(written(seen, story.now_ms)).toBe(JSON.stringify(reader.consignments))
    }
    if (story.shown === undefined) return
    const delivered = (log: string, party: string) =>
      story.delivered?.find((one) => one.log === log && one.party === party)?.seq ?? 0
    const legs = boards.ordered(board).flatMap((one) => one.legs)
    expect(Object.fromEntries(legs.map((leg) => [leg.party, legShown(leg, delivered)]))).toEqual(story.shown)
  })

  it("does not depend on how the entries come in", () => {
    for (const [number, story] of STORIES.entries()) {
      const entries = story.entries.map(entry)
      const board = boardOf(story, entries)
      let state = boards.newBoard(story.coordinators)
      for (const one of [...shuffled(entries, number), ...shuffled(entries, number + 7).slice(0, 3)]) {
        state = boards.apply(state, one)
      }
      expect(state, story.name).toEqual(board)
      for (let cut = 0; cut <= entries.length; cut += 1) {
        const half = boardOf(story, entries.slice(0, cut))
        expect(boardOf(story, entries.slice(cut), half), story.name).toEqual(board)
      }
    }
  })

  it("does not touch an earlier fold", () => {
    const { entries } = whole()
    const half = boards.fold(boards.newBoard(), entries.slice(0, 1))
    const before = written(half, 0)
    boards.fold(half, entries.slice(1))
    expect(written(half, 0)).toBe(before)
    expect(boards.fold(half, entries.slice(0, 1))).toBe(half)
  })

  it("holds nothing late before its time, and never what has ended", () => {
    const { entries } = whole()
    expect(overdue(boards.fold(boards.newBoard(), entries), Number.MAX_SAFE_INTEGER)).toEqual([])
    const sent = boards.fold(boards.newBoard(), entries.slice(0, 2))
    const late = overdue(sent, (entries[0]?.at_ms ?? 0) + 30 * 3_600_000)
    expect(late.map((one) => one.flag)).toEqual(["OVERDUE_ACK", "OVERDUE_ACK"])
    expect(overdue(sent, late[0]?.since_ms ?? 0)).toEqual([])
  })

  it("rehearses every last word without saying it", () => {
    let marks = 0
    for (const story of STORIES) {
      const entries = story.entries.map(entry).sort((a, b) => a.at_ms - b.at_ms)
      const board = boardOf(story, entries.slice(0, -1))
      const after = boardOf(story, entries)
      const last = entries.at(-1)
      const said = [...after.said.values()].flat().find((one) => one.place.at_ms === last?.at_ms)
      if (last === undefined || said === undefined || said.place.seq !== last.seq) continue
      const mark = boards.rehearse(board, last.party, last.channel, said.content, last.at_ms)
      const expected = said.mark === "not_agreed_by_ocu" ? null : said.mark
      expect(mark, story.name).toBe(expected)
      marks += mark === null ? 0 : 1
      expect(boardOf(story, entries.slice(0, -1))).toEqual(board)
    }
    expect(marks).toBeGreaterThan(30)
  })
})
