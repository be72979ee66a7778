"""Announce one consignment: number it in the own lane, then put its parts on their lanes.

Whatever is interrupted is finished by announcing the same again: it is known by its draft, its national reference, or
its very bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pratique.desk import amending, checking, numbering
from pratique.desk.dispatching import Version, digest_of, dispatch, sent_as
from pratique.desk.parts import compose
from pratique.desk.urgency import said_by

if TYPE_CHECKING:
    from pratique.contents.prenotification import Announcement
    from pratique.desk.desk import Desk
    from pratique.desk.results import Checked, Sent
    from pratique.views.drafts import DraftOf
    from pratique.wire.entries import Urgency


async def announce(
    desk: Desk,
    announcement: Announcement,
    *,
    urgency: Urgency | None,
    without: tuple[str, ...] = (),
    draft_id: str | None = None,
) -> Sent:
    """Send it, finish what an earlier run began, or amend what was sent before."""
    known = desk.known.find(announcement, draft_id)
    if known is None or known.reference is None:
        checked = checking.check(desk, announcement, urgency=urgency, duplicates=False)
        checking.insist(checked, without)
        if draft_id is None:
            checking.insist_on_release(desk)
        known = known or await numbering.number(desk, announcement)
        if known.reference is None:
            first = first_version(desk, announcement, checked, known, urgency)
            return (await dispatch(desk, [first]))[0]
    version = again(desk, known, announcement, urgency, without, released=draft_id is not None)
    if version is None:
        return sent_as(desk, numbering.current(desk, numbering.reference_of(desk, known)), repeated=True)
    return (await dispatch(desk, [version]))[0]


def again(
    desk: Desk,
    known: DraftOf,
    announcement: Announcement,
    urgency: Urgency | None,
    without: tuple[str, ...] = (),
    *,
    released: bool = False,
) -> Version | None:
    """Give the next version of what was sent from a draft; None where it is the same."""
    reference = numbering.current(desk, numbering.reference_of(desk, known))
    sent_from = desk.known.of_reference.get(reference, known)
    if sent_from.digest == digest_of(announcement):
        return None
    if not released:
        checking.insist_on_release(desk)
    return amending.next_version(desk, reference, announcement, urgency, without)


def first_version(
    desk: Desk, announcement: Announcement, checked: Checked, draft: DraftOf, urgency: Urgency | None
) -> Version:
    """Give version 1 under the draft's number; parts of an earlier run stand."""
    reference = numbering.reference_of(desk, draft)
    there = desk.reading.parts(reference)
    deadlines = {party: there[party][2].deadlines if party in there else at for party, at in checked.deadlines.items()}
    parts = compose(desk, announcement, checked.parties, deadlines, reference)
    return Version(
        draft.draft,
        announcement,
        parts,
        said_by(announcement, urgency),
        renewed=frozenset(deadlines),
        there=frozenset(there),
        without=checked.unreachable,
    )
