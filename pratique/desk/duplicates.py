"""Find what may be the same goods before they are announced again: linked and shown, never blocked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pratique.contents.shipment import Leg, Shipment
from pratique.views.links import Link, traces

if TYPE_CHECKING:
    from pratique.contents.prenotification import Announcement
    from pratique.desk.desk import Desk


@dataclass(frozen=True)
class Candidate:
    """What is known of goods that have no reference yet."""

    shipment: Shipment
    destination: str

    @property
    def way_legs(self) -> tuple[Leg, ...]:
        """The stretches of its way."""
        return self.shipment.legs


def duplicates_of(
    desk: Desk, announcement: Announcement, parties: tuple[str, ...], form: dict[str, Any]
) -> tuple[Link, ...]:
    """Give links from an announcement, which has no reference yet, to what is on the board."""
    known = desk.known.find(announcement)
    candidate = set(traces(Candidate(Shipment.of(form), parties[-1])))
    return tuple(
        Link("", one.reference, why)
        for one in desk.board.ordered()
        if known is None or one.reference != known.reference
        for why in sorted({why for why, key in traces(one) if (why, key) in candidate})
    )
