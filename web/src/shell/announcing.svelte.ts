/** Say in the app that something new waits: per operation and urgency, silent in quiet hours, which urgent things break. */
import { untrack } from "svelte"
import type { Attention, OperationView, Preferences, Today, Urgency } from "../api"
import { quietNow } from "../sw/quiet"
import { formatList, has, isolated, t } from "../i18n/i18n.svelte"
import { client } from "../ui/client"
import { live } from "../ui/live.svelte"
import type { Live } from "../ui/live.svelte"
import { partyName } from "../ui/names.svelte"
import { href, route } from "../ui/router.svelte"
import { toast } from "../ui/toasts.svelte"
import { countText } from "../ui/counted"
import { chime } from "./chime"

const RANK: Record<Urgency | "none", number> = { routine: 0, priority: 1, urgent: 2, none: 3 }

/** Whether a person wants to be told of it now. */
export function wanted(one: Pick<Attention, "urgency" | "operation">, preferences: Preferences, at: Date): boolean {
  const rule = preferences.notify.find((rule) => rule.operation === one.operation)
  if (RANK[one.urgency] < RANK[rule?.least ?? "routine"]) return false
  return one.urgency === "urgent" || !quietNow(preferences.quiet, at)
}

/** Where one thing that waits is done. */
export function placeOf(one: Attention): string {
  if (one.draft !== undefined) return href("announce", {}, { draft: one.draft })
  if (one.reference !== undefined) return href("consignment", { reference: one.reference })
  if (one.channel !== undefined) return href("channel", { id: one.channel })
  if (one.kind === "approve") return href("party", {}, { tab: "approvals" })
  // Who is to be called stands with the Members' telephones.
  if (one.type === "reminder") return href("operation", { id: one.operation })
  return href("today")
}

/** Say in one line what it is. */
export function wordsOf(one: Attention): string {
  if (one.party === "" && one.type === "reminder") return t("today.reminder_elsewhere", { count: one.count ?? 1 })
  const party = partyName(one.party)
  const { kind, type, step, flag } = one
  if (one.changed !== undefined && one.changed.length > 0) {
    const more = one.changed.length - MOST_CHANGED
    const changes = formatList([...one.changed.slice(0, MOST_CHANGED), ...(more > 0 ? [t("today.more", { count: more })] : [])])
    return t(`today.version_${kind === "acknowledge" ? (step ?? "newer") : "told"}`, { party, version: one.version ?? 1, changes, material: one.material ? "yes" : "no" })
  }
  if (kind === "report") return t(`consignments.do_${step}`)
  const exact = [`flag_${flag}`, `type_${type}_${step}`, `type_${type}`, `kind_${kind}_${step}`].find((key) => has(`today.${key}`))
  return t(`today.${exact ?? `kind_${kind}`}`, { party, version: one.version ?? 1 })
}

const MOST_CHANGED = 3

/** Say what a count came to, where this reader was told. */
export function countOf({ counted }: Pick<Attention, "counted">): string {
  return counted === undefined ? "" : countText(counted)
}

/** Whether the page that is open shows it: Today, and whatever it is about. */
function shownAlready({ reference, channel }: Attention): boolean {
  if (route.name === "consignment") return reference !== undefined && route.params["reference"] === reference
  if (route.name === "channel") return reference === undefined && channel !== undefined && route.params["id"] === channel
  return route.name === "today"
}

/** Follow what waits and say what is new; the first answer says nothing. Call while a component is made. */
export function announceNew(today: Live<Today>, operations: Live<OperationView[]>): void {
  const preferences = live(client(), "preferences", undefined, ["settings"])
  let known: Set<string> | undefined
  $effect(() => {
    const shown = today.value
    const chosen = preferences.value
    if (shown === undefined || chosen === undefined) return
    const all = [...shown.urgent, ...shown.answers, ...shown.overdue]
    const before = known
    known = new Set(all.map((one) => one.id))
    if (before === undefined) return
    for (const one of all) {
      if (before.has(one.id) || !wanted(one, chosen, new Date())) continue
      const code = operations.value?.find((operation) => operation.id === one.operation)?.code
      if (one.urgency === "urgent" && chosen.sound) chime()
      if (!untrack(() => shownAlready(one))) toast(`${code === undefined ? "" : `${isolated(code)}: `}${[wordsOf(one), one.why ?? "", countOf(one)].filter(Boolean).join(" · ")}`, { tone: "need", href: placeOf(one) })
    }
  })
}
