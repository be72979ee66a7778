"""Which consignments belong together: said by their senders, or found to be the same goods; linked, never blocked."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from pratique.views.consignment import Consignment

if TYPE_CHECKING:
    from pratique.contents.shipment import Leg, Shipment
    from pratique.views.board import Board

SAME_GOODS = ("transport_document", "container", "lot")


@dataclass(frozen=True)
class Link:
    """Two references and why: call_off, onward, replaces or related as said; SAME_GOODS as found.

    Takes   a: the younger one, where one names the other
    """

    a: str
    b: str
    why: str


def links(board: Board) -> tuple[Link, ...]:
    """Give every link of a board, those that were said first."""
    found: dict[tuple[str, Hashable], dict[str, None]] = {}
    for one in board.ordered():
        for why, key in traces(one):
            found.setdefault((why, key), {})[one.reference] = None
    said = [Link(one.reference, other, _why(board, one, other)) for one in board.ordered() for other in one.relates_to]
    same = [Link(b, a, why) for (why, _), group in found.items() for a, b in pairwise(group)]
    return tuple(dict.fromkeys((*said, *same)))


def counted_once(board: Board) -> frozenset[str]:
    """Give the references that statistics count: an onward notification of known goods is not counted again."""
    again = {
        younger
        for link in links(board)
        if link.why in (*SAME_GOODS, "onward") and link.b in board.consignments
        for younger in (link.a, link.b)
        if board.consignments[younger].kind == "onward"
    }
    return frozenset(board.consignments.keys() - again)


class Traceable(Protocol):
    """What makes goods known again: a consignment, or one that is not announced yet."""

    @property
    def way_legs(self) -> tuple[Leg, ...]: ...
    @property
    def shipment(self) -> Shipment: ...
    @property
    def destination(self) -> str: ...


def traces(one: Traceable) -> Iterator[tuple[str, Hashable]]:
    """Give what makes a consignment known again, each with its kind of link."""
    for leg in one.way_legs:
        for document in (leg.awb, leg.transport_document):
            if document:
                yield "transport_document", _normal(document)
        if leg.container and leg.etd_ms is not None:
            week = datetime.fromtimestamp(leg.etd_ms / 1000, UTC).isocalendar()[:2]
            yield "container", (_normal(leg.container), week)
    for line, lot in one.shipment.lots():
        if line.gtin:
            yield "lot", (line.gtin.zfill(14), lot.batch, lot.doses, one.destination)


def _why(board: Board, one: Consignment, other: str) -> str:
    known = board.consignments.get(other)
    if known is not None and known.replaced_by == one.reference:
        return "replaces"
    return one.kind if one.kind in ("call_off", "onward") else "related"


def _normal(number: str) -> str:
    return "".join(sign for sign in number.upper() if sign.isalnum())
