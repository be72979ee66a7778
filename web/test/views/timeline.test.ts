import { describe, expect, it } from "vitest"
import { utf8 } from "../../src/wire/bytes"
import { about, apply, fold, newTimeline, readLine, referenceOf } from "../../src/views/timeline"
import { entry, shuffled, stories } from "./entries"

const STORY = stories("board").find((one) => one.name.startsWith("a consignment through transit"))
const ENTRIES = (STORY?.entries ?? []).map(entry)
const [FIRST] = ENTRIES
if (FIRST === undefined) throw new Error("the story is gone")

describe("timeline", () => {
  it("is the same however the entries come in", () => {
    const whole = fold(newTimeline(), ENTRIES)
    expect(whole.lines.length).toBe(ENTRIES.length)
    const order = whole.lines.map(({ entry: one }) => one.at_ms)
    expect(order).toEqual([...order].sort((a, b) => a - b))
    for (let seed = 0; seed < 20; seed += 1) {
      const mixed = shuffled(ENTRIES, seed)
      const half = fold(newTimeline(), mixed.slice(0, seed))
      expect(mixed.slice(seed).reduce(apply, half)).toEqual(whole)
      expect(fold(whole, mixed)).toBe(whole)
    }
  })

  it("makes a line with a problem of what cannot be read", () => {
    const closed = readLine({ ...FIRST, problem: "could not be opened, epoch 7", type: "", body: utf8("") })
    expect(closed).toMatchObject({ content: null, problem: "could not be opened, epoch 7" })
    const broken = readLine({ ...FIRST, body: utf8('{"part":"goods"}') })
    expect(broken.content).toBeNull()
    expect(broken.problem).toContain("the content breaks its form: reference: is missing")
    expect(readLine({ ...FIRST, type: "horoscope" })).toMatchObject({ content: null, problem: null })
  })

  it("picks out one consignment", () => {
    const timeline = fold(newTimeline(), ENTRIES)
    const reference = referenceOf(readLine(FIRST)) ?? ""
    expect(about(timeline, reference)).toEqual(timeline.lines)
    expect(about(timeline, "PN-none")).toEqual([])
    const hello = { ...FIRST, type: "message", body: utf8('{"text": "hello"}'), seq: 99 }
    expect(referenceOf(readLine(hello))).toBeNull()
    expect(about(fold(timeline, [hello, hello]), reference)).toEqual(timeline.lines)
  })
})
