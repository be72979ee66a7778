/** Everything that one device knows, sealed at rest. */

export { Batch } from "./batch"
export { Keys } from "./keys"
export { Logs, NO_POST, rowOf, startOf, type LogPosition, type Row, type RowState } from "./logs"
export { Outbox, postingOf, type Outgoing, type Posting, type Staged } from "./outbox"
export { Shelf } from "./shelf"
export { Lost, Store } from "./store"
export { Trust } from "./trust"
