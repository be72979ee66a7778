/** Let the board judge what is about to be said, and tell a refusal in words. */
import { PratiqueError } from "../client/errors"
import type { GoodsPart } from "../contents/prenotification"
import type { Event } from "../contents/registry"
import * as boards from "../views/board"
import type { Consignment } from "../views/consignment"
import type { Desk } from "./desk"

export const HINT = "its page tells where it stands"

/** Let the board judge a content before it is sent; throws `PratiqueError` with the mark. */
export function rehearse(desk: Desk, one: Consignment, channel: string, content: GoodsPart | Event): void {
  const mark = boards.rehearse(desk.board, desk.party, channel, content, desk.nowMs())
  if (mark !== null) throw new PratiqueError(mark, `${one.reference}: ${reasonOf(mark)}`, HINT)
}

/** Give a mark in words. */
export function reasonOf(mark: string): string {
  return REASONS[mark] ?? mark.replaceAll("_", " ")
}

const REASONS: Readonly<Record<string, string>> = {
  not_the_sender: "only the Member that announced it says this",
  version_not_newer: "a newer version is there already",
  not_your_leg: "only the Member whose leg it is reports this",
  out_of_turn: "this does not follow from where the consignment is",
  said_before: "this was said before",
  closed: "the consignment is closed",
  withdrawn: "the pre-notification was withdrawn",
  replaced: "another pre-notification has replaced this one",
  expired: "it never departed and has expired",
  no_such_query: "no such question was asked, or it is answered",
  not_on_hold: "no hold is asked for or confirmed",
  no_agreement: "the Member that asked for the hold has not agreed",
  no_transport_document: "an air waybill or another transport document is needed by now",
  too_late: "the time for this is over",
  not_agreed_by_ocu: "the coordinating unit has not agreed",
}
