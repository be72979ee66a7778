/** Trusted Types: scripts start from this page's own origin only, and only through here. */
interface Policy {
  createScriptURL(url: string): unknown
}
interface Factory {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): Policy
}

let policy: Policy | undefined

/** Give the address of an own script in the form that `new Worker` and `register` take under the content policy. */
export function scriptUrl(url: string): string {
  const { trustedTypes } = globalThis as { trustedTypes?: Factory }
  // A browser without Trusted Types takes the text.
  policy ??= trustedTypes?.createPolicy("pratique", { createScriptURL: own }) ?? { createScriptURL: own }
  return policy.createScriptURL(url) as string
}

function own(given: string): string {
  const whole = new URL(given, location.href)
  if (whole.origin !== location.origin) throw new TypeError("scripts come from this page's own origin")
  return whole.href
}
