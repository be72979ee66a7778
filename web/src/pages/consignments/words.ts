/** Write values of a form, and what was said, as a person reads them. */
import type { TimelineLine } from "../../api"
import { countryName, formatDate, formatList, formatNumber, has, i18n, t } from "../../i18n/i18n.svelte"
import { isObject } from "../../templates/paths"
import { countText } from "../../ui/counted"
import { onPaper, onPaperText } from "../../ui/paper.svelte"

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?Z$/
const DAY = /^\d{4}-\d{2}-\d{2}$/

/** Write any value: instants in the reader's time, parts as their values one after the other. */
export function plainText(value: unknown): string {
  if (value === null || value === undefined) return ""
  if (typeof value === "boolean") return t(value ? "consignments.yes" : "consignments.no")
  if (typeof value === "number") return formatNumber(value, { maximumFractionDigits: 6 })
  if (Array.isArray(value)) return formatList((value as unknown[]).map(plainText))
  if (isObject(value)) return Object.values(value).map(plainText).filter((one) => one !== "").join(" · ")
  const text = String(value)
  if (INSTANT.test(text)) return onPaper() ? onPaperText(Date.parse(text)) : formatDate(Date.parse(text), { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" })
  if (DAY.test(text)) return formatDate(Date.parse(text), { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" })
  return text
}

export function partyName(party: string, names: ReadonlyMap<string, string> = new Map()): string {
  return countryName(party) ?? names.get(party) ?? party.toUpperCase()
}

const said = (content: Record<string, unknown>, name: string): string => (typeof content[name] === "string" ? content[name] : "")

/** Say in one line what an entry of the timeline is. */
export function headline(line: TimelineLine): string {
  const content = line.content ?? {}
  const type = line.type
  if (line.kind === "problem") return t("consignments.said_problem")
  if (line.kind === "reminder") return t("consignments.said_reminder")
  if (line.kind === "members") return t("consignments.said_members")
  const part = { answer: "answer", hold: "step", movement: "step", reconciliation: "outcome", status: "state" }[type]
  const exact = part === undefined ? "" : `consignments.said_${type}_${said(content, part)}`
  // A transit Member is told how it closed by a token, in the words of the count.
  const closed = type === "status" && said(content, "outcome") !== "" ? `consignments.said_reconciliation_${said(content, "outcome")}` : ""
  if (closed !== "" && has(closed)) return t(closed)
  if (exact !== "" && has(exact)) return t(exact)
  if (type === "reopening" && originOf(said(content, "about")) !== line.party) return t("consignments.said_reopened")
  if (type === "prenotification") {
    const version = Number(content.version ?? 1)
    return t(version > 1 ? "consignments.said_version" : "consignments.said_prenotification", { version })
  }
  return has(`consignments.said_${type}`) ? t(`consignments.said_${type}`) : type
}

/** Give the Member that announced a reference, by the reference: PN-STOP-III-BE-2026-000005-25. */
function originOf(reference: string): string {
  return reference.split("-").at(-4)?.toLowerCase() ?? ""
}

/** Put the parts of one version into one line: they were sent together, each to its addressee. */
export function together(lines: readonly TimelineLine[]): TimelineLine[] {
  const shown = new Map<string, TimelineLine>()
  for (const line of lines) {
    const part = line.type === "prenotification" && line.content !== null && line.kind === "content"
    const key = part ? `${line.party} ${String(line.content?.version ?? 1)} ${line.mark ?? ""}` : line.id
    const before = shown.get(key)
    if (before === undefined) shown.set(key, part ? { ...line, content: { ...line.content, addressees: [line.content?.addressee] } } : line)
    else {
      const also = [...(before.also ?? []), { channel: line.channel, seq: line.seq, less: line.content?.part === "route" }]
      shown.set(key, { ...before, also, content: { ...before.content, addressees: [...addressees(before), line.content?.addressee] } })
    }
  }
  return [...shown.values()]
}

function addressees(line: TimelineLine): unknown[] {
  const found = line.content?.addressees ?? line.content?.addressee ?? []
  return Array.isArray(found) ? (found as unknown[]) : [found]
}

/** Give the free words of an entry, whoever wrote them. */
export function wordsSaid(line: TimelineLine): string {
  const content = line.content ?? {}
  const text = said(content, "text") || said(content, "reason") || said(content, "remark")
  const why = `consignments.why_${said(content, "reason_code")}`
  // Who chose a reason and wrote no words of theirs sent its label.
  return has(why) && t(why) === text ? "" : text
}

/** Give the plain facts of an entry that its headline does not say. */
export function factsSaid(line: TimelineLine): string[] {
  const content = line.content ?? {}
  const facts: string[] = []
  if (line.type === "prenotification") {
    const to = addressees(line).filter((one): one is string => typeof one === "string")
    if (to.length > 0) facts.push(`${i18n.direction === "rtl" ? "←" : "→"} ${to.map((one) => partyName(one)).join(", ")}`)
  }
  const why = `consignments.why_${said(content, "reason_code")}`
  if (has(why)) facts.push(t(why))
  const place = said(content, "place")
  if (place !== "") facts.push(place)
  if (line.type === "movement" && said(content, "happened_at") !== "") facts.push(plainText(content.happened_at))
  if (said(content, "eta_at") !== "") facts.push(`${t("consignments.eta")} ${plainText(content.eta_at)}`)
  if (said(content, "transport_document") !== "") facts.push(said(content, "transport_document"))
  if (said(content, "replaced_by") !== "") facts.push(said(content, "replaced_by"))
  if (said(content, "arrival_report") !== "") facts.push(`${t("consignments.arrival_report")}: ${said(content, "arrival_report")}`)
  if (line.type === "reconciliation" && Array.isArray(content.lots)) {
    const sum = (name: string): number => (content.lots as Record<string, unknown>[]).reduce((all, lot) => all + Number(lot[name] ?? 0), 0)
    const [missing, excess] = [sum("missing_doses"), sum("excess_doses")]
    const differs = countText({ announced: sum("doses") + missing - excess, missing, excess, damaged: sum("damaged_doses") })
    if (differs !== "") facts.push(differs)
  }
  if (line.type === "leg_update" && Array.isArray(content.legs)) {
    for (const leg of content.legs as Record<string, unknown>[]) {
      const news = ["etd_at", "eta_at", "flight", "awb", "vessel", "voyage", "vehicle", "transport_document"].filter((name) => leg[name] !== undefined && leg[name] !== null)
      facts.push(`${said(leg, "from_place")}–${said(leg, "to_place")} ${news.map((name) => plainText(leg[name])).join(" · ")}`)
    }
  }
  return facts
}
