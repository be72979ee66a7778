/** Split an announcement over its audiences: everything to the destination, its own row to each transit Member. */
import {
  type Announcement,
  type Deadlines,
  type GoodsPart,
  type Override,
  type RoutePart,
  TYPE,
} from "../contents/prenotification"
import { isPart } from "../contents/registry"
import type { Template } from "../templates/template"
import { filled, templateFor } from "./checking"
import type { Desk } from "./desk"

/** One version of a pre-notification, split; `routes` by transit Member, in the order of the way. */
export interface Parts {
  readonly goods: GoodsPart
  readonly routes: ReadonlyMap<string, RoutePart>
}

/** Write every part; `parties` are on the way, departure first; `deadlines` of those that can be told. */
export function compose(
  desk: Desk,
  announcement: Announcement,
  parties: readonly string[],
  deadlines: ReadonlyMap<string, Deadlines>,
  reference: string,
  version = 1,
): Parts {
  const origin = parties[0]!
  const destination = parties.at(-1)!
  const transit = parties.slice(1, -1).filter((party) => deadlines.has(party))
  const template = templateFor(desk, announcement.template)
  const form = filled(desk, announcement)
  const head = {
    reference,
    version,
    template: announcement.template,
    kind: announcement.kind,
    mode: announcement.mode,
    tlp: announcement.tlp,
    urgency_reason: announcement.urgency_reason,
    origin,
  }
  const goods: GoodsPart = {
    TYPE,
    part: "goods",
    ...head,
    addressee: destination,
    destination,
    relates_to: announcement.relates_to,
    deadlines: deadlines.get(destination)!,
    contacts: phones(desk, [origin, ...transit, destination]),
    form,
    overrides: announcement.overrides,
    transit,
  }
  const contacts = phones(desk, [origin, destination])
  const routes = transit.map((party): [string, RoutePart] => [
    party,
    {
      TYPE,
      part: "route",
      ...head,
      addressee: party,
      destination,
      relates_to: knownTo(desk, party, announcement),
      deadlines: deadlines.get(party)!,
      contacts,
      form: template.project(form, party),
      overrides: overrides(template, form, party, announcement.overrides),
    },
  ])
  return { goods, routes: new Map(routes) }
}

/** Give the related references that a transit Member may know of; a call-off always names its series. */
function knownTo(desk: Desk, party: string, announcement: Announcement): readonly string[] {
  if (announcement.kind === "call_off") return announcement.relates_to
  return announcement.relates_to.filter((reference) =>
    (desk.board.said.get(reference) ?? []).some(({ content }) => isPart(content) && content.addressee === party),
  )
}

function phones(desk: Desk, parties: readonly string[]): Record<string, string> {
  const known = parties.map((party) => [party, desk.room.desks.get(party)?.duty_phone ?? null] as const)
  return Object.fromEntries(known.filter((one): one is readonly [string, string] => one[1] !== null))
}

/** Give the reasons that explain what this party sees, at the places where it sees it. */
function overrides(
  template: Template,
  form: Readonly<Record<string, unknown>>,
  party: string,
  given: readonly Override[],
): Override[] {
  return given.flatMap(({ field, reason }) => {
    const path = template.routePath(form, party, field)
    return path === null ? [] : [{ field: path, reason }]
  })
}
