/** One field that is wrong, and how; `path` reads like goods[0].lots[1].expiry. */
export interface Problem {
  readonly path: string
  readonly text: string
  /** These block: missing, unknown_field, wrong_form, out_of_range, rule; others ask for a reason. */
  readonly code: string
}

export function problem(path: string, text: string, code: string): Problem {
  return { path, text, code }
}
