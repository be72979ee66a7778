/** The texts of the six languages: the same keys, the same values asked for, and none that a page misses. */
import { readFileSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { IntlMessageFormat } from "intl-messageformat"
import { describe, expect, it } from "vitest"
import { LANGUAGES, LOADERS } from "../../src/i18n/languages"
import type { Catalogue, Language } from "../../src/i18n/languages"

const SOURCE = fileURLToPath(new URL("../../src", import.meta.url))
const loaded = new Map<Language, Catalogue>()
for (const language of LANGUAGES) loaded.set(language, (await LOADERS[language]()).catalogue)
const english = loaded.get("en") ?? {}

interface Node {
  type: number
  value?: unknown
  options?: Record<string, { value: Node[] }>
}
/** The names of the values that a text asks for. */
function asked(nodes: readonly Node[], into = new Set<string>()): Set<string> {
  for (const node of nodes) {
    // 0 is literal text and 7 the number sign of a plural.
    if (node.type !== 0 && node.type !== 7) into.add(String(node.value))
    for (const option of Object.values(node.options ?? {})) asked(option.value, into)
  }
  return into
}
function names(text: string, language: string): string[] {
  return [...asked(new IntlMessageFormat(text, language, undefined, { ignoreTag: true }).getAst() as Node[])].sort()
}
function plurals(nodes: readonly Node[]): Record<string, unknown>[] {
  return nodes.flatMap((node) => [
    ...(node.type === 6 ? [node.options ?? {}] : []),
    ...Object.values(node.options ?? {}).flatMap((option) => plurals(option.value)),
  ])
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) return sources(path)
    return /\.(svelte|ts)$/.test(entry.name) ? [path] : []
  })
}

describe("catalogues", () => {
  it("has texts", () => {
    expect(Object.keys(english).length).toBeGreaterThan(250)
  })

  describe.each([...loaded])("%s", (language, catalogue) => {
    it("has the keys of the English one", () => {
      expect(Object.keys(catalogue).sort()).toEqual(Object.keys(english).sort())
    })
    it("asks for the same values in every text", () => {
      const differing = Object.entries(catalogue).filter(
        ([key, text]) => names(text, language).join() !== names(english[key] ?? "", "en").join(),
      )
      expect(differing).toEqual([])
    })
    it("has every plural form that the language has", () => {
      // French, Spanish and Portuguese have `many` for millions only, and zero is written `=0` where it differs.
      const wanted = new Intl.PluralRules(language)
        .resolvedOptions()
        .pluralCategories.filter((form) => form !== "zero" && (form !== "many" || language === "ru" || language === "ar"))
      const missing = Object.entries(catalogue).filter(([, text]) =>
        plurals(new IntlMessageFormat(text, language, undefined, { ignoreTag: true }).getAst() as Node[]).some((options) =>
          wanted.some((form) => !(form in options)),
        ),
      )
      expect(missing.map(([key]) => key)).toEqual([])
    })
    it("has no straight quotation marks, which ICU reads as an escape", () => {
      expect(Object.entries(catalogue).filter(([, text]) => /['"]/.test(text))).toEqual([])
    })
    if (language !== "en")
      it("is translated", () => {
        const same = Object.entries(catalogue).filter(([key, text]) => text === english[key] && /\p{L}{4}.*\s\p{L}{3}/u.test(text.replace(/\{[^}]*\}/g, "")))
        expect(same.map(([key]) => key)).toEqual([])
      })
  })

  it("has every text that a page names", () => {
    const missing = new Set<string>()
    let found = 0
    for (const path of sources(SOURCE)) {
      const text = readFileSync(path, "utf8")
      for (const [, key = ""] of text.matchAll(/\bt\(\s*["']([a-z_]+\.[A-Za-z_0-9]+)["']/g)) {
        if (key === "area.key") continue
        found += 1
        if (!(key in english)) missing.add(`${path.slice(SOURCE.length)}: ${key}`)
      }
    }
    expect(found).toBeGreaterThan(100)
    expect([...missing]).toEqual([])
  })
})
