/** The one client of this page. `start()` sets it; components ask for it. */
import type { Client, Failure } from "../api"

let held: Client | null = null

export function setClient(client: Client): void {
  held = client
}

export function client(): Client {
  if (held === null) throw new Error("the client is set before the first page is shown")
  return held
}

/** Read whatever was thrown as the failure that a person is shown. */
export function failureOf(error: unknown): Failure {
  if (typeof error === "object" && error !== null) {
    const told = error as Partial<Failure> & { message?: unknown }
    if (typeof told.code === "string" && typeof told.detail === "string") return error as Failure
    if (typeof told.message === "string") return { code: "failed", detail: told.message }
  }
  return { code: "failed", detail: String(error) }
}
