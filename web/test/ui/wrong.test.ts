/** Every sentence that a check of a form can give is said in the six languages. */
import { readFileSync, readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { beforeAll, describe, expect, it } from "vitest"
import { speak } from "../../src/i18n/i18n.svelte"
import { LANGUAGES } from "../../src/i18n/languages"
import { sentenceOf, wrongText } from "../../src/i18n/wrong"

const ROOT = new URL("../../../", import.meta.url)
const read = (path: string): string => readFileSync(fileURLToPath(new URL(path, ROOT)), "utf8")
const folder = (path: string): string[] =>
  readdirSync(fileURLToPath(new URL(path, ROOT))).filter((name) => name.endsWith(".ts")).map((name) => path + name)

const LATE = "AE: less than 24 hours before loading: by 2026-08-12T21:40:00Z; KE: after departure: by 2026-08-12T22:00:00Z"
/** What stands for the parts of a sentence that are put in as it is said. */
const FILLED: Readonly<Record<string, string>> = {
  what: "characters", whose: LATE, listed: "goods, route", text: "a quantity needs its unit",
  "NAMES[check]": "air waybill", 'node.enum.join(", ")': "air, sea",
  'node.format === "utc-instant" ? "time" : "day"': "day", "TYPES[node.type][0]": "must be text",
}
const SENTENCE = /["`]((?:must|is|are|do|does|has|names|lies|decides|only \d|the lot|the last|the way begins) [^"`\n]*)["`]/g

function sentences(path: string): string[] {
  const filled = read(path).replace(/\$\{([^}]*)\}/g, (_, name: string) => FILLED[name] ?? "7")
  return [...filled.matchAll(SENTENCE)].map(([, said = ""]) => said)
}

const SOURCES = [
  ...["structure", "rules", "finding_rules", "adaptation", "form"].map((name) => `web/src/templates/${name}.ts`),
  "web/src/desk/checking.ts",
  ...folder("web/src/contents/"),
]
const schema = read("templates/prenotification/1/schema.json")
const all = [
  ...SOURCES.flatMap(sentences),
  ...[...schema.matchAll(/"x-wrong": "([^"]+)"/g)].map(([, said = ""]) => said),
  // One half of a sentence stands in `rules.ts` as an argument of its own.
  ...[...read("web/src/templates/rules.ts").matchAll(/missing\([^,]+, "([^"]+)"\)/g)].map(([, said = ""]) => `is missing; ${said}`),
]

describe("what a check says", () => {
  it("is found in the sources", () => {
    expect(new Set(all).size).toBeGreaterThan(90)
    expect(all).toContain("is missing; a leg by air names its flight")
    expect(all).toContain("must be an SSCC of 18 digits")
  })
  it("is known, each sentence", () => {
    expect([...new Set(all)].filter((said) => sentenceOf(said) === null)).toEqual([])
  })
  it("is not guessed where it is new", () => {
    expect(sentenceOf("must be blue")).toBeNull()
  })

  describe.each(LANGUAGES)("in %s", (language) => {
    beforeAll(() => speak(language))
    it("has words and values of its own", () => {
      for (const text of new Set(all)) {
        const words = wrongText({ text })
        expect(words).not.toMatch(/^wrong\.|[{}]|undefined|NaN|Invalid/)
        if (language !== "en") expect(words).not.toBe(text)
      }
    })
    it("tells each late Member apart", () => {
      const words = wrongText({ text: `is late (${LATE})` })
      expect(words).not.toContain("loading: by")
      expect(words).toMatch(/12/)
      expect(words).toMatch(/24/)
    })
  })

  it("counts as the language counts", async () => {
    await speak("ru")
    const days = (count: number): string => wrongText({ text: `only ${count} days of shelf life are left on arrival` })
    expect([days(1), days(3), days(5)].map((said) => /дн\p{L}+|день/u.exec(said)?.[0])).toEqual(["день", "дня", "дней"])
    await speak("ar")
    expect(days(2)).toContain("يومان")
    expect(days(11)).toContain("11 يومًا")
  })
  it("names the number that does not hold", async () => {
    await speak("fr")
    expect(wrongText({ text: "the last digit of this air waybill is not its check digit" })).toContain("lettre de transport aérien")
    expect(wrongText({ text: "the last digits of this LEI are not its check digits" })).toContain("LEI")
  })
})
