/** Names and references inside a sentence keep their own direction, and choose no form of it. */
import { afterAll, describe, expect, it } from "vitest"
import { apart, formatList, formatNumber, isolated, speak, t } from "../../src/i18n/i18n.svelte"

const APART = (text: string): string => `\u2068${text}\u2069`

describe("a value put into a sentence", () => {
  afterAll(() => speak("en"))

  it("stands as it is where everything runs one way", async () => {
    await speak("en")
    expect(t("today.kind_query", { party: "Belgium" })).toBe("Belgium asks you a question")
  })
  it("is kept apart where it runs against the sentence", async () => {
    await speak("en")
    expect(t("consignments.sent_as", { reference: "ميناء" })).toBe(`Sent as ${APART("ميناء")}.`)
    await speak("ar")
    expect(t("consignments.sent_as", { reference: "PN-STOP-III-BE-2026-000001-21" })).toContain(APART("PN-STOP-III-BE-2026-000001-21"))
    expect(formatList(["BE", "KE"])).toContain(APART("KE"))
  })
  it("cannot turn what comes after it", async () => {
    await speak("en")
    expect(t("consignments.sent_as", { reference: "a\u202egpj.exe" })).toBe("Sent as a\ufffdgpj.exe.")
    expect(isolated("\u2069\u202eميناء")).toBe(APART("\ufffdميناء"))
    expect(isolated("\u2067ميناء")).toBe(APART("\u2067ميناء\u2069"))
    // A list that is put into a sentence keeps its names apart from each other.
    expect(isolated(`${APART("ميناء")}, ${APART("BE")}`)).toBe(APART(`${APART("ميناء")}, ${APART("BE")}`))
  })
  it("keeps the sign before its number", async () => {
    await speak("ar")
    expect(formatNumber(-90, { style: "unit", unit: "celsius", unitDisplay: "short" })).toMatch(/^\u2066[-\u2212]90\u2069\u00a0°/)
    expect(formatNumber(1_234)).toBe("1,234")
    await speak("en")
    expect(formatNumber(-90)).toBe("-90")
  })
  it("keeps an example in a text of ours in order", async () => {
    await speak("ar")
    expect(t("wrong.form_date")).toContain("\u20662027-\u206003-\u206031\u2069")
    expect(apart("مثل 2026-08-12T21:40Z.")).toBe("مثل \u20662026-\u206008-\u206012T21:40Z\u2069.")
    await speak("en")
    expect(apart("such as 2026-08-12T21:40Z.")).toBe("such as 2026-08-12T21:40Z.")
  })
  it("still chooses between forms and counts", async () => {
    await speak("ar")
    expect(t("wrong.check_digit", { what: "awb" })).toContain("بوليصة الشحن الجوي")
    expect(t("consignments.count", { count: 2 })).toBe("شحنتان")
  })
})
