"""Write what was said as CloudEvents 1.0 (JSON, structured mode), and judge whether it is told to this Member.

A destination sees one act in several lanes: it is told once, from the goods lane. Every gateway of a Member judges
alike, from the log alone, so that they agree on what there is to deliver.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pratique.contents.prenotification import GoodsPart, RoutePart
from pratique.views.consignment import state_at

if TYPE_CHECKING:
    from pratique.desk.desk import Desk
    from pratique.views.consignment import Consignment
    from pratique.views.timeline import Line

PREFIX = "pratique."
# What it follows stands in another lane, and may still come.
NOT_YET = "follows_nothing_known"


def item_of(line: Line) -> str:
    """Give the id under which an entry is told: its place in its log."""
    return f"{line.entry.channel.hex()}/{line.entry.seq}"


def type_of(line: Line) -> str:
    """Give the kind of content, without the prefix."""
    return line.entry.type


def is_elsewhere(desk: Desk, line: Line) -> bool:
    """Say whether this Member reads the same act in the goods lane, so that this copy of it is not told."""
    one = consignment_of(desk, line)
    if one is None or isinstance(line.content, GoodsPart):
        return False
    leg = next((leg for leg in one.legs if leg.log == line.entry.channel.hex() and leg.role == "transit"), None)
    if leg is None or leg.party == desk.party:
        return False
    return isinstance(line.content, RoutePart) or (line.entry.party != leg.party and type_of(line) != "reply")


def mark_of(desk: Desk, line: Line) -> str | None:
    """Say why the board does not count an entry; None where it does."""
    place = (line.entry.channel.hex(), line.entry.seq)
    for said in desk.board.said.get(line.reference or "", ()):
        if (said.place.log, said.place.seq) == place:
            return said.mark
    return NOT_YET


def consignment_of(desk: Desk, line: Line) -> Consignment | None:
    """Give the consignment that an entry is about, as far as the board knows it."""
    return desk.board.consignments.get(line.reference or "")


def cloud_event(desk: Desk, line: Line) -> dict[str, Any]:
    """Write one entry as a CloudEvent."""
    content = line.content
    assert content is not None
    at = datetime.fromtimestamp(line.entry.at_ms / 1000, UTC)
    return {
        "specversion": "1.0",
        "id": item_of(line),
        "source": f"/operations/{desk.operation.terms.code}/{desk.party}",
        "type": PREFIX + type_of(line),
        "subject": line.reference,
        "time": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": {
            "reference": line.reference,
            "party": line.entry.party,
            "type": type_of(line),
            "content": content.model_dump(mode="json", exclude_none=True),
            "consignment": summary(desk, line),
        },
    }


def summary(desk: Desk, line: Line) -> dict[str, Any] | None:
    """Give how the consignment stands now, in a few words for programs."""
    one = consignment_of(desk, line)
    if one is None:
        return None
    state, outcome = state_at(one, desk.now_ms())
    return {
        "state": state,
        "outcome": outcome,
        "version": one.version,
        "origin": one.origin,
        "destination": one.destination,
        "legs": [{"party": leg.party, "role": leg.role, "state": leg.state} for leg in one.legs],
    }
