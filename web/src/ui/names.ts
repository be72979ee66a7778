/** Give an office's own part of `<party>/<office>`. */
export function officeName(office: string | undefined): string {
  return office === undefined ? "" : office.slice(office.indexOf("/") + 1)
}
