/** Write tables as CSV that spreadsheets read as text: no cell of others' words becomes a formula. */

const FORMULA = /^[\s]*[=+\-@\t\r]/u
/** Where the list separator is no comma, a spreadsheet cuts at others' signs and ends no quotes: a cell may begin there. */
const BEGINS = /([;\t\r\n]\s*)(?=[=+\-@])/gu
const BOM = "\ufeff"

/** Give the rows as RFC 4180 text; a cell that a spreadsheet would compute begins with an apostrophe. */
export function csv(rows: readonly (readonly string[])[]): string {
  return BOM + rows.map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n"
}

function cell(text: string): string {
  const safe = (FORMULA.test(text) ? `'${text}` : text).replace(BEGINS, "$1'")
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Hand a file to the person. */
export function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }))
  const link = document.createElement("a")
  link.href = url
  link.download = name
  link.click()
  // The download has begun with the click; the browser holds the bytes from then on.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
