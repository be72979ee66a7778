import { CspEvaluator } from "csp_evaluator/dist/evaluator.js"
import { Severity } from "csp_evaluator/dist/finding.js"
import { CspParser } from "csp_evaluator/dist/parser.js"
import { expect, test } from "vitest"
import { CONTENT_POLICY } from "../../src/sw/headers"

const found = (policy: string) =>
  new CspEvaluator(new CspParser(policy).csp).evaluate().filter(({ severity }) => severity <= Severity.MEDIUM_MAYBE)

test("the evaluator finds nothing against the content policy but what every policy of one's own origin has", () => {
  expect(found(CONTENT_POLICY).map(({ directive, value }) => `${directive} ${value}`)).toEqual(["script-src 'self'"])
})

test("the evaluator would find what is weak", () => {
  const weak = CONTENT_POLICY.replace("script-src 'self'", "script-src 'self' 'unsafe-inline' https://cdn.example")
  expect(found(weak).length).toBeGreaterThan(1)
})
