/** What is looked for: in this tab's memory only. An address would keep it in the browser's history. */
let words = $state("")

export const sought = {
  get words(): string {
    return words
  },
  set words(value: string) {
    words = value
  },
}
