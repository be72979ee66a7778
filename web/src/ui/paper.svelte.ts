/** What is printed is read tomorrow and elsewhere: on paper every instant says its date and its zone. */
import { MediaQuery } from "svelte/reactivity"
import { formatDate } from "../i18n/i18n.svelte"

const print = new MediaQuery("print")

/** Whether the page is shown as it is printed. */
export function onPaper(): boolean {
  return print.current
}

/** Write an instant for whoever reads it later and elsewhere. */
export function onPaperText(ms: number): string {
  return formatDate(ms, { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" })
}
