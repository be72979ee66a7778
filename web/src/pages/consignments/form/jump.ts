/** Go to the field of the form that a path names. */
export function jump(path: string): void {
  const at = document.getElementById(`at-${path}`)
  const control = at?.matches("input, select, textarea") ? at : at?.querySelector<HTMLElement>("input, select, textarea, button")
  at?.scrollIntoView({ block: "center" })
  ;(control ?? at)?.focus({ preventScroll: true })
}
