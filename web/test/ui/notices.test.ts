import { describe, expect, it } from "vitest"
import type { Preferences } from "../../src/api"
import { strength } from "../../src/pages/door/strength"
import { wanted } from "../../src/shell/announcing.svelte"
import { quietNow } from "../../src/sw/quiet"

const at = (text: string): Date => new Date(`2026-11-22T${text}:00`)
const preferences: Preferences = {
  language: "en", theme: "system", density: "comfortable", auto_lock_s: 900, read_receipts: true, push: false, mail: null, sound: false,
  notify: [{ operation: "a", least: "priority" }, { operation: "b", least: "none" }], quiet: { from: "22:00", until: "06:00" },
}

describe("quiet hours", () => {
  it.each([
    ["21:59", false], ["22:00", true], ["23:59", true], ["00:00", true], ["05:59", true], ["06:00", false], ["12:00", false],
  ])("over midnight, at %s: %s", (time, quiet) => {
    expect(quietNow({ from: "22:00", until: "06:00" }, at(time))).toBe(quiet)
  })
  it.each([["11:59", false], ["12:00", true], ["13:00", false]])("over noon, at %s: %s", (time, quiet) => {
    expect(quietNow({ from: "12:00", until: "13:00" }, at(time))).toBe(quiet)
  })
  it("is never quiet without hours", () => {
    expect(quietNow(null, at("03:00"))).toBe(false)
  })
})

describe("what is told", () => {
  it.each([
    ["a", "routine", "12:00", false], ["a", "priority", "12:00", true], ["a", "priority", "23:00", false], ["a", "urgent", "23:00", true],
    ["b", "urgent", "12:00", false], ["c", "routine", "12:00", true], ["c", "routine", "23:00", false],
  ] as const)("operation %s, %s, at %s: %s", (operation, urgency, time, told) => {
    expect(wanted({ operation, urgency }, preferences, at(time))).toBe(told)
  })
})

describe("the strength of a passphrase", () => {
  it.each([
    ["", 0], ["short one", 0], ["aaaaaaaaaaaaaaaa", 1], ["password-password-1", 1], ["correct horse", 1], ["salt lamp river", 2],
    ["harbour salt lamp river nine", 3], ["вода камень лампа берег снег", 3],
  ])("%s: %i", (passphrase, level) => {
    expect(strength(passphrase).level).toBe(level)
  })
})
