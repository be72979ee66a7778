/** Operations and their rooms, parties, devices. */

export interface OperationView {
  id: string
  code: string
  from_ms: number
  until_ms: number
  phase: "preparation" | "active" | "closing" | "closed"
  number: number
  participants: { party: string; name: string; kind: string; roles: string[] }[]
  lane_companions: string[]
  ours: string[]
  coordinator: boolean
  /** The server tells this party no terms of it any more. */
  out?: boolean
}

export interface PartyView {
  party: string
  kind: string
  name: string
  offices: string[]
}

/** What a device's signed revocation says; `by` is the party whose key signed it, or `root`. */
export interface RevocationView {
  device: string
  by: string
  reason: string
  at_ms: number
}

export interface DeviceRow {
  uri: string
  party: string
  office: string
  person: string
  device: string
  label?: string
  this_one: boolean
  state: "active" | "revoked" | "expired"
  revoked?: RevocationView
  until_ms: number
  channels: number
}

export interface WaitingRow {
  invitation: string
  office: string
  person: string
  expires_ms: number
  state: "open" | "waiting" | "active" | "expired"
  device?: string
  fingerprint?: string
  /** What was wrong with the server's answer about it. */
  problem?: string
}

/** How a Member's desk works; `weekend` counts from 0 = Monday. Left out: as the contents' defaults. */
export interface DeskSettings {
  weekend?: number[]
  holidays?: string[]
  utc_offset_minutes?: number
  duty_phone?: string
  second_office?: string
  head_office?: string
}

/** How an operation narrows its form. */
export interface AdaptationSettings {
  template?: string
  hide?: string[]
  require?: string[]
  default?: Record<string, unknown>
  deadlines?: Record<string, { acknowledge?: number; reply?: number }>
  on_silence?: "informational" | "no_objection_assumed" | "must_chase"
}

/** What an operation's room tells, and this Member's own rules in it. */
export interface OperationRoom {
  room: string | null
  desks: Record<string, DeskSettings>
  adaptation: AdaptationSettings | null
  policy: { four_eyes: boolean; receipts: boolean }
}
