/**
 * What pages may ask the worker: plain JSON in, plain JSON out. Keys, sealed bytes and folds stay on the other side.
 *
 * A page reads by `query` and acts by `act`. The worker tells only which topics changed; whoever shows one asks again.
 * Field names are those of the protocol and of `pratique/views` (snake_case); instants are milliseconds UTC (`…_ms`)
 * or, inside forms and contents, the RFC 3339 texts that were sent. Ids of logs, channels and operations: 64 hex.
 */

export type Topic = "session" | "sync" | "today" | "board" | "drafts" | "channels" | "room" | "members" | "settings"

export type Urgency = "routine" | "priority" | "urgent"

/**
 * How a store is opened: what a person types, or what a passkey's PRF extension gives (32 bytes) for a salt that the
 * page chose at random when it made the passkey; `credential` and `salt` are base64url.
 */
export type Unlocking =
  | { by: "passphrase"; passphrase: string }
  | { by: "passkey"; credential: string; salt: string; prf: Uint8Array }

/** What went wrong, for the person reading; `code` is stable, `field` a path in the form where there is one. */
export interface Failure {
  code: string
  detail: string
  hint?: string
  problems?: FieldProblem[]
}
export interface FieldProblem {
  path: string
  text: string
  code: string
}

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

export type Connection = "live" | "connecting" | "offline" | "refused"
export interface SyncState {
  connection: Connection
  synced_ms: number | null
  /** Posts kept here and not yet saved by the server. */
  unsent: number
  /** How many of them waited so long that they go only when their person says so. */
  asking: number
  /** Why the server cannot be followed or a channel is stopped; one line each. */
  problems: string[]
  /** Why the server does not let this device in, as a code: `device_revoked`, `sign_in_refused`… */
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
  at_ms: number
  /** It waited so long that it does not go by itself. */
  asks: boolean
  /** A part of it is sealed and on its way: it cannot be taken back. */
  begun: boolean
}

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

/** One thing that wants a person now. `title` is never the server's word. */
export interface Attention {
  id: string
  kind: "alert" | "answer" | "acknowledge" | "query" | "late" | "arrival" | "approve" | "draft" | "channel" | "trouble"
  urgency: Urgency
  operation: string
  reference?: string
  /** What the consignment carries. */
  product?: string
  channel?: string
  /** Empty where this office is called about a lane that it does not read. */
  party: string
  /** Calls of the same kind that stand in this one. */
  count?: number
  type?: string
  /** What exactly was said: a hold's step, how it closed, the state of a draft; `newer`, `again`: of a newer version. */
  step?: string
  version?: number
  /** The fields that newer versions changed, in the reader's language, and whether that matters for what was answered. */
  changed?: string[]
  material?: boolean
  /** What was counted beside what was announced, in doses. */
  counted?: { announced: number; missing: number; excess: number; damaged: number }
  flag?: string
  draft?: string
  text?: string
  at_ms: number
  due_ms?: number
}
export interface Today {
  now_ms: number
  urgent: Attention[]
  answers: Attention[]
  arrivals: ConsignmentRow[]
  overdue: Attention[]
  unread: { channel: string; operation: string; title: string; unread: number; mentions: number; last_ms: number }[]
}

export interface ConsignmentRow {
  reference: string
  operation: string
  national_reference?: string
  kind: string
  mode: string
  urgency: Urgency
  state: string
  outcome: string | null
  origin: string
  transit: string[]
  destination: string
  our_role: "origin" | "transit" | "destination" | "observer"
  product: string
  waybills: string[]
  sent_ms: number
  etd_ms: number | null
  eta_ms: number | null
  version: number
  unread: boolean
  late: { flag: string; party: string; since_ms: number }[]
  next_due_ms: number | null
  /** What this Member can do next, most wanted first. */
  next: Act[]
  legs: { party: string; role: "transit" | "destination"; state: string }[]
}
export interface ConsignmentFilter {
  text?: string
  state?: string[]
  role?: string[]
  party?: string
  late?: boolean
  sort?: "eta" | "sent" | "due"
}

/** An act on a consignment; names are the contents' own. */
export type Act =
  | "acknowledgement" | "answer" | "query" | "reply" | "hold" | "movement" | "leg_update" | "reconciliation"
  | "amend" | "withdrawal" | "rerouting" | "reopening" | "call_off" | "onward"

export interface ConsignmentPage {
  row: ConsignmentRow
  /** `consignment_json` of the shared views, as the vectors have it. */
  view: Record<string, unknown>
  /** The form of the fullest part, and of which template. */
  template: string
  sees: "goods" | "route"
  form: Record<string, unknown>
  /** Why it is urgent, and why what looked odd stands as it is. */
  urgency_reason: string | null
  overrides: { field: string; reason: string }[]
  contacts: Record<string, string>
  places: Record<string, { name: string; country: string; lon: number; lat: number }>
  timeline: TimelineLine[]
  /** Who can see this: per lane the parties, their devices, and how far each has fetched. */
  lanes: { channel: string; part: "goods" | "route" | "own"; parties: string[]; readers: Reader[] }[]
  links: { reference: string; why: string }[]
  can: { act: Act; choices?: string[]; refused?: string }[]
}
export interface Reader {
  party: string
  devices: number
  delivered: boolean
  /** On a channel's page: the furthest entry that a device of it has fetched, as the server tells. */
  fetched_seq?: number
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
  /** `devices` can open it, `later` came too late for it, `gone` could when they were removed. */
  parties: { party: string; devices: string[]; gone: string[]; later: number; fetched: boolean }[]
}

export interface DraftRow {
  id: string
  operation: string
  state: string
  saved_ms: number
  person: string
  title: string
  mine: boolean
  announcement: Record<string, unknown>
  comment?: string
}
/** What a person hands in: `pratique.contents.prenotification.Announcement`. */
export type AnnouncementInput = Record<string, unknown>
export interface CheckedForm {
  problems: FieldProblem[]
  findings: FieldProblem[]
  parties: string[]
  deadlines: Record<string, { acknowledge_at: string; reply_at?: string; reconcile_days: number }>
  late: Record<string, string>
  duplicates: { reference: string; why: string }[]
  unreachable: string[]
  /** The time of each addressee that told its desk's: minutes from UTC. */
  offsets: Record<string, number>
  /** This Member lets nothing out that only one person has seen. */
  needs_release: boolean
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

export interface PartyView {
  party: string
  kind: string
  name: string
  offices: string[]
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

/** Every question: name → [argument, answer]. Answers are snapshots; ask again when a topic of yours changed. */
export interface Queries {
  session: [undefined, Session]
  /** Whether an invitation can bring this browser in: fails with why not. */
  invitation: [{ ticket: string }, void]
  sync: [undefined, SyncState]
  /** What was asked for offline and waits, oldest first. */
  kept: [undefined, KeptAct[]]
  operations: [undefined, OperationView[]]
  today: [undefined, Today]
  consignments: [ConsignmentFilter, ConsignmentRow[]]
  consignment: [{ reference: string }, ConsignmentPage | null]
  drafts: [undefined, DraftRow[]]
  /** The newest template as the operation adapts it, in a language: a `FormModel` with its `kinds` and `schema`. */
  template: [{ operation: string; language: string; kind?: string }, Record<string, unknown>]
  /** Codes of one list that fit what was typed, best first, at most `limit`. */
  codes: [{ list: string; text: string; language: string; limit?: number }, { code: string; label: string }[]]
  code_label: [{ list: string; codes: string[]; language: string }, Record<string, string>]
  check: [{ operation: string; announcement: AnnouncementInput; urgency: Urgency; reference?: string }, CheckedForm]
  last_announcement: [{ operation: string; origin?: string }, AnnouncementInput | null]
  announcement_of: [{ reference: string }, AnnouncementInput]
  call_off: [{ reference: string }, AnnouncementInput]
  scan: [{ text: string }, Record<string, string>]
  search: [{ text: string }, { kind: "consignment" | "message" | "channel"; id: string; title: string; text: string; at_ms: number }[]]
  /** Discussions and lanes, the newest word first. */
  channels: [undefined, ChannelRow[]]
  /** The newest lines: at least `last` of them, and back to the entry `from`. */
  channel: [{ id: string; from?: number; last?: number }, ChannelPage | null]
  /** Who can see what stands at these places; one answer a place, none where this device does not know it. */
  audience: [{ places: Place[] }, Audience[]]
  /** The bytes of a message's photo, by the id that stands in its line. */
  photo: [{ channel: string; seq: number; id: string }, { name: string; type: string; bytes: Uint8Array }]
  parties: [undefined, PartyView[]]
  devices: [{ party?: string }, DeviceRow[]]
  waiting: [undefined, WaitingRow[]]
  security_log: [undefined, TimelineLine[]]
  operation_room: [{ operation: string }, OperationRoom]
  /** The form before any adaptation, a `FormModel`; with what an adaptation asks of it that cannot be. */
  plain_form: [{ language: string; adaptation?: AdaptationSettings }, Record<string, unknown> & { problems: FieldProblem[] }]
  /** Whether this browser holds its party's CA key, and whom it can renew. */
  authority: [undefined, { held: boolean; renewable: string[] }]
  device_channels: [{ device: string }, { id: string; title: string; purpose: "channel" | "lane" }[]]
  preferences: [undefined, Preferences]
  /** How the server can tell this browser while it is away: its public key for pushes (base64) or null, and by mail. */
  push_offer: [undefined, { key: string | null; mail: boolean }]
  /** How far a device that came back is in its channels again; null where it lost nothing. */
  regaining: [undefined, { channel: string; title: string; state: "ahead" | "asked" | "alone" | "back" }[] | null]
  doctor: [undefined, { name: string; good: boolean; detail: string; hint: string }[]]
}

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
  reroute: [{ reference: string; announcement: AnnouncementInput; reason: string }, { reference: string }]
  /** Post an event (`type` of the contents) about a consignment. */
  report: [{ reference: string; type: string; said: Record<string, unknown>; urgency?: Urgency }, { id: string }]
  /** A person has it on the screen: the receipt, once. */
  opened: [{ reference: string }, void]
  save_local_draft: [{ key: string; value: unknown | null }, void]
  local_draft: [{ key: string }, unknown | null]
  save_draft: [{ operation: string; announcement: AnnouncementInput; id?: string }, { id: string }]
  submit_draft: [{ id: string; operation: string }, void]
  give_back_draft: [{ id: string; operation: string; comment: string }, void]
  discard_draft: [{ id: string; operation: string }, void]
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
export interface PhotoInput {
  name: string
  type: string
  bytes: Uint8Array
  width: number
  height: number
  keep_metadata: boolean
}

export interface Client {
  query<K extends keyof Queries>(name: K, ...given: Queries[K][0] extends undefined ? [] : [Queries[K][0]]): Promise<Queries[K][1]>
  act<K extends keyof Acts>(name: K, ...given: Acts[K][0] extends undefined ? [] : [Acts[K][0]]): Promise<Acts[K][1]>
  /** Be told of changes; gives how to stop. */
  on(topics: Topic[], changed: () => void): () => void
}
