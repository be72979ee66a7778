/** Say what a line of a channel tells: who came and went, what happened to a consignment, why something stays closed. */
import type { ChannelRow, TimelineLine } from "../../api"
import { formatList, formatNumber, has, t } from "../../i18n/i18n.svelte"
import { partyName } from "../../ui/names.svelte"
import { reasonsOf } from "../party/logged"
import { shownText } from "./mentioning"
import { deviceOf } from "./people"

const DAY_S = 86_400

/** Keep a name's own direction inside a sentence of another one. */
const apart = (name: string): string => `\u2068${name}\u2069`

export { partyName } from "../../ui/names.svelte"

/** Name a device as in a sentence: whose, then which. */
export function deviceName(uri: string): string {
  const { party, person, device } = deviceOf(uri)
  return apart(t("channels.device_of", { party: party.toUpperCase(), person: apart(shownText(person)), device: apart(shownText(device)) }))
}

const CHANGES = ["seated", "unseated", "added", "removed", "revoked", "rejoining"] as const

/** Say each change of members that a line tells. */
export function changesOf(line: TimelineLine): string[] {
  const party = apart(partyName(line.party))
  const changes = CHANGES.flatMap((kind) => {
    const told = line.content?.[kind]
    const all = Array.isArray(told) ? told.filter((one): one is string => typeof one === "string") : []
    if (all.length === 0) return []
    const named = kind === "seated" || kind === "unseated" ? all.map(apart) : all.map(deviceName)
    return [t(`channels.change_${kind}`, { party, count: all.length, names: formatList(named) })]
  })
  return [...changes, ...reasonsOf(line)]
}

/** Name what was said about a consignment, with what it comes to: `Movement: Arrived`. */
export function eventOf(line: TimelineLine): string {
  const key = `channels.event_${line.type}`
  if (!has(key)) return t("channels.event_unknown", { type: apart(shownText(line.type)) })
  const name = t(key)
  const { content } = line
  const what = [content?.["answer"], content?.["step"], content?.["outcome"], content?.["state"]]
    .find((one): one is string => typeof one === "string")
  if (what === undefined || line.type === "receipt") return name
  const label = [`channels.step_${what}`, `state.${what}`].find(has)
  return t("channels.event_with", { event: name, what: label === undefined ? what : t(label) })
}

/** Give the words that a person wrote into it. */
export function saidIn(line: TimelineLine): string | null {
  const said = ["text", "reason", "remark", "comment"].map((field) => line.content?.[field])
  return said.find((one): one is string => typeof one === "string" && one !== "") ?? null
}

/** Give the way of a pre-notification, Member by Member; empty for everything else. */
export function wayOf(line: TimelineLine): string[] {
  if (line.type !== "prenotification") return []
  const { origin, transit, destination } = line.content ?? {}
  const way = [origin, ...(Array.isArray(transit) ? (transit as unknown[]) : []), destination]
  return way.filter((one): one is string => typeof one === "string")
}

export function referenceOf(line: TimelineLine): string | null {
  const told = line.content?.["about"] ?? line.content?.["reference"]
  return typeof told === "string" ? told : null
}

/** Say why an entry is not shown: in the reader's language where it is a usual reason, and always with its detail. */
export function problemOf(problem: string): { text: string; detail: string } {
  const code = problem.startsWith("the content breaks its form") ? "form" : (/^([a-z_]+):/.exec(problem)?.[1] ?? "")
  const key = `channels.problem_${code}`
  return { text: t(has(key) ? key : "channels.problem_other"), detail: problem }
}

/** Say what newcomers may read, and how long things are kept. */
export function termsOf(row: Pick<ChannelRow, "history" | "retention_s">): string[] {
  const days = Math.round(row.retention_s / DAY_S)
  if (row.history === "full") return [t("channels.history_full"), t("channels.kept")]
  return [t("channels.history_from_join"), row.retention_s === 0 ? t("channels.kept") : t("channels.kept_days", { days })]
}

/** A weight that a person can compare: `240 kB`. */
export function sizeOf(bytes: number): string {
  const [value, unit] = bytes < 1_000_000 ? [Math.max(1, bytes / 1000), "kilobyte"] : [bytes / 1_000_000, "megabyte"]
  return formatNumber(value, { style: "unit", unit, maximumFractionDigits: unit === "megabyte" ? 1 : 0 })
}

/** Name a channel as its list does. */
export function titleOf(row: Pick<ChannelRow, "title" | "purpose" | "parties">, own: string | undefined): string {
  if (row.purpose !== "lane") return shownText(row.title)
  const others = row.parties.filter((party) => party !== own)
  return others.length === 0 ? t("channels.own_lane") : t("channels.lane_with", { parties: formatList(others.map((party) => apart(partyName(party)))) })
}
