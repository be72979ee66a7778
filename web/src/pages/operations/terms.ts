/** The terms of an operation while a coordinator writes them; nothing is stated before the review. */
import type { AdaptationSettings, ChannelRow, OperationView } from "../../api"
import { t } from "../../i18n/i18n.svelte"

export const ROLES = ["departure", "transit", "destination", "coordinator", "observer"] as const
export type Role = (typeof ROLES)[number]
export const PHASES = ["preparation", "active", "closing", "closed"] as const
export type Phase = (typeof PHASES)[number]
const CODE = /^[A-Z0-9][A-Z0-9-]{1,23}$/u
const DAY_MS = 86_400_000

export interface Taking {
  party: string
  roles: Role[]
  /** It sits in every lane. */
  companion: boolean
}
export interface Draft {
  code: string
  /** Days such as 2026-11-22, UTC. */
  from: string
  until: string
  phase: Phase
  taking: Taking[]
}
export interface NewChannel {
  title: string
  offices: string[]
  history: "full" | "from_join"
  days: number
}
/** What the worker is asked to state. */
export interface Stated {
  code: string
  from_ms: number
  until_ms: number
  phase: Phase
  participants: { party: string; roles: Role[] }[]
  lane_companions: string[]
}

/** Begin anew as the STOP operations are: the coordinator sees every lane, a quarter of a year, prepared first. */
export function preset(own: string, offices: readonly { party: string; kind: string }[], atMs: number): Draft {
  const rilos = offices.filter((one) => one.kind === "rilo").map(({ party }): Taking => ({ party, roles: ["observer"], companion: false }))
  return {
    code: "", from: day(atMs), until: day(atMs + 90 * DAY_MS), phase: "preparation",
    taking: [{ party: own, roles: ["coordinator"], companion: true }, ...rilos],
  }
}

/** Begin with the parties, roles and length of an operation there is. */
export function likeOperation(one: OperationView, atMs: number): Draft {
  return { ...draftOf(one), code: nextCode(one.code), phase: "preparation", from: day(atMs), until: day(atMs + one.until_ms - one.from_ms) }
}

export function draftOf(one: OperationView): Draft {
  return {
    code: one.code, from: day(one.from_ms), until: day(one.until_ms), phase: one.phase,
    taking: one.participants.map(({ party, roles }) => ({
      party, roles: ROLES.filter((role) => roles.includes(role)), companion: one.lane_companions.includes(party),
    })),
  }
}

/** Count a roman or plain number at the end of a code on: STOP-III, STOP-IV. */
function nextCode(code: string): string {
  const romans = ["I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X"]
  const [, head = "", tail = ""] = /^(.*-)([^-]+)$/u.exec(code) ?? []
  const at = romans.indexOf(tail)
  if (at >= 0 && at < romans.length - 1) return head + (romans[at + 1] ?? "")
  return /^\d{1,4}$/u.test(tail) ? head + String(Number(tail) + 1) : `${code.slice(0, 22)}-2`
}

/** The last day counts whole. */
export function statedOf(draft: Draft): Stated {
  return {
    code: draft.code,
    from_ms: Date.parse(`${draft.from}T00:00:00Z`),
    until_ms: Date.parse(`${draft.until}T00:00:00Z`) + DAY_MS - 1000,
    phase: draft.phase,
    participants: draft.taking.map(({ party, roles }) => ({ party, roles: [...roles] })),
    lane_companions: draft.taking.filter((one) => one.companion).map((one) => one.party).sort(),
  }
}

export interface Wrong {
  field: "code" | "until" | "taking"
  key: string
}
export function problems(draft: Draft, own: string): Wrong[] {
  const found: Wrong[] = []
  if (!CODE.test(draft.code)) found.push({ field: "code", key: "operations.wrong_code" })
  if (draft.from === "" || draft.until === "" || draft.until < draft.from) found.push({ field: "until", key: "operations.wrong_dates" })
  const roles = (role: Role): Taking[] => draft.taking.filter((one) => one.roles.includes(role))
  if (!roles("coordinator").some((one) => one.party === own)) found.push({ field: "taking", key: "operations.wrong_coordinator" })
  if (draft.taking.some((one) => one.roles.length === 0)) found.push({ field: "taking", key: "operations.wrong_roles" })
  if (roles("departure").length === 0 || roles("destination").length === 0) found.push({ field: "taking", key: "operations.wrong_way" })
  return found
}

/** The channels for words of an operation, as a beginning for another. */
export function likeChannels(rows: readonly ChannelRow[], operation: string, room: string | null): NewChannel[] {
  return rows
    .filter((one) => one.operation === operation && one.purpose === "channel" && one.id !== room)
    .map((one) => ({
      title: one.title, offices: one.parties.map((party) => `${party}/ncp`), history: one.history, days: Math.round(one.retention_s / 86_400),
    }))
}

/** Say whether an adaptation changes anything of the template. */
export function adapts(one: AdaptationSettings | null): one is AdaptationSettings {
  return one !== null && ((one.hide?.length ?? 0) > 0 || (one.require?.length ?? 0) > 0 || Object.keys(one.default ?? {}).length > 0 ||
    Object.keys(one.deadlines ?? {}).length > 0 || (one.on_silence ?? "informational") !== "informational")
}

/** Say in a sentence what an adaptation changes. */
export function adaptationText(one: AdaptationSettings): string {
  if (!adapts(one)) return t("operations.not_adapted")
  return t("operations.adapts", { hide: one.hide?.length ?? 0, require: one.require?.length ?? 0, given: Object.keys(one.default ?? {}).length })
}

export function day(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10)
}
