/** Channels: their lines, who can see one, and what is written into them. */
import type { RevocationView } from "./members"

export type Urgency = "routine" | "priority" | "urgent"

export interface Reader {
  party: string
  devices: number
  delivered: boolean
  /** On a channel's page: the furthest entry that a device of it has fetched, as the server tells. */
  fetched_seq?: number
  /** On a channel's page: what it says to have read, from an entry to an entry. */
  read?: readonly (readonly [since: number, upto: number])[]
  /** From which entry on a device of it can open things, where newcomers get no history. */
  since_seq?: number
  opened_ms: number | null
  acknowledged_ms: number | null
}

export interface TimelineLine {
  id: string
  channel: string
  seq: number
  at_ms: number
  party: string
  device: string
  person: string
  kind: "content" | "members" | "problem" | "reminder" | "notice"
  type: string
  content: Record<string, unknown> | null
  problem?: string
  mark?: string
  mine: boolean
  pending?: boolean
  urgency: Urgency
  /** Where the same event stands in other lanes. */
  also?: Place[]
  /** Of a change of members: the revocations that it names, as far as their statements are known here. */
  revocations?: RevocationView[]
}

/** Where something stands; `less`: a copy that tells its lane no more than it may read. */
export interface Place {
  channel: string
  seq: number
  less?: boolean
}

/** Who can see what stands at one place. */
export interface Audience {
  row: Pick<ChannelRow, "id" | "title" | "purpose" | "parties" | "history">
  less: boolean
  /** The server cannot read it: not so for seats, devices and reminders, which it acts by. */
  sealed: boolean
  /** Whether reading is told there: not among many; in lanes it is told of the pre-notification. */
  reading: "told" | "many" | "lane"
  /** `devices` can open it, `later` came too late for it, `gone` could when they were removed. */
  parties: { party: string; devices: string[]; gone: string[]; later: number; fetched: boolean; read: boolean }[]
}

export interface ChannelRow {
  id: string
  operation: string
  title: string
  purpose: "channel" | "lane"
  parties: string[]
  history: "full" | "from_join"
  retention_s: number
  unread: number
  mentions: number
  last_ms: number
  last_text: string
  own_leaf: boolean
  trouble: string | null
}

export interface ChannelPage {
  row: ChannelRow
  lines: TimelineLine[]
  more_before: boolean
  first_unread_seq: number | null
  readers: Reader[]
  /** `owner`: its devices change seats; `devices` hold a leaf since an entry. */
  seats: { office: string; party: string; owner: boolean; devices: { uri: string; leaf: boolean; since_seq: number }[] }[]
  may_seat: boolean
  draft: string
}

export interface PhotoInput {
  name: string
  type: string
  bytes: Uint8Array
  width: number
  height: number
  keep_metadata: boolean
}
