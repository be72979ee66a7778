/** What pages may ask. */
import type { KeptAct, Preferences, Session, SyncState } from "./browser"
import type { Audience, ChannelPage, ChannelRow, Place, TimelineLine, Urgency } from "./channels"
import type {
  Announced,
  AnnouncementInput,
  CheckedForm,
  ConsignmentFilter,
  ConsignmentPage,
  ConsignmentRow,
  DraftRow,
  Today,
} from "./consignments"
import type { FieldProblem } from "./failure"
import type { AdaptationSettings, DeviceRow, OperationRoom, OperationView, PartyView, WaitingRow } from "./members"

/** Every question: name → [argument, answer]. Answers are snapshots; ask again when a topic of yours changed. */
export interface Queries {
  session: [undefined, Session]
  /** Whom an invitation brings in, `<party>/<office>` and person; fails with why not where it cannot. */
  invitation: [{ ticket: string }, { office: string; person: string }]
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
  last_announcement: [{ operation: string; origin?: string }, Announced | null]
  announcement_of: [{ reference: string }, Announced]
  call_off: [{ reference: string }, Announced]
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
