/** The operation room: where all Members read how the operation works and how each desk can be reached. */
import type { Device } from "../client/device"
import { PratiqueError } from "../client/errors"
import type { Operation } from "../client/opened"
import type { Adaptation } from "../contents/adaptation"
import type { DeskHours } from "../contents/desk"
import { Title } from "../contents/title"
import * as templates from "../templates"
import type { Desk } from "./desk"
import { parcel } from "./outward"
import { Reading } from "./reading"

/** Make the room of an operation and seat every participant; where it is there, seat those who came later. */
export async function openRoom(device: Device, operation: Operation): Promise<string> {
  coordinating(device.uri.party, operation)
  const offices = operation.terms.participants.map((one) => `${one.party}/ncp`)
  await device.sync()
  const reading = new Reading(device, operation)
  reading.refresh()
  const known = reading.rooms[0]
  if (known !== undefined) {
    const seated = device.channels().find((state) => state.id === known)?.seated ?? []
    const missing = offices.filter((office) => !seated.includes(office))
    if (missing.length > 0) await device.changeSeats(known, missing)
    return known
  }
  const title = `${operation.terms.code} operation room`
  const channel = await device.createChannel(operation.id, { title, offices })
  await device.post(channel, Title.TYPE, Title.write({ title, purpose: "operation", about: null }))
  await device.sync(channel)
  return channel
}

/** Tell this Member's hours and telephone; throws no_room. */
export async function setDesk(desk: Desk, hours: DeskHours): Promise<void> {
  await desk.outward.send([parcel(roomOf(desk), hours)])
}

/** Adapt the template; throws not_coordinator, no_room; `AdaptationRefused`. */
export async function adapt(desk: Desk, adaptation: Adaptation): Promise<void> {
  coordinating(desk.party, desk.operation)
  templates.newest(adaptation.template).adapted(adaptation)
  await desk.outward.send([parcel(roomOf(desk), adaptation)])
}

function coordinating(party: string, operation: Operation): void {
  if (operation.terms.participants.some((one) => one.party === party && one.roles.includes("coordinator"))) return
  const detail = `${party.toUpperCase()} does not coordinate ${operation.terms.code}`
  throw new PratiqueError("not_coordinator", detail, "the coordinating unit does this")
}

function roomOf(desk: Desk): string {
  const found = desk.reading.rooms[0]
  if (found !== undefined) return found
  const detail = `${desk.operation.terms.code} has no operation room that this device reads`
  throw new PratiqueError("no_room", detail, "the coordinating unit opens it; then sync")
}
