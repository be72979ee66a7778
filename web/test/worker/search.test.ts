/** What is shown of a hit: the words around it, and of a consignment its numbers and not its name again. */
import { describe, expect, it } from "vitest"
import { excerpt } from "../../src/worker/search"

const FORM = "Measles vaccine · Scheldt NV · Rijksweg 12, 2870 Puurs · National Vaccine Store · Cold Chain Road 4"
const CONSIGNMENT = { kind: "consignment", title: "PN-1 KE-77", text: FORM, about: "Measles vaccine" } as const

describe("an excerpt", () => {
  it("of a consignment that its name answers is told from the beginning", () => {
    expect(excerpt(CONSIGNMENT, ["vaccine"])).toMatch(/^PN-1 KE-77 · Scheldt NV · Rijksweg/)
  })
  it("asks its name for what was typed, not for all that is like it", () => {
    expect(excerpt(CONSIGNMENT, ["vaccine", "vaccines"], ["vaccin"])).toMatch(/^PN-1 KE-77 · Scheldt NV/)
  })
  it("begins with the part that has the hit", () => {
    expect(excerpt(CONSIGNMENT, ["store"])).toBe("PN-1 KE-77 · …National Vaccine Store · Cold Chain Road 4")
  })
  it("of a long message shows what stands around", () => {
    const text = `${"a ".repeat(200)}seal ${"b ".repeat(200)}`
    const shown = excerpt({ kind: "message", title: "Duty", text, about: "" }, ["seal"])
    expect(shown).toMatch(/^…(a ){20,}seal (b ){20,}b?…$/)
    expect(shown.length).toBeLessThan(170)
  })
  it("of what has no words is none", () => {
    expect(excerpt({ kind: "channel", title: "Duty", text: "", about: "" }, ["duty"])).toBe("")
  })
})
