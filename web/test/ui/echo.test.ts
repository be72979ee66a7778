/** A date that was typed stands under its field in words, so that nobody takes 03/04 for another day. */
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { speak } from "../../src/i18n/i18n.svelte"
import { echoOf } from "../../src/ui/echo"

const zone = process.env["TZ"]

describe("what was typed into a field of the browser's", () => {
  beforeAll(() => speak("en"))
  afterAll(async () => {
    if (zone === undefined) delete process.env["TZ"]
    else process.env["TZ"] = zone
    await speak("en")
  })

  it.each([
    ["date", "2027-03-04", "4 March 2027"],
    ["time", "22:00", "22:00"],
    ["datetime-local", "2026-11-22T11:00", "Sunday 22 November 2026 at 11:00 UTC; your time: 14:00"],
    ["datetime-local", "2026-11-22T22:30", "Sunday 22 November 2026 at 22:30 UTC; your time: Monday 23 November at 01:30"],
    ["date", "", undefined],
    ["datetime-local", "", undefined],
    ["text", "2027-03-04", undefined],
  ])("%s %s is said in words", (type, value, said) => {
    process.env["TZ"] = "Africa/Nairobi"
    expect(echoOf(type, value)?.replace("Sunday, ", "Sunday ").replace("Monday, ", "Monday ")).toBe(said)
  })
  it("says one time only to who lives by it, and everything in the reader's language", async () => {
    process.env["TZ"] = "UTC"
    expect(echoOf("datetime-local", "2026-11-22T11:00")).toMatch(/ 11:00 UTC$/)
    await speak("fr")
    expect(echoOf("date", "2027-03-04")).toBe("4 mars 2027")
  })
})
