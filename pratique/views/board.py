"""The board of consignments: the parts and events of all lanes, joined by reference.

A state is the result of replaying what was said, in the order of the server's time: two readers that hold the same
entries hold the same board, however their logs came in. Lateness is asked afterwards and never stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pratique.contents.content import Content, ContentRefused, Event
from pratique.contents.prenotification import GoodsPart, RoutePart
from pratique.contents.registry import read_content
from pratique.opened import OpenedEntry
from pratique.views.closing import NOT_AGREED
from pratique.views.consignment import Consignment, Place, Said
from pratique.views.consignment_json import consignment_json
from pratique.views.settling import settle


@dataclass(frozen=True)
class Board:
    """Consignments by reference, and everything that was said about each.

    Takes   coordinators: the parties whose word reopens what an origin wants reopened
    """

    coordinators: frozenset[str] = frozenset()
    said: Mapping[str, tuple[Said, ...]] = field(default_factory=dict)
    consignments: Mapping[str, Consignment] = field(default_factory=dict)

    def ordered(self) -> tuple[Consignment, ...]:
        """Give the consignments, oldest first."""
        return tuple(sorted(self.consignments.values(), key=lambda one: (one.sent_ms, one.reference)))


def fold(board: Board, entries: Iterable[OpenedEntry]) -> Board:
    """Fold opened entries; others than pre-notifications and their events change nothing, nor do repeated ones."""
    fresh: dict[str, dict[tuple[str, int], Said]] = {}
    for entry in entries:
        if (read := _read(entry)) is not None:
            reference, said = read
            fresh.setdefault(reference, {}).setdefault((said.place.log, said.place.seq), said)
    told = dict(board.said)
    consignments = dict(board.consignments)
    changed = False
    for reference, heard in fresh.items():
        known = told.get(reference, ())
        for one in known:
            heard.pop((one.place.log, one.place.seq), None)
        if not heard:
            continue
        ordered = tuple(sorted((*known, *heard.values()), key=lambda one: one.place))
        consignment, told[reference] = settle(reference, ordered, board.coordinators)
        changed = True
        if consignment is not None:
            consignments[reference] = consignment
    return Board(board.coordinators, told, consignments) if changed else board


def apply(board: Board, entry: OpenedEntry) -> Board:
    """Fold one opened entry."""
    return fold(board, (entry,))


def rehearse(board: Board, party: str, log: str, content: GoodsPart | RoutePart | Event, at_ms: int) -> str | None:
    """Give the mark that a content would get if this party said it now in this lane; None where it would count.

    The origin's wish to reopen counts as said: it waits for a coordinator.
    """
    reference = _about(content)
    known = board.said.get(reference or "", ())
    last = max((one.place.at_ms for one in known), default=0)
    seq = max((one.place.seq for one in known if one.place.log == log), default=0) + 1
    place = Place(max(at_ms, last + 1), log, seq)
    _, marked = settle(reference or "", (*known, Said(place, party, content)), board.coordinators)
    mark = marked[-1].mark
    return None if mark == NOT_AGREED else mark


def _read(entry: OpenedEntry) -> tuple[str, Said] | None:
    if entry.problem is not None:
        return None
    try:
        content = read_content(entry.type, entry.body)
    except ContentRefused:
        return None
    reference = _about(content)
    if reference is None or not isinstance(content, GoodsPart | RoutePart | Event):
        return None
    place = Place(entry.at_ms, entry.channel.hex(), entry.seq)
    return reference, Said(place, entry.party, content, urgency=entry.urgency)


def _about(content: Content | None) -> str | None:
    match content:
        case GoodsPart() | RoutePart():
            return content.reference
        case Event():
            return content.about
    return None


def to_json(board: Board, now_ms: int) -> dict[str, Any]:
    """Give the board as people and other programs read it: one object per consignment, oldest first."""
    return {"consignments": [consignment_json(one, now_ms) for one in board.ordered()]}
