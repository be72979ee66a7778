/** Says that bytes from outside were refused: a stable `code`, and a `detail` for people that never quotes them. */
export class Refused extends Error {
  constructor(
    readonly code: string,
    readonly detail: string,
  ) {
    super(`${code}: ${detail}`)
    this.name = new.target.name
  }
}
