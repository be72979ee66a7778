/** One Member's work in one operation: the façade that the worker's acts use. */
import { ready } from "../codes/code_lists"
import type { Operation, OpenedEntry, Notice, SyncReport } from "../client/opened"
import type { Adaptation } from "../contents/adaptation"
import type { DeskHours } from "../contents/desk"
import type { Policy } from "../contents/policy"
import type { Announcement } from "../contents/prenotification"
import type { Template } from "../templates/template"
import type { Board } from "../views/board"
import type { Consignment } from "../views/consignment"
import type { Drafts } from "../views/drafts"
import type { Room } from "../views/room"
import type { Urgency } from "../wire/entries"
import * as amending from "./amending"
import * as announcing from "./announcing"
import * as checking from "./checking"
import type { DeskDevice } from "./device"
import * as drafting from "./drafting"
import * as finding from "./finding"
import type { EventType } from "./kinds"
import { Known, sentBefore } from "./numbering"
import { Outward } from "./outward"
import { Reading } from "./reading"
import * as reporting from "./reporting"
import * as rerouting from "./rerouting"
import type { Alert, Checked, Reported, Sent } from "./results"
import * as room from "./room"
import { alertOf } from "./watching"

export interface Sending {
  /** Left out: urgent where it says why, else priority; a new version is as urgent as the one before. */
  readonly urgency?: Urgency
  /** Transit Members that cannot be reached here and are told by another way. */
  readonly without?: readonly string[]
}

/** What one device of a Member does and sees in one operation; acts of one desk come one after the other. */
export class Desk {
  readonly party: string
  readonly device: DeskDevice
  readonly nowMs: () => number
  readonly adapted = new Map<string, { by: Adaptation; template: Template }>()
  operation: Operation
  reading: Reading
  outward: Outward
  #known: Known
  #turn: Promise<unknown> = Promise.resolve()

  constructor(device: DeskDevice, operation: Operation, clock: () => number = Date.now) {
    this.device = device
    this.party = device.uri.party
    this.nowMs = clock
    this.operation = operation
    this.reading = new Reading(device, operation)
    this.outward = new Outward(device, operation, this.reading)
    this.#known = new Known(this.reading.drafts)
  }

  /** Fold what the device's store holds of an operation; reads no network. */
  static open(device: DeskDevice, operation: Operation, clock: () => number = Date.now): Desk {
    const desk = new Desk(device, operation, clock)
    desk.refresh()
    return desk
  }

  /** The consignments that this Member sees. */
  get board(): Board {
    return this.reading.board
  }

  /** This Member's own drafts, numbers and policy. */
  get drafts(): Drafts {
    return this.reading.drafts
  }

  /** The drafts by national reference and by reference. */
  get known(): Known {
    if (this.#known.drafts !== this.reading.drafts) this.#known = new Known(this.reading.drafts)
    return this.#known
  }

  /** What the operation room tells: desk settings of the parties and the coordinator's adaptation. */
  get room(): Room {
    return this.reading.room
  }

  /** The newest template, adapted as the operation wants it. */
  get template(): Template {
    return checking.newestTemplate(this)
  }

  /** Fold what the store got since. */
  refresh(): void {
    this.reading.refresh()
  }

  /** Catch up with the server, then fold; new terms of the operation hold from now on. */
  async sync(): Promise<SyncReport> {
    const report = await this.catchUp()
    this.workUnder((await this.device.operations()).find((one) => one.id === this.operation.id) ?? this.operation)
    return report
  }

  /** Work under an operation's newest terms. */
  workUnder(operation: Operation): void {
    if (operation.head === this.operation.head) return
    this.operation = operation
    this.reading = new Reading(this.device, operation)
    this.outward = new Outward(this.device, operation, this.reading)
    this.refresh()
  }

  /** Send what an earlier run left, follow one channel or all, and fold. */
  async catchUp(channel: string | null = null): Promise<SyncReport> {
    const report = await this.device.sync(channel)
    this.refresh()
    this.outward.unsure = this.outward.unsure && channel !== null
    return report
  }

  /** Bring in the lists of codes that `check`, and whatever sends, looks codes up in. */
  async ready(): Promise<void> {
    await Promise.all([ready("wco_members"), this.template.findingsReady()])
  }

  /** Give what a person sees before sending, once `ready`. */
  check(announcement: Announcement, how: checking.Checking = {}): Checked {
    return checking.check(this, announcement, how)
  }

  /**
   * Send a pre-notification; the same national reference again amends, the same bytes again change nothing.
   *
   * Throws `AnnouncementRefused` bad_form, needs_reason; `PratiqueError` not_the_sender, not_reachable, needs_release;
   * `Unreachable`: announce the same again, and it is finished without doubling
   */
  announce(announcement: Announcement, how: Sending = {}): Promise<Sent> {
    return this.#acting(() => announcing.announce(this, announcement, how.urgency ?? null, how.without ?? []))
  }

  /** Send a new version to the same lanes; throws destination_changed, or the mark the board would put on it. */
  amend(reference: string, announcement: Announcement, how: Sending = {}): Promise<Sent> {
    return this.#acting(() => amending.amend(this, reference, announcement, how.urgency ?? null, how.without ?? []))
  }

  /** Take a pre-notification back; everybody who got it is told as urgent. */
  withdraw(reference: string, reason: string): Promise<Reported> {
    return this.report(reference, "withdrawal", { reason })
  }

  /** Announce the new way, as urgent as the old one, then tell everybody on that which reference replaces it. */
  reroute(reference: string, announcement: Announcement, reason: string, urgency: Urgency | null = null): Promise<Sent> {
    return this.#acting(() => rerouting.reroute(this, reference, announcement, reason, urgency))
  }

  /** Keep a draft in the Member's own lane; give its id. */
  saveDraft(announcement: Announcement, draftId: string | null = null): Promise<string> {
    return this.#acting(() => drafting.save(this, announcement, draftId))
  }

  /** Hand a draft to another person of this Member for release. */
  submit(draftId: string): Promise<void> {
    return this.#acting(() => drafting.submit(this, draftId))
  }

  /** Return a draft to its author with a comment. */
  giveBack(draftId: string, comment: string): Promise<void> {
    return this.#acting(() => drafting.giveBack(this, draftId, comment))
  }

  /** Put a draft away that will not be sent. */
  discard(draftId: string): Promise<void> {
    return this.#acting(() => drafting.discard(this, draftId))
  }

  /** Send a draft; where the Member wants four eyes, only another person than its author can. */
  release(draftId: string, how: Sending = {}): Promise<Sent> {
    return this.#acting(() => drafting.release(this, draftId, how.urgency ?? null, how.without ?? []))
  }

  /** Post an event to the lanes where it belongs, after the board has judged it. */
  report(
    reference: string,
    type: EventType,
    said: reporting.Saying,
    urgency: Urgency | null = null,
  ): Promise<Reported> {
    return this.#acting(() => reporting.report(this, reference, type, said, urgency))
  }

  /** Tell the sender once that this Member has opened a pre-notification, unless the Member's policy says no. */
  opened(reference: string): Promise<void> {
    return this.#acting(() => reporting.opened(this, reference))
  }

  /** Tell all Members this desk's calendar, duty phone and second office. */
  setDesk(settings: DeskHours): Promise<void> {
    return this.#acting(() => room.setDesk(this, settings))
  }

  /** Set this Member's own rules: four eyes, read receipts. */
  setPolicy(policy: Policy): Promise<void> {
    return this.#acting(() => drafting.setPolicy(this, policy))
  }

  /** Adapt the template for the whole operation; only the coordinating party can. */
  adapt(adaptation: Adaptation): Promise<void> {
    return this.#acting(() => room.adapt(this, adaptation))
  }

  /** Ask the server how far each addressee's devices have fetched the lanes. */
  delivered(references: readonly string[]): ReturnType<typeof finding.delivered> {
    return finding.delivered(this, references)
  }

  /** Give one consignment; a beginning or an end of its reference is enough where only one has it. */
  find(reference: string): Consignment {
    return finding.find(this.board, reference)
  }

  /** Give the newest announcement of a party (this Member's own if left out), to begin the next from. */
  last(origin: string | null = null): Announcement {
    return finding.last(this, origin ?? this.party)
  }

  /** Give what was announced under a reference, as it stands. */
  announcementOf(reference: string): Announcement {
    return finding.announcementOf(this, this.find(reference))
  }

  /** Give what an announcement's national reference was sent as, if it was; `same`: with these very bytes. */
  sentBefore(announcement: Announcement): { reference: string; version: number; same: boolean } | null {
    return sentBefore(this, announcement)
  }

  /** Give a call-off filled in from its series: the times and lots are still to be said. */
  callOff(series: string): Announcement {
    return finding.callOff(this.find(series))
  }

  /** Fold what the device saw, and tell what it means here. */
  alertOf(seen: OpenedEntry | Notice): Alert | null {
    return alertOf(this, seen)
  }

  /** Let one act at a time begin, where everything that was said before has left and is folded. */
  #acting<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(async () => {
      await this.ready()
      if (this.outward.unsure || this.device.unsent() > 0) await this.catchUp()
      return act()
    })
    this.#turn = done.catch(() => undefined)
    return done
  }
}
