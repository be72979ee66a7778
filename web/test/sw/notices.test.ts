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

describe("a hostile push", () => {
  const said = JSON.stringify
  it.each([
    ["a name of 10 kB", said(push({ operation: "A".repeat(10_000) }))],
    ["our words in 10 kB", said(push()).padEnd(10_000)],
    ["our words deep down", `${"[".repeat(2000)}${said(push())}${"]".repeat(2000)}`],
    ["a name one letter too long", said(push({ operation: "A".repeat(25) }))],
    ["a turned name", said(push({ operation: "STOP\u202eIII" }))],
    ["an isolated name", said(push({ operation: "\u2066STOP-III\u2069" }))],
    ["letters that are not seen", said(push({ operation: "STOP\u200bIII" }))],
    ["letters that look alike", said(push({ operation: "ST\u041eP-III" }))],
    ["a second line", said(push({ operation: "STOP-III\nSTOP-IV" }))],
    ["a line's end", said(push({ operation: "STOP-III\n" }))],
    ["a sentence", said(push({ operation: "CALL +1 555 0100" }))],
    ["a pattern", said(push({ operation: "$&" }))],
    ["a list for a name", '{"operation":["STOP-III"],"urgency":"urgent","count":1}'],
    ["an object for a name", '{"operation":{"toString":"STOP-III"},"urgency":"urgent","count":1}'],
    ["a list for an urgency", '{"operation":"STOP-III","urgency":["urgent"],"count":1}'],
    ["an urgency of every object", '{"operation":"STOP-III","urgency":"constructor","count":1}'],
    ["an urgency of nobody", '{"operation":"STOP-III","urgency":"none","count":1}'],
    ["a count of words", '{"operation":"STOP-III","urgency":"urgent","count":"1"}'],
    ["a count beyond all", '{"operation":"STOP-III","urgency":"urgent","count":1e300}'],
    ["a count that the server never tells", '{"operation":"STOP-III","urgency":"urgent","count":1000}'],
    ["a count below nothing", '{"operation":"STOP-III","urgency":"urgent","count":-1}'],
    ["fields from elsewhere", '{"__proto__":{"operation":"STOP-III","urgency":"urgent","count":1}}'],
  ])("%s is one quiet line without its words", (_what, text) => {
    expect(readPushed(text)).toBeNull()
    const { title, options } = noticeOf(readPushed(text), wishes, at("12:00"))
    expect([title, options.body, options.silent, options.tag]).toEqual(["Pratique", "Something waits for you", true, "pratique"])
  })
  it("brings nothing along beside the three fields", () => {
    const text = JSON.stringify({ ...push(), title: "Pay now", icon: "https://evil.example/", tag: "x", data: { url: "//evil.example" } })
    const { title, options } = noticeOf(readPushed(text), wishes, at("12:00"))
    expect(JSON.stringify({ title, options })).not.toMatch(/evil|Pay now/u)
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
    expect(options.renotify).toBe(!silent && urgency !== "routine")
    expect(options.tag).toBe(urgency === "urgent" ? `${operation} urgent` : operation)
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
