/** The templates follow the vectors that Python runs. */

import { beforeAll, describe, expect, test } from "vitest"
import "../tables"
import { AdaptationRefused, load, type Problem } from "../../src/templates"
import { FINDINGS } from "../../src/templates/finding_rules"
import { RULES } from "../../src/templates/rules"
import { type Case, caseForm, casePart, FORMS, valueAt, vectors } from "./forms"

const TEMPLATE = load("prenotification/1")
const PROBLEMS = vectors<(Case & { expect: unknown[] })[]>("templates/problems")
const FOUND = vectors<(Case & { overrides?: { field: string }[]; expect: unknown[] })[]>("templates/findings")
const PROJECTIONS = vectors<(Case & { expect_form?: string; expect: unknown })[]>("templates/projections")
const PATHS = vectors<(Case & { expect: string | null })[]>("templates/paths")
const CHANGES = vectors<(Case & { expect: unknown[] })[]>("templates/changes")
const FILLED = vectors<(Case & { expect: Record<string, unknown> })[]>("templates/filled")
interface AdaptationCase extends Case {
  adaptation: { hide?: string[]; require?: string[]; default?: Record<string, unknown> }
  refused?: string[]
  problems?: unknown[]
  filled?: Record<string, unknown>
}
const ADAPTATIONS = vectors<AdaptationCase[]>("templates/adaptations")

beforeAll(() => TEMPLATE.findingsReady())

const told = (found: readonly Problem[]) => found.map((one) => [one.path, one.code])

test("there are as many cases as there were, or more", () => {
  const counts = [PROBLEMS, FOUND, PROJECTIONS, PATHS, CHANGES, FILLED, ADAPTATIONS].map((one) => one.length)
  const least = [106, 31, 4, 9, 22, 5, 25]
  expect(counts.every((count, at) => count >= least[at]!), `${counts.join(", ")} cases`).toBe(true)
})

test.each(Object.entries(FORMS))("form %s has no problems", (_, { form, part, kind }) => {
  expect(TEMPLATE.problems(form, part ?? "goods", kind)).toEqual([])
})

describe("problems", () => {
  test.each(PROBLEMS)("$name", (one) => {
    expect(told(TEMPLATE.problems(caseForm(one), ...casePart(one)))).toEqual(one.expect)
  })
})

describe("findings", () => {
  test.each(FOUND)("$name", (one) => {
    const [form, where] = [caseForm(one), casePart(one)]
    expect(TEMPLATE.problems(form, ...where)).toEqual([])
    expect(told(TEMPLATE.findings(form, one.overrides ?? [], ...where))).toEqual(one.expect)
  })
})

test("every rule has a case that breaks it", () => {
  const broken = (cases: readonly (Case & { expect: unknown[] })[]) =>
    new Set(cases.filter((one) => one.rule && one.expect.length > 0).map((one) => one.rule))
  expect(broken(PROBLEMS)).toEqual(new Set(RULES.keys()))
  expect(broken(FOUND)).toEqual(new Set(FINDINGS.keys()))
  expect(new Set(TEMPLATE.schema["x-rules"].map((one) => one.rule))).toEqual(new Set(RULES.keys()))
  expect(new Set(TEMPLATE.schema["x-findings"].map((one) => one.rule))).toEqual(new Set(FINDINGS.keys()))
})

describe("projections", () => {
  test.each(PROJECTIONS)("$name", (one) => {
    const form = caseForm(one)
    expect(TEMPLATE.problems(form)).toEqual([])
    const seen = TEMPLATE.project(form, one.party)
    expect(seen).toEqual(one.expect_form ? FORMS[one.expect_form]!.form : one.expect)
    expect(TEMPLATE.problems(seen, "route")).toEqual([])
  })
})

describe("paths", () => {
  test.each(PATHS)("$form, $party: $path", (one) => {
    expect(TEMPLATE.routePath(caseForm(one), one.party, one.path)).toBe(one.expect)
  })
})

describe("changes", () => {
  test.each(CHANGES)("$name", (one) => {
    const found = TEMPLATE.changes(FORMS[one.form]!.form, caseForm(one), one.part ?? "goods")
    expect(found.map(({ path, before, after, material }) => [path, before, after, material])).toEqual(one.expect)
  })
})

describe("filled", () => {
  test.each(FILLED)("$name", (one) => {
    const form = caseForm(one)
    const asWritten = structuredClone(form)
    const made = TEMPLATE.filled(form)
    expect(Object.keys(one.expect).map((path) => valueAt(made, path))).toEqual(Object.values(one.expect))
    expect(form).toEqual(asWritten)
    expect(TEMPLATE.filled(made)).toEqual(made)
  })
})

describe("adaptations", () => {
  test.each(ADAPTATIONS)("$name", (one) => {
    const adapted = () => TEMPLATE.adapted({ hide: [], require: [], default: {}, ...one.adaptation })
    if (one.refused) {
      expect(() => adapted()).toThrow(AdaptationRefused)
      try {
        adapted()
      } catch (error) {
        expect((error as AdaptationRefused).problems.map((problem) => problem.path)).toEqual(one.refused)
      }
      return
    }
    const template = adapted()
    expect(template.id).toBe(TEMPLATE.id)
    if (one.problems) {
      expect(told(template.problems(caseForm(one)))).toEqual(one.problems)
      return
    }
    const made = template.filled(caseForm(one))
    expect(Object.keys(one.filled!).map((path) => valueAt(made, path))).toEqual(Object.values(one.filled!))
    expect([template.problems(made), TEMPLATE.problems(made)]).toEqual([[], []])
  })
})
