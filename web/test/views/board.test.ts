import { describe, expect, it } from "vitest"
import type { OpenedEntry } from "../../src/client/opened"
import * as boards from "../../src/views/board"
import { makeReference } from "../../src/contents/fields"
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
    expect(STORIES.length).toBeGreaterThanOrEqual(128)
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

  it("folds three thousand entries in proportion", () => {
    const entries = many(1000)
    const spent = (count: number) => {
      const before = process.cpuUsage()
      expect(boards.fold(boards.newBoard(), entries.slice(0, count)).consignments.size).toBe(count / 3)
      const { user, system } = process.cpuUsage(before)
      return user + system
    }
    spent(3000) // the first time is the compiler's
    const few = Math.min(spent(300), spent(300), spent(300))
    expect(spent(3000)).toBeLessThan(40 * few)
  })
})

/** Give the entries of so many consignments: announced, acknowledged, departed. */
function many(count: number): OpenedEntry[] {
  const { story } = whole()
  const types = ["prenotification", "acknowledgement", "movement"]
  const lane = story.entries.filter((one) => one.log === story.entries[0]?.log)
  const [part, seen, left] = types.map((type) => lane.find((one) => one.type === type))
  if (part === undefined || seen === undefined || left === undefined) throw new Error("the story has changed")
  return Array.from({ length: count }, (_, number) => {
    const reference = makeReference("STOP-III", "be", 2026, number)
    const head = { about: reference, follows: { log: part.log, seq: 3 * number + 1 } }
    const id = number.toString(16).padStart(32, "0")
    return [
      entry({ ...part, seq: 3 * number + 1, body: { ...(part.body as object), reference } }),
      entry({ ...seen, seq: 3 * number + 2, body: { ...(seen.body as object), ...head, id } }),
      entry({ ...left, seq: 3 * number + 3, body: { ...(left.body as object), ...head, id: `f${id.slice(1)}` } }),
    ]
  }).flat()
}
