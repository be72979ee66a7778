"""The board of consignments: goods lane and route lane joined by reference.

A state is the result of replaying what was said, in the order of the server's time: two readers that hold the same
entries hold the same board, however their logs came in. Lateness is asked afterwards and never stored.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from pratique.contents.content import ContentRefused, Event
from pratique.contents.fields import instant_ms
from pratique.contents.prenotification import GoodsPart, RoutePart
from pratique.contents.registry import read_content
from pratique.opened import OpenedEntry
from pratique.views.consignment import Consignment, Place, Said, settle

HOUR_MS = 3_600_000


@dataclass(frozen=True)
class Board:
    """Consignments by reference, and everything that was said about each."""

    said: Mapping[str, tuple[Said, ...]] = field(default_factory=dict)
    consignments: Mapping[str, Consignment] = field(default_factory=dict)

    def ordered(self) -> tuple[Consignment, ...]:
        """Give the consignments, oldest first."""
        return tuple(sorted(self.consignments.values(), key=lambda one: (one.sent_ms, one.reference)))


@dataclass(frozen=True)
class Late:
    """One thing that is late: a flag, never a state."""

    reference: str
    flag: str
    party: str
    since_ms: int


def apply(board: Board, entry: OpenedEntry) -> Board:
    """Fold one opened entry; others than pre-notifications and their events change nothing."""
    if entry.problem is not None:
        return board
    try:
        content = read_content(entry.type, entry.body)
    except ContentRefused:
        return board
    match content:
        case GoodsPart() | RoutePart():
            reference = content.reference
        case Event():
            reference = content.about
        case _:
            return board
    place = Place(entry.at_ms, entry.channel.hex(), entry.seq)
    said = [*board.said.get(reference, ())]
    if any((one.place.log, one.place.seq) == (place.log, place.seq) for one in said):
        return board
    insort(said, Said(place, entry.party, content), key=lambda one: one.place)
    consignment, marked = settle(reference, tuple(said))
    consignments = dict(board.consignments)
    if consignment is not None:
        consignments[reference] = consignment
    return replace(board, said={**board.said, reference: marked}, consignments=consignments)


def overdue(board: Board, now_ms: int) -> tuple[Late, ...]:
    """Give what is late at an instant, the longest first."""
    late = [flag for one in board.consignments.values() if one.state != "CLOSED" for flag in _late(one, now_ms)]
    return tuple(sorted(late, key=lambda flag: (flag.since_ms, flag.reference, flag.party)))


def _late(one: Consignment, now_ms: int) -> Iterator[Late]:
    legs = one.route.legs
    air = all(leg.mode in ("air", "post") for leg in legs)
    departure_ms, arrival_ms = instant_ms(legs[0].etd_at), instant_ms(legs[-1].eta_at)
    # By air within 24 hours and before departure, where there is time for it; other ways within two days.
    acknowledge_ms = one.sent_ms + (24 if air else 48) * HOUR_MS
    if air and one.sent_ms < departure_ms:
        acknowledge_ms = min(acknowledge_ms, departure_ms)
    for leg in one.legs:
        if leg.state == "PENDING" and now_ms > acknowledge_ms:
            yield Late(one.reference, "OVERDUE_ACK", leg.party, acknowledge_ms)
    destination = one.legs[-1]
    missing_ms = arrival_ms + (24 if air else 72) * HOUR_MS
    if one.state in ("SENT", "DEPARTED") and now_ms > missing_ms:
        yield Late(one.reference, "OVERDUE_ARRIVAL", destination.party, missing_ms)
    # Whoever does not see the goods does not see their count either.
    if one.goods is not None and one.state == "ARRIVED" and "ARRIVED" in destination.moved:
        count_ms = instant_ms(destination.moved["ARRIVED"]) + 72 * HOUR_MS
        if now_ms > count_ms:
            yield Late(one.reference, "OVERDUE_COUNT", destination.party, count_ms)


def to_json(board: Board) -> dict[str, Any]:
    """Give the board as people and other programs read it: one object per consignment, oldest first."""
    return {"consignments": [consignment_json(one) for one in board.ordered()]}


def consignment_json(one: Consignment) -> dict[str, Any]:
    """Give one consignment as other programs read it."""
    return {
        "reference": one.reference,
        "state": one.state,
        "outcome": one.outcome,
        "sender": one.sender,
        "sent_ms": one.sent_ms,
        "version": one.route.version,
        "mode": one.route.mode,
        "sees": "goods" if one.goods else "route",
        "way": [one.route.legs[0].from_place, *(leg.to_place for leg in one.route.legs)],
        "etd_at": one.route.legs[0].etd_at,
        "eta_at": one.route.legs[-1].eta_at,
        "legs": [
            {
                "party": leg.party,
                "role": leg.role,
                "state": leg.state,
                "acknowledged_ms": leg.acknowledged_ms,
                "moved": leg.moved,
            }
            for leg in one.legs
        ],
        "lots": [
            {"batch": lot.batch, "announced_doses": lot.announced_doses, "counted_doses": lot.counted_doses}
            for lot in one.lots
        ],
        "marks": [
            {
                "log": said.place.log,
                "seq": said.place.seq,
                "party": said.party,
                "type": said.content.TYPE,
                "mark": said.mark,
            }
            for said in one.marks
        ],
    }
