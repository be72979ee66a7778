/** What goes between a page and its worker, and between the workers of several tabs. Plain data only. */
import type { Acts, Failure, Queries, Topic } from "../api"

export type Ask =
  | { kind: "query"; name: keyof Queries; given: unknown }
  | { kind: "act"; name: keyof Acts; given: unknown }
export type Answer = { good: true; answer: unknown } | { good: false; failure: Failure }

/** A page to its worker; `active`: a person touched the page, so the store is not locked yet. */
export type FromPage = ({ id: number } & Ask) | { kind: "active" } | { kind: "network"; now: "online" | "offline" }
/** `ended`: everything is locked; the page ends this worker and starts another, so that no key stays in its memory. */
export type ToPage = ({ id: number } & Answer) | { changed: Topic[] } | { ended: true }

/** Between tabs: `owner` is whoever holds the lock; `key` is the store's, which nobody can read out. */
export type BetweenTabs =
  | { to: "owner"; from: string; hello: true }
  | { to: "owner"; from: string; id: number; ask: Ask }
  | { to: "owner"; from: string; active: true }
  | { to: string; id: number; answer: Answer }
  | { to: "others"; owner: string; key: CryptoKey | null }
  | { to: "others"; changed: Topic[] }
  | { to: "others"; ended: true }

/** Write any error as the person reads it; what nobody foresaw keeps its words, never its data. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { code: "failed", detail: String(error) }
  const told = error as Error & { code?: unknown; detail?: unknown; hint?: unknown; problems?: unknown }
  const failure: Failure = {
    code: typeof told.code === "string" ? told.code : "failed",
    detail: typeof told.detail === "string" ? told.detail : told.message,
  }
  if (typeof told.hint === "string" && told.hint !== "") failure.hint = told.hint
  if (Array.isArray(told.problems)) failure.problems = told.problems as NonNullable<Failure["problems"]>
  return failure
}
