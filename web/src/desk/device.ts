/** What a desk needs of a device; the client's `Device` is one. */
import type { ChannelState, OpenedEntry, Operation, Sent, SyncReport } from "../client/opened"
import type { Posting } from "../client/store/outbox"
import type { DeviceUri } from "../wire/identity"

export interface DeskDevice {
  readonly uri: DeviceUri
  channels(): ChannelState[]
  opened(channel: string, after?: number): Iterable<OpenedEntry>
  operations(): Promise<Operation[]>
  lane(operation: string, parties: readonly string[]): Promise<string>
  postAll(postings: readonly Posting[]): Promise<Sent[]>
  sync(log?: string | null): Promise<SyncReport>
  unsent(): number
  cursors(channel: string): Promise<Map<string, number>>
}
