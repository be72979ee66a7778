/** What the fake client shows: Operation STOP III, seen by Kenya's desk or another. Times are from now. */
import type {
  Attention, ChannelRow, ConsignmentRow, DeviceRow, DraftRow, OperationView, PartyView, Today, WaitingRow,
} from "../api"

const HOUR = 3_600_000
const DAY = 24 * HOUR
const NOW = Date.now()
const hex = (letter: string): string => letter.repeat(64)
export const STOP = hex("a")
export const DRILL = hex("b")

const party = (id: string, name: string, kind = "member", roles: string[] = []): OperationView["participants"][number] => ({
  party: id, name, kind, roles,
})
export const operations: OperationView[] = [
  {
    id: STOP, code: "STOP-III", from_ms: NOW - 20 * DAY, until_ms: NOW + 40 * DAY, phase: "active", number: 4,
    participants: [
      party("ocu", "Operational Coordination Unit", "coordinator", ["coordinator"]), party("be", "Belgium"), party("ae", "United Arab Emirates"),
      party("ke", "Kenya"), party("rilo-esa", "RILO East and Southern Africa", "rilo"), party("who", "World Health Organization", "partner"),
    ],
    lane_companions: ["ocu"], ours: ["ke/ncp", "ke/jkia"], coordinator: false,
  },
  {
    id: DRILL, code: "EXERCISE-26", from_ms: NOW + 5 * DAY, until_ms: NOW + 9 * DAY, phase: "preparation", number: 1,
    participants: [party("ocu", "Operational Coordination Unit", "coordinator", ["coordinator"]), party("ke", "Kenya"), party("br", "Brazil")],
    lane_companions: [], ours: ["ke/ncp"], coordinator: false,
  },
]

const row = (number: number, check: string, more: Partial<ConsignmentRow>): ConsignmentRow => ({
  reference: `PN-STOP-III-BE-2026-${String(number).padStart(6, "0")}-${check}`, operation: STOP, kind: "departure", mode: "INFORM",
  urgency: "routine", state: "SENT", outcome: null, origin: "be", transit: ["ae"], destination: "ke", our_role: "destination",
  product: "Corvanza COVID-19 mRNA vaccine", waybills: ["176-12345675"], sent_ms: NOW - 6 * HOUR, etd_ms: NOW + 18 * HOUR,
  eta_ms: NOW + 30 * HOUR, version: 1, unread: false, late: [], next_due_ms: null, next: [],
  legs: [{ party: "ae", role: "transit", state: "ACKNOWLEDGED" }, { party: "ke", role: "destination", state: "DELIVERED" }],
  ...more,
})
export const consignments: ConsignmentRow[] = [
  row(41, "37", { mode: "REPLY", unread: true, next_due_ms: NOW + 2.24 * HOUR, next: ["acknowledgement", "answer", "query", "hold"] }),
  row(38, "12", { state: "DEPARTED", eta_ms: NOW + 7 * HOUR, product: "Oral polio vaccine, type 2", waybills: ["071-44321100"], transit: ["et"] }),
  row(36, "80", { state: "ON_HOLD", urgency: "urgent", eta_ms: NOW + 2.2 * DAY, product: "Measles and rubella vaccine", unread: true }),
  row(35, "55", { state: "DEPARTED", eta_ms: NOW + 2.6 * DAY, product: "Auto-disable syringes 0.5 ml", transit: [], waybills: ["MSCU6639871"] }),
  row(29, "03", {
    state: "ARRIVED", eta_ms: NOW - 4 * DAY, late: [{ flag: "OVERDUE_RECONCILE", party: "ke", since_ms: NOW - DAY }], next: ["reconciliation"],
  }),
  row(22, "61", { state: "CLOSED", outcome: "MATCHED", eta_ms: NOW - 9 * DAY, product: "Yellow fever vaccine" }),
]

const attention = (id: string, kind: Attention["kind"], more: Partial<Attention>): Attention => ({
  id, kind, urgency: "routine", operation: STOP, party: "be", at_ms: NOW - HOUR, ...more,
})
const drafts: DraftRow[] = [
  { id: "d1", operation: STOP, state: "PENDING_RELEASE", saved_ms: NOW - 25 * 60_000, person: "W. Njoroge", title: "Rotavirus vaccine → UG", mine: false, announcement: {} },
  { id: "d2", operation: STOP, state: "DRAFT", saved_ms: NOW - 3 * HOUR, person: "A. Otieno", title: "Empty cold boxes → BE", mine: true, announcement: {} },
]
export const today = (): Today => ({
  now_ms: Date.now(),
  urgent: [
    attention("u1", "alert", {
      type: "hold", urgency: "urgent", party: "ae", reference: consignments[2]!.reference, at_ms: NOW - 12 * 60_000, due_ms: NOW + 48 * 60_000,
      text: "Seal DXB-7781 was found broken on container 2 of 3 during transhipment; temperature logger reads −41 °C.",
    }),
  ],
  answers: [
    attention("n1", "answer", { type: "prenotification", urgency: "priority", reference: consignments[0]!.reference, due_ms: NOW + 2.24 * HOUR, text: "Corvanza COVID-19 mRNA vaccine, 900 doses, BRU → DXB → NBO" }),
    attention("n2", "query", { party: "be", reference: consignments[1]!.reference, text: "Will your clearing agent bring the marketing authorisation, or shall we attach it?", due_ms: NOW + 9 * HOUR }),
    attention("n3", "approve", { party: "ke", text: "phone12 of w.njoroge", at_ms: NOW - 5 * 60_000 }),
  ],
  arrivals: consignments.filter((one) => (one.eta_ms ?? 0) > NOW),
  overdue: [
    attention("o1", "late", { flag: "OVERDUE_RECONCILE", party: "ke", reference: consignments[4]!.reference, due_ms: NOW - 26 * HOUR, at_ms: NOW - 26 * HOUR }),
    attention("o2", "late", { flag: "OVERDUE_ACK", party: "ug", reference: "PN-STOP-III-KE-2026-000007-44", due_ms: NOW - 3 * HOUR, at_ms: NOW - 3 * HOUR }),
  ],
  unread: [
    { channel: hex("c"), operation: STOP, title: "East Africa desk", unread: 4, mentions: 1, last_ms: NOW - 9 * 60_000 },
    { channel: hex("d"), operation: STOP, title: "مكتب العمليات دبي", unread: 2, mentions: 0, last_ms: NOW - 2 * HOUR },
  ],
  drafts,
})
export const channels: ChannelRow[] = [
  { id: hex("c"), operation: STOP, title: "East Africa desk", purpose: "channel", parties: ["ke", "ug", "be", "ocu"], history: "full", retention_s: 15_552_000, unread: 4, mentions: 1, last_ms: NOW - 9 * 60_000, last_text: "Two pallets left on the apron; temperature still fine.", own_leaf: true, trouble: null },
  { id: hex("d"), operation: STOP, title: "مكتب العمليات دبي", purpose: "channel", parties: ["ae", "ke"], history: "from_join", retention_s: 7_776_000, unread: 2, mentions: 0, last_ms: NOW - 2 * HOUR, last_text: "شكرا، وصلت الرحلة EK719", own_leaf: true, trouble: null },
]
export const parties: PartyView[] = [
  { party: "be", kind: "member", name: "Belgium", offices: ["be/ncp", "be/liege"] }, { party: "ae", kind: "member", name: "United Arab Emirates", offices: ["ae/ncp"] },
  { party: "ke", kind: "member", name: "Kenya", offices: ["ke/ncp", "ke/jkia"] }, { party: "ocu", kind: "coordinator", name: "Operational Coordination Unit", offices: ["ocu/desk"] },
  { party: "rilo-esa", kind: "rilo", name: "RILO East and Southern Africa", offices: ["rilo-esa/desk"] },
]
const device = (person: string, name: string, more: Partial<DeviceRow> = {}): DeviceRow => ({
  uri: `pratique://ke.exercise.example/ncp/${person}/${name}`, party: "ke", office: "ncp", person, device: name, this_one: false, state: "active",
  until_ms: NOW + 60 * DAY, channels: 7, ...more,
})
export const devices: DeviceRow[] = [
  device("a.otieno", "desk1", { this_one: true, label: "Night desk" }), device("a.otieno", "phone4"), device("w.njoroge", "desk2", { until_ms: NOW + 6 * DAY }),
  device("j.mwangi", "phone9", { state: "revoked", channels: 0 }),
]
export const waiting: WaitingRow[] = [
  { invitation: hex("e"), office: "ke/ncp", person: "w.njoroge", expires_ms: NOW + 20 * HOUR, state: "waiting", device: "pratique://ke.exercise.example/ncp/w.njoroge/phone12", fingerprint: "K7QXA-2MPLD-9RT4W-ZE6HC-B3NVU" },
  { invitation: hex("f"), office: "ke/jkia", person: "p.kamau", expires_ms: NOW + 40 * HOUR, state: "open" },
]
