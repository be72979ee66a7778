/** This browser: how its store is opened, how it follows the server, what waits in it, what its person chose. */
import type { Urgency } from "./channels"

/**
 * How a store is opened: what a person types, or what a passkey's PRF extension gives (32 bytes) for a salt that the
 * page chose at random when it made the passkey; `credential` and `salt` are base64url.
 */
export type Unlocking =
  | { by: "passphrase"; passphrase: string }
  | { by: "passkey"; credential: string; salt: string; prf: Uint8Array }

/** none: nothing on this browser. waiting: enrolled, not approved. lost: the store is gone or damaged. */
export type SessionState = "none" | "waiting" | "locked" | "open" | "elsewhere" | "lost"

export interface Session {
  state: SessionState
  /** Whether this tab's worker owns the store; others ask it. */
  owner: boolean
  uri?: string
  party?: string
  office?: string
  person?: string
  device?: string
  deployment?: string
  fingerprint?: string
  unlock_by?: ("passphrase" | "passkey")[]
  /** The passkey's id and the salt that its PRF is asked for, base64url. */
  passkey?: { credential: string; salt: string }
  auto_lock_s?: number
  certificate_until_ms?: number
  /** When this device's recovery file was saved from here; absent where none was. */
  recovery_saved_ms?: number
  /** This browser holds its party's key: it lets devices in and revokes them. */
  authority?: boolean
}

/** `refused`: the server lets this device in no more; `stopped`: something else keeps it from reading what is new. */
export type Connection = "live" | "connecting" | "offline" | "refused" | "stopped"

export interface SyncState {
  connection: Connection
  synced_ms: number | null
  /** Posts kept here and not yet saved by the server. */
  unsent: number
  /** How many of them waited so long that they go only when their person says so. */
  asking: number
  /** Why the server cannot be followed or a channel is stopped; one line each. */
  problems: string[]
  /** Why what is new is not read, as a code: `device_revoked`, `store_full`… */
  refused?: string
  /** Progress of a long catch-up. */
  reading?: { done: number; of: number }
  /** The first catch-up since the store was opened has ended: before, nothing that is empty is known to be. */
  caught_up: boolean
  /** In how many channels of this office this device is, while others have still to let it in. */
  joining?: { done: number; of: number }
}

/** An act that was asked for offline; `act` is one of `Acts`, or for a report its type. */
export interface KeptAct {
  id: string
  act: string
  reference?: string
  national_reference?: string
  /** Where a message goes. */
  channel?: string
  /** When it was asked for; of what is sealed alone that is not kept. */
  at_ms?: number
  /** It waited so long that it does not go by itself. */
  asks: boolean
  /** A part of it is sealed and on its way: it cannot be taken back. */
  begun: boolean
}

/** Settings of this browser, kept sealed. The server is told `notify` and `mail` alone, once push or mail is on. */
export interface Preferences {
  language: string
  theme: "system" | "light" | "dark"
  density: "comfortable" | "compact"
  auto_lock_s: number
  notify: { operation: string; least: Urgency | "none" }[]
  quiet: { from: string; until: string } | null
  /** Told by the browser's push service while away; on and off by `push_subscribe`. */
  push: boolean
  /** Where a mail goes when this device stays away; the operator knows the address then. */
  mail: { address: string; least: Urgency } | null
  /** A sound for what is urgent while the app is open. */
  sound: boolean
  read_receipts: boolean
}
