/** What statements say: party lists, invitations, revocations, operations, charters, rosters, reminders, releases. */

import { body, flag, hex, integer, list, named, object, oneOf, optional, orNull, text } from "./body_fields"
import { checkDeployment, checkOfficeId, checkParty, officeParty } from "./identity"
import type { BodyModel } from "./statements"

const partyId = named(checkParty)
const officeId = named(checkOfficeId)
const deployment = named(checkDeployment)
const digest = hex(64)
const hex16 = hex(32)
const words = text(1, 200)
const millis = integer(0)

/** Who takes part. */
export type PartyKind = "member" | "ocu" | "rilo" | "partner" | "right_holder"

/** One CA certificate of a party (base64 DER) and since when, until when it counts. */
export interface Authority {
  readonly certificate: string
  readonly from_ms: number
  readonly revoked_ms: number | null
}

/** One party of the party list. */
export interface ListedParty {
  readonly party: string
  readonly kind: PartyKind
  readonly name: string
  readonly authorities: readonly Authority[]
}

/** The numbered list of parties and their CAs; signer "root", follows the list before it. */
export interface PartyList {
  readonly deployment: string
  readonly number: number
  readonly parties: readonly ListedParty[]
  /** Base64 DER; the list after this one is signed by it. */
  readonly new_root: string | null
}

const authority = object<Authority>({ certificate: text(), from_ms: millis, revoked_ms: orNull(millis) })
const listedParty = object<ListedParty>({
  party: partyId,
  kind: oneOf("member", "ocu", "rilo", "partner", "right_holder"),
  name: words,
  authorities: list(authority, 1, 8),
})

export const PartyList: BodyModel<PartyList> = body(
  "pratique party list v1",
  object<PartyList>(
    { deployment, number: integer(1), parties: list(listedParty, 0, 1000), new_root: orNull(text()) },
    (one) => once(one.parties.map((listed) => listed.party)),
  ),
)

/** Leave for one person to enrol one device; signer is the party's host (its CA key). */
export interface Invitation {
  /** SHA-256 of the secret token. */
  readonly token_digest: string
  readonly office: string
  readonly person: string
  readonly expires_ms: number
  /** SHA-256 of the deployment root's DER, pinned at enrolment. */
  readonly root: string
}

export const Invitation: BodyModel<Invitation> = body(
  "pratique invitation v1",
  object<Invitation>({ token_digest: digest, office: officeId, person: words, expires_ms: millis, root: digest }),
)

/** The end of a device; signer is its party's host (its CA key) or "root". */
export interface Revocation {
  readonly device: string
  readonly reason: "lost" | "stolen" | "left" | "replaced" | "compromised" | "other"
  readonly at_ms: number
}

export const Revocation: BodyModel<Revocation> = body(
  "pratique revocation v1",
  object<Revocation>({
    device: words,
    reason: oneOf("lost", "stolen", "left", "replaced", "compromised", "other"),
    at_ms: millis,
  }),
)

export type ParticipantRole = "departure" | "transit" | "destination" | "coordinator" | "observer"

/** A party of an operation and what it is there for. */
export interface Participant {
  readonly party: string
  readonly roles: readonly ParticipantRole[]
}

/** The terms of an operation from this statement on; number 1 founds it (its digest is the operation's id). */
export interface OperationTerms {
  readonly number: number
  readonly code: string
  readonly from_ms: number
  readonly until_ms: number
  readonly phase: "preparation" | "active" | "closing" | "closed"
  readonly participants: readonly Participant[]
  /** Parties that sit in every lane, visibly (OCU, RILO). */
  readonly lane_companions: readonly string[]
  readonly nonce: string
}

const role = oneOf("departure", "transit", "destination", "coordinator", "observer")

export const OperationTerms: BodyModel<OperationTerms> = body(
  "pratique operation v1",
  object<OperationTerms>({
    number: integer(1),
    code: text(0, 24, /^[A-Z0-9][A-Z0-9-]{1,23}$/),
    from_ms: millis,
    until_ms: millis,
    phase: oneOf("preparation", "active", "closing", "closed"),
    participants: list(object<Participant>({ party: partyId, roles: list(role, 0) }), 1, 400),
    lane_companions: optional(list(partyId, 0), []),
    nonce: hex16,
  }),
)

/** The terms of a channel; its statement's SHA-256 is the channel id and the MLS group id. */
export interface Charter {
  readonly operation: string
  readonly purpose: "channel" | "lane"
  readonly owners: readonly string[]
  /** A lane's exact party set, sorted; one party: its own lane; empty for a channel. */
  readonly parties: readonly string[]
  readonly history: "full" | "from_join"
  readonly retention_s: number
  readonly nonce: string
}

export const Charter: BodyModel<Charter> = body(
  "pratique charter v1",
  object<Charter>(
    {
      operation: digest,
      purpose: oneOf("channel", "lane"),
      owners: list(officeId, 1, 50),
      parties: optional(list(partyId, 0), []),
      history: oneOf("full", "from_join"),
      retention_s: integer(0, 10 * 366 * 86_400),
      nonce: hex16,
    },
    lane,
  ),
)

/** One office gains or loses its seat. */
export interface SeatChange {
  readonly office: string
  readonly seated: boolean
}

/** Numbered changes of a channel's seats; signed by a device of an owner office, follows the roster before. */
export interface Roster {
  readonly channel: string
  readonly number: number
  readonly changes: readonly SeatChange[]
}

export const Roster: BodyModel<Roster> = body(
  "pratique roster v1",
  object<Roster>({
    channel: digest,
    number: integer(1),
    changes: list(object<SeatChange>({ office: officeId, seated: flag }), 1, 400),
  }),
)

/** A device lost its MLS state of a channel: its old leaf is surplus, then it is added anew. */
export interface Rejoin {
  readonly channel: string
  readonly nonce: string
}

export const Rejoin: BodyModel<Rejoin> = body("pratique rejoin v1", object<Rejoin>({ channel: digest, nonce: hex16 }))

/** A device cannot apply the commit at `seq`; it keeps its state before it. */
export interface BadCommit {
  readonly channel: string
  readonly seq: number
  readonly chain: string
}

export const BadCommit: BodyModel<BadCommit> = body(
  "pratique bad commit v1",
  object<BadCommit>({ channel: digest, seq: integer(1), chain: digest }),
)

/** One instant of a reminder, and the offices whose devices are told then. */
export interface Ring {
  readonly at_ms: number
  readonly offices: readonly string[]
}

/** Instants at which offices are told that `party` has not yet answered; until an end names this entry. */
export interface Reminder {
  readonly channel: string
  /** Whose answer is awaited; it may end the reminder, as the author's party may. */
  readonly party: string
  readonly rings: readonly Ring[]
  /** Two reminders that ask for the same are two. */
  readonly nonce: string
}

const ring = object<Ring>({ at_ms: millis, offices: list(officeId, 1, 8) }, (one) => once(one.offices))

export const Reminder: BodyModel<Reminder> = body(
  "pratique reminder v1",
  object<Reminder>({ channel: digest, party: partyId, rings: list(ring, 1, 16), nonce: hex16 }),
)

/** The end of the reminder that is entry `seq` of the channel: what it waited for has come. */
export interface ReminderEnd {
  readonly channel: string
  readonly seq: number
}

export const ReminderEnd: BodyModel<ReminderEnd> = body(
  "pratique reminder end v1",
  object<ReminderEnd>({ channel: digest, seq: integer(1) }),
)

/** A build of the web client that browsers of this deployment may run; signer "root", numbers only rise. */
export interface Release {
  readonly deployment: string
  readonly number: number
  /** SHA-256 of the build's release.json. */
  readonly manifest: string
}

export const Release: BodyModel<Release> = body(
  "pratique release v1",
  object<Release>({ deployment, number: integer(1), manifest: digest }),
)

/** Every model, by its label. */
export const BODIES: ReadonlyMap<string, BodyModel<object>> = new Map(
  [
    PartyList,
    Invitation,
    Revocation,
    OperationTerms,
    Charter,
    Roster,
    Rejoin,
    BadCommit,
    Reminder,
    ReminderEnd,
    Release,
  ].map((model) => [model.LABEL, model as BodyModel<object>]),
)

function lane(charter: Charter): boolean {
  if (!once(charter.owners)) return false
  const { parties } = charter
  if (charter.purpose !== "lane") return parties.length === 0
  const sorted = parties.every((party, at) => at === 0 || (parties[at - 1] as string) < party)
  return sorted && charter.owners.every((owner) => parties.includes(officeParty(owner)))
}

function once(names: readonly string[]): boolean {
  return new Set(names).size === names.length
}
