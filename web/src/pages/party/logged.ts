/** Put the lines of the security log into words, and choose among them. */
import type { RevocationView, TimelineLine } from "../../api"
import { formatList, t } from "../../i18n/i18n.svelte"
import { partyName } from "../../ui/names.svelte"

const MOVES = ["seated", "unseated", "added", "removed", "revoked", "rejoining"] as const
export type Move = (typeof MOVES)[number]

export interface Moved {
  readonly move: Move
  /** Offices of seated and unseated; devices of the others. */
  readonly names: readonly string[]
}

/** Give who came and went with a line. */
export function movesOf(line: TimelineLine): Moved[] {
  return MOVES.flatMap((move) => {
    const names = line.content?.[move]
    return Array.isArray(names) && names.length > 0 ? [{ move, names: names.filter((one) => typeof one === "string") }] : []
  })
}

/** Shorten `pratique://be.stop.example/ncp/j.peeters/desk1` to what people say: `BE · j.peeters · desk1`. */
export function deviceName(uri: string): string {
  const [, host = "", , person = "", device = ""] = /^pratique:\/\/([^/]+)\/([^/]+)\/([^/]+)\/([^/]+)$/u.exec(uri) ?? []
  return host === "" ? uri : `${(host.split(".")[0] ?? "").toUpperCase()} · ${decoded(person)} · ${decoded(device)}`
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** Say which parties a line is about: who wrote it, and who came or went. */
export function partiesOf(line: TimelineLine): Set<string> {
  return new Set([line.party, ...movesOf(line).flatMap(({ names }) => names.map(partyOf))])
}

export function devicesOf(line: TimelineLine): Set<string> {
  return new Set([line.device, ...movesOf(line).flatMap(({ names }) => names)])
}

function partyOf(name: string): string {
  return /^pratique:\/\/([^./]+)\./u.exec(name)?.[1] ?? name.split("/")[0] ?? ""
}

/** Write one line as a sentence. */
export function sentence(line: TimelineLine): string {
  if (line.problem !== undefined) return t("party.log_alarm", { why: line.problem })
  const told = movesOf(line).map(({ move, names }) => t(`party.log_${move}`, { names: formatList(names.map(deviceName)) }))
  return [...told, ...reasonsOf(line)].join("; ")
}

/** Say why devices were revoked and whose key signed it, each reason once. */
export function reasonsOf(line: TimelineLine): string[] {
  return [...new Set((line.revocations ?? []).map(revokedBy))]
}

/** Say of one revocation why it was, and whose key signed it. */
export function revokedBy({ by, reason }: RevocationView): string {
  return t(by === "root" ? "party.revoked_by_root" : "party.revoked_by", { party: partyName(by), reason: t(`party.reason_${reason}`) })
}
