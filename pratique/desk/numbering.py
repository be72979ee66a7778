"""Number announcements by the own lane: the place of a draft's first entry there is the number of its reference.

An own lane dies with its Member's last device; the next one counts on from behind it (`base`). Of two drafts with one
national reference, the first in the lane counts, whichever device wrote it.
"""

from __future__ import annotations

import asyncio
import secrets
from typing import TYPE_CHECKING

from pratique.contents.draft import NUMBERS, Draft
from pratique.desk.outward import Parcel
from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from pratique.contents.prenotification import Announcement
    from pratique.desk.desk import Desk
    from pratique.views.drafts import DraftOf, Drafts

# Another device of this Member is announcing the same: it is given this long before its work is taken over.
PATIENCE, PAUSE_S = 12, 0.25


class Known:
    """The drafts of a Member by what they are known again by."""

    def __init__(self, drafts: Drafts) -> None:
        self.drafts = drafts
        self.of_national: dict[str, DraftOf] = {}
        self.of_reference: dict[str, DraftOf] = {}
        for one in sorted(drafts.by_id.values(), key=lambda draft: draft.number):
            if one.national_reference is not None and one.state != "DISCARDED":
                self.of_national.setdefault(one.national_reference, one)
            if one.reference is not None:
                self.of_reference[one.reference] = one

    def find(self, announcement: Announcement, draft_id: str | None = None) -> DraftOf | None:
        """Give what was begun or sent before: by draft, by national reference, or begun with the same bytes."""
        if draft_id is not None:
            return self.drafts.by_id.get(draft_id)
        if announcement.national_reference is not None:
            return self.of_national.get(announcement.national_reference)
        begun = (one for one in self.drafts.by_id.values() if one.state == "DRAFT")
        return next((one for one in begun if one.announcement == announcement), None)


async def base(desk: Desk) -> int:
    """Give what the next draft has to say of the numbers before it: 0, but for the first of a lane that follows others.

    An own lane that died cannot be read, but its length can: no number of it is higher than that and its own base.
    """
    if not desk.drafts.by_id:
        await desk.catch_up()
    if desk.drafts.by_id:
        return 0
    sent = (one.reference for one in desk.board.consignments.values() if one.origin == desk.party)
    return max((desk.reading.dead_length, *(int(reference.split("-")[-2]) for reference in sent))) % NUMBERS


def begin(announcement: Announcement, after: int = 0) -> Draft:
    """Give the entry that numbers an announcement; `after` is its base."""
    return Draft(
        draft=secrets.token_hex(16),
        state="DRAFT",
        national_reference=announcement.national_reference,
        announcement=announcement,
        base=after or None,
    )


async def number(desk: Desk, announcement: Announcement) -> DraftOf:
    """Post the draft; where another device was first with the same national reference, give that one's."""
    draft = begin(announcement, await base(desk))
    own = await desk.outward.own_lane()
    await desk.outward.send([Parcel(own, draft)])
    if announcement.national_reference is not None:
        await desk.catch_up(own)
    first = known_again(desk, announcement, draft.draft)
    for _ in range(PATIENCE):
        if first.draft == draft.draft or first.reference is not None:
            break
        await asyncio.sleep(PAUSE_S)
        await desk.catch_up(own)
        first = known_again(desk, announcement, draft.draft)
    if first.draft != draft.draft:
        await desk.outward.send([Parcel(own, Draft(draft=draft.draft, state="DISCARDED"))])
        # What the other one posted is known before anything of it is posted again.
        await desk.catch_up()
        first = known_again(desk, announcement, draft.draft)
    return first


def known_again(desk: Desk, announcement: Announcement, draft_id: str) -> DraftOf:
    """Give the draft that numbers an announcement whose own draft is in the lane."""
    by_id = draft_id if announcement.national_reference is None else None
    found = desk.known.find(announcement, by_id)
    if found is None:
        raise PratiqueError("draft_lost", "the draft that was posted does not stand in the own lane", "sync and retry")
    return found


def reference_of(desk: Desk, draft: DraftOf) -> str:
    """Give the reference of a draft."""
    return desk.drafts.reference_of(draft.draft, desk.operation.terms.code, desk.party)


def current(desk: Desk, reference: str) -> str:
    """Give the reference under which a consignment goes on after it was re-routed by this Member."""
    seen = {reference}
    while (one := desk.board.consignments.get(reference)) is not None and one.replaced_by is not None:
        if one.replaced_by in seen or one.replaced_by not in desk.known.of_reference:
            break
        reference = one.replaced_by
        seen.add(reference)
    return reference


def draft_of(desk: Desk, reference: str) -> str | None:
    """Give the id of the draft that a reference was sent from; None where it died with an earlier own lane.

    Raises  PratiqueError: no_draft, where this device cannot read the own lane yet
    """
    draft = desk.known.of_reference.get(reference)
    if draft is None and desk.reading.own_lane_read:
        return None
    if draft is None:
        raise PratiqueError("no_draft", f"the own lane holds no record of {reference}", "sync and try again")
    return draft.draft
