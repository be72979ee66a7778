/** What two versions say differently around the form: how soon, why, whether an answer is asked, who may read on. */
import type { ConsignmentPage } from "../../api"
import { t } from "../../i18n/i18n.svelte"
import type { Change } from "../../templates/changes"
import { type VersionView, viewOf } from "./one/page"

const MATERIAL: ReadonlySet<string> = new Set(["mode"])
const WORDS: Readonly<Record<string, (value: string) => string>> = {
  urgency: (value) => t(`state.${value}`),
  mode: (value) => t(`consignments.mode_${value}`),
}
type Said = Readonly<Record<string, unknown>>

/** Give the differences as a person reads them; reasons for odd values stand beside their values. */
export function around(before: Said, after: Said): Change[] {
  return ["urgency", "urgency_reason", "mode", "tlp", "relates_to"].flatMap((path) => {
    const [was, is] = [shown(path, before[path]), shown(path, after[path])]
    return was === is ? [] : [{ path, before: was, after: is, material: MATERIAL.has(path) }]
  })
}

/** Give what each version says other than the one before, around the form as well. */
export function versionsOf(page: ConsignmentPage): VersionView[] {
  const said = (version: number): Said | null => {
    const lines = page.timeline.filter((line) => line.type === "prenotification" && line.mark === undefined && line.content?.version === version)
    const line = lines.find((one) => one.content?.part === "goods") ?? lines[0]
    return line === undefined ? null : { ...line.content, urgency: line.urgency }
  }
  return viewOf(page).versions.map((one) => {
    const [before, after] = [said(one.version - 1), said(one.version)]
    return before === null || after === null ? one : { ...one, changes: [...around(before, after), ...one.changes] }
  })
}

function shown(path: string, value: unknown): string | null {
  if (Array.isArray(value)) return value.length === 0 ? null : value.join(", ")
  if (typeof value !== "string" || value === "") return null
  return WORDS[path]?.(value) ?? value
}
