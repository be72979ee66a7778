/** Send a consignment another way: a new pre-notification, and everybody on the old way is told which. */
import { makeReference } from "../contents/fields"
import type { Announcement } from "../contents/prenotification"
import type { Consignment } from "../views/consignment"
import type { Urgency } from "../wire/entries"
import { announce } from "./announcing"
import type { Desk } from "./desk"
import { sentAs } from "./dispatching"
import { find } from "./finding"
import { newId } from "./kinds"
import { rehearse } from "./rehearsing"
import { copies, report } from "./reporting"
import type { Sent } from "./results"
import { kept } from "./urgency"
import { digestOf } from "./versions"

/** Announce the new way, then replace the old one; what was interrupted is finished by doing it again. */
export async function reroute(
  desk: Desk,
  reference: string,
  announcement: Announcement,
  reason: string,
  urgency: Urgency | null = null,
): Promise<Sent> {
  const old = find(desk.board, reference)
  const related = [old.reference, ...announcement.relates_to.filter((one) => one !== old.reference)]
  const taken = desk.known.ofNational.get(announcement.national_reference ?? "")
  // The national reference stays with the first number: from there the board leads on to the newest.
  const national = taken?.reference === old.reference ? null : announcement.national_reference
  const fresh: Announcement = { ...announcement, relates_to: related, national_reference: national }
  const digest = digestOf(fresh)
  const done = [...desk.known.ofReference.values()].find((one) => one.digest === digest)
  let sent: Sent
  if (done !== undefined && done.reference !== null) {
    sent = sentAs(desk, done.reference, null, true)
    if (old.replaced_by === sent.reference) return sent
  } else {
    const said = { replaced_by: placeholder(desk, old), reason }
    for (const copy of copies(desk, old, "rerouting", said, newId())) rehearse(desk, old, copy.channel, copy.content)
    sent = await announce(desk, fresh, kept(desk, old.reference, announcement, urgency))
  }
  await report(desk, old.reference, "rerouting", { replaced_by: sent.reference, reason })
  return sent
}

/**
 * Finish a re-routing that was written as a draft: it names first what it replaces, and under `relates_to` why. So
 * whoever releases it has read both.
 */
export async function replaceOld(desk: Desk, sent: Sent, announcement: Announcement): Promise<void> {
  const reason = announcement.overrides.find((one) => one.field === "relates_to")?.reason
  const old = desk.board.consignments.get(announcement.relates_to[0] ?? "")
  if (reason === undefined || old === undefined || old.state !== "DEPARTED") return
  if (old.origin === desk.party || old.transit.includes(desk.party)) {
    await report(desk, old.reference, "rerouting", { replaced_by: sent.reference, reason })
  }
}

/** Give a reference of this Member's to rehearse with, before the new one has its number. */
function placeholder(desk: Desk, old: Consignment): string {
  return makeReference(desk.operation.terms.code, desk.party, Number(old.reference.split("-").at(-3)), 999_999)
}
