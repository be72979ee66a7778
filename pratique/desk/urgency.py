"""Say how urgent an announcement is: as its sender chose, as it says itself, or as it was sent before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pratique.contents.prenotification import GoodsPart, RoutePart
from pratique.wire.entries import Urgency

if TYPE_CHECKING:
    from pratique.contents.prenotification import Announcement
    from pratique.desk.desk import Desk

PARTS = (GoodsPart, RoutePart)


def said_by(announcement: Announcement, chosen: Urgency | None = None) -> Urgency:
    """Give what was chosen; else what a new announcement says itself: who gives a reason for it calls it urgent."""
    if chosen is not None:
        return chosen
    return Urgency.PRIORITY if announcement.urgency_reason is None else Urgency.URGENT


def standing(desk: Desk, reference: str) -> Urgency:
    """Give how urgent the newest version was when it was sent."""
    said = [one for one in desk.board.said[reference] if one.mark is None and isinstance(one.content, PARTS)]
    return said[-1].urgency


def kept(desk: Desk, reference: str, announcement: Announcement, chosen: Urgency | None) -> Urgency:
    """Give how urgent the next version is: as the one before, unless chosen; without a reason not urgent."""
    if chosen is not None or announcement.urgency_reason is not None:
        return said_by(announcement, chosen)
    return min(standing(desk, reference), Urgency.PRIORITY)
