/** Say how urgent an announcement is: as its sender chose, as it says itself, or as it was sent before. */
import type { Announcement } from "../contents/prenotification"
import { Urgency } from "../wire/entries"
import type { Desk } from "./desk"

/** Give what was chosen; else what a new announcement says itself: who gives a reason for it calls it urgent. */
export function saidBy(announcement: Announcement, chosen: Urgency | null = null): Urgency {
  return chosen ?? (announcement.urgency_reason === null ? Urgency.PRIORITY : Urgency.URGENT)
}

/** Give how urgent the newest version was when it was sent. */
export function standing(desk: Desk, reference: string): Urgency {
  const said = (desk.board.said.get(reference) ?? []).filter((one) => one.mark === null && one.content.TYPE === "prenotification")
  return said.at(-1)?.urgency ?? Urgency.ROUTINE
}

/** Give how urgent the next version is: as the one before, unless chosen; without a reason not urgent. */
export function kept(desk: Desk, reference: string, announcement: Announcement, chosen: Urgency | null): Urgency {
  if (chosen !== null || announcement.urgency_reason !== null) return saidBy(announcement, chosen)
  return Math.min(standing(desk, reference), Urgency.PRIORITY) as Urgency
}
