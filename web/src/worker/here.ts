/** What every query and act of the worker stands on, and how they are written. */
import type { Acts, Connection, Queries, Topic } from "../api"
import type { Device } from "../client/device"
import type { Approvals } from "./approvals"
import type { Desks } from "./desks"
import type { Fetched } from "./fetched"
import type { Intents } from "./intents"
import type { Marks } from "./marks"
import type { OfficeDevices } from "./offices"
import type { Reading } from "./reading"
import type { Rooms } from "./rooms"
import type { RungReminders } from "./rung"
import type { Search } from "./search"

export interface Here {
  readonly device: Device
  readonly desks: Desks
  readonly outbox: Intents
  readonly marks: Marks
  readonly reading: Reading
  readonly search: Search
  readonly rooms: Rooms
  readonly fetched: Fetched
  readonly offices: OfficeDevices
  readonly approvals: Approvals
  readonly rung: RungReminders
  readonly live: Live
  nowMs(): number
  /** Catch up with the server. */
  syncNow(): Promise<void>
  /** Have the terms of the operations asked for soon. */
  lookAtTerms(): void
  /** Tell the pages; told together a moment later. */
  changed(...topics: Topic[]): void
}

/** How the server is followed just now. */
export interface Live {
  connection: Connection
  synced_ms: number | null
  problems: string[]
  reading: { done: number; of: number } | null
  /** The first catch-up since the store was opened has ended. */
  caught_up: boolean
  /** Why the server is not followed, as a code, while it is refused or stopped. */
  refused: string | null
}

/** Say whether the server lets this device in no more: it was revoked, or its certificate has ended. */
export function isShutOut({ connection }: Live): boolean {
  return connection === "refused"
}

export type QueriesOf<K extends keyof Queries> = {
  readonly [N in K]: (here: Here, given: Queries[N][0]) => Promise<Queries[N][1]> | Queries[N][1]
}
export type ActsOf<K extends keyof Acts> = {
  readonly [N in K]: (here: Here, given: Acts[N][0]) => Promise<Acts[N][1]> | Acts[N][1]
}
