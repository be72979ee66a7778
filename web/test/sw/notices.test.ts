import { describe, expect, it } from "vitest"
import { LANGUAGES } from "../../src/i18n/languages"
import { noticeOf, readPushed, type NoticeRecord, type Pushed } from "../../src/sw/notices"
import { quietNow } from "../../src/sw/quiet"

const at = (text: string): Date => new Date(`2026-11-22T${text}:00`)
const wishes: NoticeRecord = {
  language: "en", quiet: { from: "22:00", until: "06:00" }, least: { "STOP-III": "priority", HYGIEA: "none" },
}
const push = (some: Partial<Pushed> = {}): Pushed => ({ operation: "STOP-III", urgency: "urgent", count: 1, ...some })

describe("what a push says", () => {
  it("is read with the spaces that make all of one size", () => {
    const text = JSON.stringify(push({ count: 3 })).padEnd(128)
    expect(readPushed(text)).toEqual({ operation: "STOP-III", urgency: "urgent", count: 3 })
  })
  it.each([
    "", "null", "[]", "{", '"x"', "{}", '{"operation":"STOP-III","urgency":"urgent"}', '{"operation":"<b>","urgency":"urgent","count":1}',
    '{"operation":"STOP-III","urgency":"now","count":1}', '{"operation":"STOP-III","urgency":"urgent","count":0}',
    '{"operation":"STOP-III","urgency":"urgent","count":1.5}', '{"operation":7,"urgency":"urgent","count":1}',
  ])("is not read where it is not ours: %s", (text) => {
    expect(readPushed(text)).toBeNull()
  })
})

describe("what is shown of it", () => {
  it.each([
    ["urgent", "STOP-III", "12:00", false], ["urgent", "STOP-III", "23:00", false], ["priority", "STOP-III", "12:00", false],
    ["priority", "STOP-III", "23:00", true], ["routine", "STOP-III", "12:00", true], ["urgent", "HYGIEA", "12:00", true],
    ["routine", "DEMETER", "12:00", false], ["routine", "DEMETER", "03:00", true],
  ] as const)("%s in %s at %s: silent %s", (urgency, operation, time, silent) => {
    const { options } = noticeOf(push({ urgency, operation }), wishes, at(time))
    expect(options.silent).toBe(silent)
    expect(options.renotify).toBe(!silent)
    expect(options.tag).toBe(operation)
  })
  it.each([...LANGUAGES])("names the operation and nothing else, in %s", (language) => {
    const { title, options } = noticeOf(push({ count: 4 }), { ...wishes, language }, at("12:00"))
    expect(title).toBe("Pratique")
    expect(options.body).toMatch(/STOP-III.*\(4\)|\(4\).*STOP-III/)
    expect(options.dir).toBe(language === "ar" ? "rtl" : "ltr")
    expect(noticeOf(push({ urgency: "routine" }), { ...wishes, language }, at("12:00")).options.body).not.toBe(
      noticeOf(push(), { ...wishes, language }, at("12:00")).options.body,
    )
  })
  it("speaks in the person's language", () => {
    expect(noticeOf(push(), { ...wishes, language: "fr" }, at("12:00")).options.body).toBe("Un élément urgent dans STOP-III")
    expect(noticeOf(push(), wishes, at("12:00")).options.body).toBe("An urgent item in STOP-III")
  })
  it("is something quiet where the push is not ours or nothing is known", () => {
    expect(noticeOf(null, null, at("12:00")).options).toMatchObject({ body: "Something waits for you", silent: true })
    expect(noticeOf(push(), null, at("03:00")).options.silent).toBe(false)
  })
})

describe("quiet hours", () => {
  it.each([
    ["22:00", "06:00", "21:59", false], ["22:00", "06:00", "22:00", true], ["22:00", "06:00", "05:59", true], ["22:00", "06:00", "06:00", false],
    ["12:00", "13:00", "12:30", true], ["12:00", "13:00", "13:00", false], ["08:00", "08:00", "08:00", false],
  ])("from %s until %s, at %s: %s", (from, until, time, quiet) => {
    expect(quietNow({ from, until }, at(time))).toBe(quiet)
  })
  it("are not where none are set", () => {
    expect(quietNow(null, at("03:00"))).toBe(false)
  })
})
