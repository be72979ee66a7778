/** What administration reads beside the lists: an operation's room, the form before it is adapted, the party's key here. */
import { Adaptation } from "../contents/adaptation"
import { DeskHours } from "../contents/desk"
import { adaptationProblems } from "../templates/adaptation"
import { formModel } from "../templates/form"
import * as templates from "../templates"
import type { ActsOf, Here, QueriesOf } from "./here"
import { uriOf } from "./lines"
import { officerOf } from "./members"

const KIND = "departure"

export const queries: QueriesOf<"operation_room" | "plain_form" | "authority" | "device_channels"> = {
  operation_room(here, { operation }) {
    const { room, reading, drafts } = here.desks.of(operation)
    return {
      room: reading.rooms[0] ?? null,
      desks: Object.fromEntries([...room.desks].map(([party, desk]) => [party, DeskHours.dump(desk)])),
      adaptation: room.adaptation === null ? null : Adaptation.dump(room.adaptation),
      policy: { four_eyes: drafts.policy.four_eyes, receipts: drafts.policy.receipts },
    }
  },

  async plain_form(_, { language, adaptation }) {
    const wanted = Adaptation.check(adaptation ?? {})
    const template = templates.newest(wanted.template)
    const model = await formModel(template, KIND, language)
    return { ...model, problems: adaptationProblems(template.schema, wanted) }
  },

  authority(here) {
    const officer = here.device.officer()
    return { held: officer !== null, renewable: officer?.devices() ?? [] }
  },

  device_channels: (here, { device }) => sitsIn(here, device),
}

export const acts: ActsOf<"renew"> = {
  async renew(here, { device }) {
    await officerOf(here).renew(device)
    // The directory has it; this browser's own copy of it too, so that lists show the new end.
    const { uri, directory, account } = here.device
    if (device === uri.toString()) await here.device.renew()
    else await directory.fetchOffice(account, officeOf(device))
    here.changed("members", "session")
  },
}

function officeOf(device: string): string {
  return uriOf(device)?.officeId ?? ""
}

function sitsIn(here: Here, device: string): { id: string; title: string; purpose: "channel" | "lane" }[] {
  const seats = here.device.channels().filter((state) => state.devices.includes(device))
  return seats.map((state) => ({ id: state.id, title: here.rooms.of(state).title, purpose: state.charter.purpose }))
}
