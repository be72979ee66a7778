/** What pages may have done. */
import type { Preferences, Unlocking } from "./browser"
import type { PhotoInput, Urgency } from "./channels"
import type { AnnouncementInput } from "./consignments"

/** Every act: name → [argument, answer]; it fails with a `Failure`. */
export interface Acts {
  /** Make the device key and the sealed store, ask to be enrolled. */
  enrol: [{ ticket: string; device: string; unlock: Unlocking }, { fingerprint: string; uri: string }]
  finish_enrolment: [undefined, boolean]
  abandon_enrolment: [undefined, void]
  unlock: [Unlocking, void]
  /** Have one more way to unlock; the existing one is given again, so that nobody adds theirs to a browser left open. */
  add_unlocking: [{ existing: Unlocking; added: Unlocking }, void]
  /** Seal this device's key into a file; what opens the store is given again. `name` is how the file is to be called. */
  recovery_file: [{ existing: Unlocking; passphrase: string }, { name: string; bytes: Uint8Array }]
  /** Come back as the device of a recovery file; its passphrase opens this browser from then on. */
  restore: [{ file: Uint8Array; passphrase: string }, { uri: string }]
  /** Keep what still opens of a damaged store; fails with `key_lost` where the device's key does not. */
  repair: [Unlocking, void]
  lock: [undefined, void]
  /** Wipe everything of this browser; true where the device was revoked first. */
  logout: [{ revoke: boolean }, void]
  sync_now: [undefined, void]
  /** Let an act go that waited long, or take back one that waits. */
  send_kept: [{ id: string }, void]
  discard_kept: [{ id: string }, void]
  /** `draft`: written in one of the Member's; `kept`: under which key this browser keeps it until it is sent. */
  announce: [{ operation: string; announcement: AnnouncementInput; urgency: Urgency; without?: string[]; draft?: string; kept?: string }, { reference: string; version: number; parties: string[] }]
  amend: [{ reference: string; announcement: AnnouncementInput; urgency: Urgency; kept?: string }, { version: number; changes: unknown[] }]
  reroute: [{ reference: string; announcement: AnnouncementInput; reason: string; urgency?: Urgency }, { reference: string }]
  /** Post an event (`type` of the contents) about a consignment. */
  report: [{ reference: string; type: string; said: Record<string, unknown>; urgency?: Urgency }, { id: string }]
  /** A person has it on the screen: the receipt, once. */
  opened: [{ reference: string }, void]
  save_local_draft: [{ key: string; value: unknown | null }, void]
  local_draft: [{ key: string }, unknown | null]
  /** `reference`: a change of what was sent, which is the next text of its draft. */
  save_draft: [{ operation: string; announcement: AnnouncementInput; id?: string; reference?: string }, { id: string }]
  submit_draft: [{ id: string; operation: string }, void]
  give_back_draft: [{ id: string; operation: string; comment: string }, void]
  discard_draft: [{ id: string; operation: string }, void]
  /** Send what another person wrote: a new one, the next version, or another way, which replaces the old one. */
  release_draft: [{ id: string; operation: string; urgency: Urgency }, { reference: string }]
  post_message: [{ channel: string; text: string; follows?: { log: string; seq: number }; mentions?: string[]; photos?: PhotoInput[]; urgency: Urgency }, void]
  mark_read: [{ channel: string; seq: number }, void]
  create_channel: [{ operation: string; title: string; offices: string[]; history: "full" | "from_join"; retention_s: number }, { id: string }]
  change_seats: [{ channel: string; seat: string[]; unseat: string[] }, void]
  rejoin: [{ channel: string }, void]
  found_operation: [{ terms: Record<string, unknown> }, { id: string }]
  amend_operation: [{ operation: string; terms: Record<string, unknown> }, void]
  set_desk: [{ operation: string; settings: Record<string, unknown> }, void]
  set_policy: [{ operation: string; policy: Record<string, unknown> }, void]
  adapt: [{ operation: string; adaptation: Record<string, unknown> }, void]
  /** Take the party's CA key file (and its key) into this browser's sealed store. */
  import_authority: [{ file: Uint8Array; key_file: Uint8Array; passphrase: string }, { party: string }]
  forget_authority: [undefined, void]
  invite: [{ office: string; person: string; valid_s: number }, { invitation: string; ticket: string }]
  approve: [{ invitation: string; fingerprint: string }, { device: string }]
  revoke: [{ device: string; reason: string }, { channels: number }]
  /** Sign a new certificate for a device that was approved with the party's key. */
  renew: [{ device: string }, void]
  rename_device: [{ device: string; label: string }, void]
  set_preferences: [Partial<Preferences>, void]
  /** Be told by push: what `PushSubscription.toJSON()` gave, or null for no more. */
  push_subscribe: [{ subscription: unknown } | { subscription: null }, void]
}
