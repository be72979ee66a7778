/** What went wrong, for the person reading; `code` is stable, `field` a path in the form where there is one. */
export interface Failure {
  code: string
  detail: string
  hint?: string
  problems?: FieldProblem[]
}
export interface FieldProblem {
  path: string
  text: string
  code: string
}
