/** Every code that a server, a worker or a page can give a person is said in the six languages. */
import { readFileSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { describe, expect, it } from "vitest"
import { speak } from "../../src/i18n/i18n.svelte"
import { LANGUAGES } from "../../src/i18n/languages"
import { problemText } from "../../src/i18n/problems"

const ROOT = fileURLToPath(new URL("../../..", import.meta.url))
const CODE = /"([a-z][a-z0-9]*(?:_[a-z0-9]+)*)"/g
/** Where a code stands: as the first argument of a refusal, or as a field of a failure. */
const PLACES = [
  /new \w*(?:Refused|Error|Mistrusted|Stopped|Counted|Problem|Unavailable|Ended)\(\s*([^,)]{0,120})/g,
  /super\(\s*([^,)]{0,120})/g,
  /\bcode: ([^,}\n]{0,80})/g,
  /\bcode = ([^,)\n]{0,80})/g,
]
/** Codes of what is wrong in a form, which `wrong.test.ts` holds, and words that are no code. */
const ELSEWHERE = new Set([
  "late", "missing", "rule", "wrong_form", "not_in_list", "part", "template", "transit", "row", "fields", "cost", "length", "string", "code_label",
])

function files(folder: string, ending: RegExp): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name)
    return entry.isDirectory() ? files(path, ending) : ending.test(entry.name) ? [path] : []
  })
}
function inPlaces(text: string): string[] {
  return PLACES.flatMap((place) => [...text.matchAll(place)].flatMap(([, told = ""]) => [...told.matchAll(CODE)].map(([, code = ""]) => code)))
}
/** The names of a table of reasons. */
function reasons(path: string): string[] {
  const table = /const REASONS[^{]*\{([^}]*)\}/.exec(readFileSync(join(ROOT, path), "utf8"))?.[1] ?? ""
  return [...table.matchAll(/^\s+([a-z_]+):/gm)].map(([, code = ""]) => code)
}

const ours = files(join(ROOT, "web/src"), /\.(ts|svelte)$/).flatMap((path) => inPlaces(readFileSync(path, "utf8")))
const engine = [...readFileSync(join(ROOT, "engine/src/errors.ts"), "utf8").matchAll(/`([a-z_]+)`/g)].map(([, code = ""]) => code)
const server = Object.keys(JSON.parse(readFileSync(join(ROOT, "schemas/problems.json"), "utf8")) as object)
const marks = [...reasons("web/src/desk/rehearsing.ts"), ...reasons("web/src/desk/drafting.ts")]
const all = [...new Set([...ours, ...engine, ...server, ...marks])].filter((code) => !ELSEWHERE.has(code)).sort()

describe("the code of a failure", () => {
  it("is found where it is made", () => {
    expect(all.length).toBeGreaterThan(180)
    expect(all).toEqual(expect.arrayContaining(["stale_epoch", "store_full", "wrong_committer", "not_your_leg", "wrong_passphrase", "not_the_author"]))
  })
  it.each(LANGUAGES)("has a sentence in %s", async (language) => {
    await speak(language)
    expect(all.filter((code) => problemText(code) === null)).toEqual([])
    for (const code of all) expect(problemText(code)).not.toMatch(/^[a-z]+\.[a-z_]+$|[{}]|undefined/i)
  })
  it("is not guessed where it is new", () => {
    expect(problemText("never_heard_of")).toBeNull()
  })
})
