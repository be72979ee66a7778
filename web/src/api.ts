/**
 * What pages may ask the worker: plain JSON in, plain JSON out. Keys, sealed bytes and folds stay on the other side.
 *
 * A page reads by `query` and acts by `act`. The worker tells only which topics changed; whoever shows one asks again.
 * Field names are those of the protocol and of `pratique/views` (snake_case); instants are milliseconds UTC (`…_ms`)
 * or, inside forms and contents, the RFC 3339 texts that were sent. Ids of logs, channels and operations: 64 hex.
 */

import type { Acts } from "./api/acts"
import type { Queries } from "./api/queries"

export type * from "./api/acts"
export type * from "./api/browser"
export type * from "./api/channels"
export type * from "./api/consignments"
export type * from "./api/failure"
export type * from "./api/members"
export type * from "./api/queries"

export type Topic = "session" | "sync" | "today" | "board" | "drafts" | "channels" | "room" | "members" | "settings"

export interface Client {
  query<K extends keyof Queries>(name: K, ...given: Queries[K][0] extends undefined ? [] : [Queries[K][0]]): Promise<Queries[K][1]>
  act<K extends keyof Acts>(name: K, ...given: Acts[K][0] extends undefined ? [] : [Acts[K][0]]): Promise<Acts[K][1]>
  /** Be told of changes; gives how to stop. */
  on(topics: Topic[], changed: () => void): () => void
}
