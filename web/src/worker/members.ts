/** Who takes part: operations, parties, devices; and what a party's officer does. */
import type { DeviceRow, OperationView, PartyView, TimelineLine } from "../api"
import type { PartyOfficer } from "../client/authority"
import { PratiqueError } from "../client/errors"
import type { Operation } from "../client/opened"
import type { Reason } from "../client/root_holder"
import { openRoom } from "../desk/room"
import { regaining } from "../client/recovery"
import type { OperationTerms } from "../wire/bodies"
import { Kind } from "../wire/entries"
import { channelRows } from "./channels"
import type { ActsOf, Here, QueriesOf } from "./here"
import { lineOf, uriOf } from "./lines"
import { revocationOf } from "./revocations"
import { newId } from "../desk/kinds"
import { Adaptation } from "../contents/adaptation"
import { DeskHours } from "../contents/desk"
import { Policy } from "../contents/policy"

const MOST_LINES = 1000

export const queries: QueriesOf<"operations" | "parties" | "devices" | "waiting" | "security_log" | "regaining"> = {
  operations: (here) => here.desks.operations().map((one) => operationView(here, one)),

  parties(here): PartyView[] {
    const offices = new Map<string, Set<string>>()
    const note = (party: string, office: string): unknown =>
      offices.set(party, (offices.get(party) ?? new Set<string>()).add(office))
    for (const { terms } of here.desks.operations()) for (const { party } of terms.participants) note(party, `${party}/ncp`)
    for (const state of here.device.channels()) for (const office of state.seated) note(office.split("/")[0]!, office)
    note(here.device.uri.party, here.device.uri.officeId)
    const listed = [...here.device.directory.authorities.parties.values()]
    return listed
      .map(({ party, kind, name }) => ({ party, kind, name, offices: [...(offices.get(party) ?? [])].sort() }))
      .sort((a, b) => (a.party < b.party ? -1 : 1))
  },

  devices: (here, { party }) => deviceRows(here, party ?? here.device.uri.party),

  waiting: (here) => here.approvals.look(),

  security_log: (here) => securityLog(here),

  regaining(here) {
    const states = here.device.channels()
    const told = regaining(here.device.store, states, here.device.uri.toString())
    if (told === null) return null
    const titles = new Map(channelRows(here, states).map((row) => [row.id, row.title]))
    return told.map(({ channel, state }) => ({ channel, title: titles.get(channel) ?? "", state }))
  },
}

export const acts: ActsOf<
  | "found_operation"
  | "amend_operation"
  | "set_desk"
  | "set_policy"
  | "adapt"
  | "import_authority"
  | "forget_authority"
  | "invite"
  | "approve"
  | "revoke"
  | "rename_device"
> = {
  async found_operation(here, { terms }) {
    const founded = await here.device.foundOperation({ ...termsOf(terms), number: 1, nonce: newId() })
    await openRoom(here.device, founded)
    here.desks.knowAll(await here.device.operations())
    here.changed("members", "channels", "today")
    return { id: founded.id }
  },

  async amend_operation(here, { operation, terms }) {
    const before = here.desks.of(operation).operation.terms
    const { nonce } = before
    const next = { ...termsOf({ ...before, ...terms }), number: before.number + 1, nonce }
    const amended = await here.device.amendOperation(operation, next)
    here.desks.know([amended])
    // Who was added is seated in the operation room.
    await openRoom(here.device, amended)
    await unseatStrangers(here, amended)
    here.changed("members", "channels", "today")
  },

  async set_desk(here, { operation, settings }) {
    await here.desks.of(operation).setDesk(DeskHours.check(settings))
    here.changed("settings", "members")
  },

  async set_policy(here, { operation, policy }) {
    await here.desks.of(operation).setPolicy(Policy.check(policy))
    here.changed("settings", "drafts")
  },

  async adapt(here, { operation, adaptation }) {
    await here.desks.of(operation).adapt(Adaptation.check(adaptation))
    here.changed("settings")
  },

  async import_authority(here, { file, key_file, passphrase }) {
    const { party } = await here.device.takeAuthority(file, key_file, passphrase)
    here.changed("members", "settings")
    return { party }
  },

  async forget_authority(here) {
    await here.device.forgetAuthority()
    here.changed("members", "settings")
  },

  async invite(here, { office, person, valid_s }) {
    const ticket = await officerOf(here).invite(office.split("/").at(-1)!, person, valid_s)
    here.changed("members")
    return { invitation: ticket.id, ticket: ticket.text() }
  },

  async approve(here, { invitation, fingerprint }) {
    const device = await officerOf(here).approve(invitation, fingerprint)
    await here.approvals.look()
    here.changed("members", "today")
    // The new device is added to the channels by whoever is awake: this one is.
    void here.syncNow()
    return { device }
  },

  async revoke(here, { device, reason }) {
    const channels = await officerOf(here).revoke(device, reason as Reason)
    // The directory shows it at once, verified; the lists of this browser with it.
    const office = uriOf(device)?.officeId
    if (office !== undefined) await here.device.directory.fetchOffice(here.device.account, office)
    here.changed("members", "channels")
    void here.syncNow()
    return { channels }
  },

  async rename_device(here, { device, label }) {
    await here.device.shelf.put(`label ${device}`, label === "" ? null : label)
    here.changed("members")
  },
}

/** Take the seats of parties that take part no more, wherever this office may; a lane's parties stay as its charter says. */
async function unseatStrangers({ device }: Here, { id, terms }: Operation): Promise<void> {
  const taking = new Set(terms.participants.map((one) => one.party))
  for (const { id: channel, charter, own_leaf, seated } of device.channels()) {
    const ours = charter.operation === id && charter.purpose === "channel" && own_leaf
    if (!ours || !charter.owners.includes(device.uri.officeId)) continue
    const gone = seated.filter((office) => !taking.has(office.split("/")[0]!))
    if (gone.length > 0) await device.changeSeats(channel, [], gone)
  }
}

export function officerOf(here: Here): PartyOfficer {
  const officer = here.device.officer()
  if (officer !== null) return officer
  const hint = "take the party's key file into this browser, or ask the officer who has it"
  throw new PratiqueError("no_authority", "this browser does not hold your party's key", hint)
}

function operationView(here: Here, { id, terms }: Operation): OperationView {
  const { authorities } = here.device.directory
  const own = terms.participants.find((one) => one.party === here.device.uri.party)
  return {
    id,
    code: terms.code,
    from_ms: terms.from_ms,
    until_ms: terms.until_ms,
    phase: terms.phase,
    number: terms.number,
    participants: terms.participants.map(({ party, roles }) => {
      const listed = authorities.party(party)
      return { party, name: listed?.name ?? party.toUpperCase(), kind: listed?.kind ?? "member", roles: [...roles] }
    }),
    lane_companions: [...terms.lane_companions],
    ours: [...(own?.roles ?? [])],
    coordinator: own?.roles.includes("coordinator") ?? false,
    ...(here.desks.takesPart(id) ? {} : { out: true }),
  }
}

function termsOf(given: Record<string, unknown>): OperationTerms {
  const { code, from_ms, until_ms, phase, participants, lane_companions } = given as unknown as OperationTerms
  return {
    number: 1,
    code,
    from_ms,
    until_ms,
    phase: phase ?? "preparation",
    participants: participants.map(({ party, roles }) => ({ party, roles: [...roles] })),
    lane_companions: [...(lane_companions ?? [])],
    nonce: "",
  }
}

async function deviceRows(here: Here, party: string): Promise<DeviceRow[]> {
  const { directory, uri: own } = here.device
  const held = new Map<string, number>()
  const offices = new Set<string>([`${party}/ncp`])
  for (const state of here.device.channels()) {
    for (const uri of state.devices) held.set(uri, (held.get(uri) ?? 0) + 1)
    for (const office of state.seated) if (office.startsWith(`${party}/`)) offices.add(office)
  }
  const known = new Set([...held.keys(), ...(here.device.officer()?.devices() ?? []), own.toString()])
  for (const office of offices) for (const uri of await here.offices.of(office)) known.add(uri)
  const rows: DeviceRow[] = []
  for (const uri of known) {
    const named = uriOf(uri)
    if (named?.party !== party) continue
    const until = (await directory.newest(uri))?.not_after_ms ?? 0
    const label = here.device.shelf.get(`label ${uri}`)
    const revoked = revocationOf(here, uri)
    rows.push({
      uri,
      party,
      office: named.officeId,
      person: named.person,
      device: named.device,
      ...(typeof label === "string" ? { label } : {}),
      this_one: uri === own.toString(),
      state: revoked !== null ? "revoked" : until < here.nowMs() ? "expired" : "active",
      ...(revoked === null ? {} : { revoked }),
      until_ms: until,
      channels: held.get(uri) ?? 0,
    })
  }
  return rows.sort((a, b) => (a.uri < b.uri ? -1 : 1))
}

/** Give who came and went and what was refused, in all channels, the newest first. */
function securityLog(here: Here): TimelineLine[] {
  const lines: TimelineLine[] = []
  for (const state of here.device.channels()) {
    for (const entry of here.device.opened(state.id)) {
      const membership = entry.kind === Kind.COMMIT || entry.kind === Kind.ROSTER
      // A commit that changes nobody renews a key: that is no news.
      const moved = membership && entry.problem === null && entry.body.length > 0
      if (moved || (entry.problem !== null && !entry.problem.startsWith("no_key"))) lines.push(lineOf(here, entry))
    }
  }
  return lines.sort((a, b) => b.at_ms - a.at_ms).slice(0, MOST_LINES)
}
