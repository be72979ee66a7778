"""Send a consignment another way: a new pre-notification, and everybody on the old way is told which."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from pratique.contents.fields import make_reference
from pratique.contents.rerouting import Rerouting
from pratique.desk import announcing, reporting
from pratique.desk.dispatching import digest_of, sent_as
from pratique.desk.finding import find
from pratique.desk.urgency import kept

if TYPE_CHECKING:
    from pratique.contents.prenotification import Announcement
    from pratique.desk.desk import Desk
    from pratique.desk.results import Sent
    from pratique.views.consignment import Consignment
    from pratique.wire.entries import Urgency


async def reroute(
    desk: Desk, reference: str, announcement: Announcement, reason: str, urgency: Urgency | None = None
) -> Sent:
    """Announce the new way, then replace the old one; what was interrupted is finished by doing it again.

    Raises  PratiqueError: the board's mark; what announcing raises
    """
    old = find(desk.board, reference)
    related = (old.reference, *(one for one in announcement.relates_to if one != old.reference))
    taken = desk.known.of_national.get(announcement.national_reference or "")
    # The national reference stays with the first number: from there the board leads on to the newest.
    national = None if taken is not None and taken.reference == old.reference else announcement.national_reference
    new = announcement.model_copy(update={"relates_to": related, "national_reference": national})
    digest = digest_of(new)
    done = next((one for one in desk.known.of_reference.values() if one.digest == digest), None)
    if done is not None and done.reference is not None:
        sent = sent_as(desk, done.reference, repeated=True)
        if old.replaced_by == sent.reference:
            return sent
    else:
        said = {"replaced_by": _placeholder(desk, old), "reason": reason}
        for copy in reporting.copies(desk, old, Rerouting, said, secrets.token_hex(16)):
            reporting.rehearse(desk, old, copy.channel, copy.content)
        sent = await announcing.announce(desk, new, urgency=kept(desk, old.reference, announcement, urgency))
    await reporting.report(desk, old.reference, Rerouting, {"replaced_by": sent.reference, "reason": reason}, None)
    return sent


async def replace_old(desk: Desk, sent: Sent, announcement: Announcement) -> None:
    """Finish a re-routing that was written as a draft.

    It names first what it replaces, and under `relates_to` why; so whoever releases it has read both.
    """
    reason = next((one.reason for one in announcement.overrides if one.field == "relates_to"), None)
    old = desk.board.consignments.get(announcement.relates_to[0]) if announcement.relates_to else None
    if reason is None or old is None or old.state != "DEPARTED":
        return
    if desk.party in (old.origin, *old.transit):
        await reporting.report(desk, old.reference, Rerouting, {"replaced_by": sent.reference, "reason": reason}, None)


def _placeholder(desk: Desk, old: Consignment) -> str:
    """Give a reference of this Member's to rehearse with, before the new one has its number."""
    return make_reference(desk.operation.terms.code, desk.party, int(old.reference.split("-")[-3]), 999_999)
