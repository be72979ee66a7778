"""One consignment as its events tell it: header state, one leg per addressee Member, and what did not count.

    SENT ─▶ DEPARTED ─▶ ARRIVED ─▶ CLOSED(outcome)          header
    PENDING ─▶ ACKNOWLEDGED ─▶ TRANSIT_IN ─▶ TRANSIT_OUT     leg of a transit Member
    PENDING ─▶ ACKNOWLEDGED ─▶ ARRIVED ─▶ RELEASED | DETAINED ─▶ RECONCILED   leg of the destination

Only a leg's own party moves it. An event that may not happen is kept with a mark and moves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from pratique.contents.acknowledgement import Acknowledgement
from pratique.contents.content import Event
from pratique.contents.fields import reference_party
from pratique.contents.movement import Movement
from pratique.contents.prenotification import GoodsPart, Prenotification, RoutePart, lot_doses, route_parties
from pratique.contents.reconciliation import Reconciliation


@dataclass(frozen=True, order=True)
class Place:
    """Where an entry stands among several logs: by the server's time, then log, then number."""

    at_ms: int
    log: str
    seq: int


@dataclass(frozen=True)
class Said:
    """One content about a consignment, by whom; `mark` says why it did not count."""

    place: Place
    party: str
    content: GoodsPart | RoutePart | Event
    mark: str | None = None


@dataclass(frozen=True)
class LegState:
    """How far one addressee Member is; instants are the server's."""

    party: str
    role: str
    state: str = "PENDING"
    acknowledged_ms: int | None = None
    moved: dict[str, str] = field(default_factory=dict)  # step → when it happened, as reported


@dataclass(frozen=True)
class LotCount:
    """One lot as announced and as counted."""

    batch: str
    announced_doses: int | None
    counted_doses: int | None


@dataclass(frozen=True)
class Consignment:
    """Everything known about one reference."""

    reference: str
    state: str
    outcome: str | None
    sender: str
    sent_ms: int
    route: Prenotification  # the newest part that says the way
    goods: GoodsPart | None  # the newest part with goods, where this reader sees one
    legs: tuple[LegState, ...]
    lots: tuple[LotCount, ...]
    marks: tuple[Said, ...]


def settle(reference: str, said: tuple[Said, ...]) -> tuple[Consignment | None, tuple[Said, ...]]:
    """Tell a consignment's story anew from all that was said about it.

    Takes   said: sorted by place
    Gives   the consignment (None before any valid part), and the same list with marks
    """
    telling = _Telling(reference)
    marked = tuple(telling.hear(one) for one in said)
    return telling.told(marked), marked


class _Telling:
    """Hears one content after another."""

    def __init__(self, reference: str) -> None:
        self._reference = reference
        self._parts: list[tuple[Said, Prenotification]] = []
        self._heard: set[tuple[str, int]] = set()
        self._legs: dict[str, LegState] = {}
        self._departed = False
        self._counted: Reconciliation | None = None

    def hear(self, one: Said) -> Said:
        content = one.content
        if isinstance(content, Event):
            mark = self._unfit(one, content) or self._move(one, content)
        else:
            mark = self._announce(one, content)
        self._heard.add((one.place.log, one.place.seq))
        return Said(one.place, one.party, content, mark)

    def _announce(self, one: Said, part: Prenotification) -> str | None:
        if one.party != route_parties(part.legs)[0] or one.party != reference_party(self._reference):
            return "not_the_sender"
        versions = [known.version for _, known in self._parts if known.part == part.part]
        if versions and part.version <= max(versions):
            return "version_not_newer"
        if any(known.version == part.version and known.legs != part.legs for _, known in self._parts):
            return "parts_differ"
        newest = all(part.version >= known.version for _, known in self._parts)
        self._parts.append((one, part))
        if newest:
            way = route_parties(part.legs)
            roles = {**dict.fromkeys(way[1:-1], "transit"), way[-1]: "destination"}
            self._legs = {party: self._legs.get(party) or LegState(party, role) for party, role in roles.items()}
        return None

    def _unfit(self, one: Said, event: Event) -> str | None:
        """Say why an event is not about a known part of this log, or None."""
        here = any(said.place.log == one.place.log for said, _ in self._parts)
        if not here or event.follows.log != one.place.log or (one.place.log, event.follows.seq) not in self._heard:
            return "follows_nothing_known"
        return None

    def _move(self, one: Said, event: Event) -> str | None:
        if isinstance(event, Movement) and event.step == "DEPARTED":
            if one.party != self._parts[0][0].party:
                return "not_your_leg"
            self._departed = True
            return None
        leg = self._legs.get(one.party)
        if leg is None:
            return "not_your_leg"
        match event:
            case Acknowledgement():
                if leg.acknowledged_ms is not None:
                    return "said_before"
                state = "ACKNOWLEDGED" if leg.state == "PENDING" else leg.state
                self._legs[one.party] = LegState(leg.party, leg.role, state, one.place.at_ms, leg.moved)
            case Movement():
                return self._step(leg, event)
            case _:
                assert isinstance(event, Reconciliation)
                if leg.role != "destination":
                    return "not_your_leg"
                self._counted = event
                self._legs[one.party] = LegState(leg.party, leg.role, "RECONCILED", leg.acknowledged_ms, leg.moved)
        return None

    def _step(self, leg: LegState, event: Movement) -> str | None:
        before = {
            "TRANSIT_IN": ("transit", ("PENDING", "ACKNOWLEDGED")),
            "TRANSIT_OUT": ("transit", ("PENDING", "ACKNOWLEDGED", "TRANSIT_IN")),
            "ARRIVED": ("destination", ("PENDING", "ACKNOWLEDGED")),
            "RELEASED": ("destination", ("ARRIVED", "DETAINED")),
            "DETAINED": ("destination", ("ARRIVED", "RELEASED")),
        }
        role, states = before[event.step]
        if leg.role != role:
            return "not_your_leg"
        if leg.state not in states:
            return "out_of_turn"
        moved = {**leg.moved, event.step: event.happened_at}
        self._legs[leg.party] = LegState(leg.party, leg.role, event.step, leg.acknowledged_ms, moved)
        return None

    def told(self, said: tuple[Said, ...]) -> Consignment | None:
        if not self._parts:
            return None
        first = self._parts[0][0]
        newest = max((part for _, part in self._parts), key=lambda part: part.version)
        goods = [part for _, part in self._parts if isinstance(part, GoodsPart)]
        return Consignment(
            self._reference,
            self._state(),
            self._counted.outcome if self._counted else None,
            first.party,
            first.place.at_ms,
            newest,
            goods[-1] if goods else None,
            tuple(self._legs.values()),
            _lots(goods[-1] if goods else None, self._counted),
            tuple(one for one in said if one.mark is not None),
        )

    def _state(self) -> str:
        if self._counted is not None:
            return "CLOSED"
        moved = {step for leg in self._legs.values() for step in leg.moved}
        if "ARRIVED" in moved:
            return "ARRIVED"
        return "DEPARTED" if self._departed or moved else "SENT"


def _lots(goods: GoodsPart | None, counted: Reconciliation | None) -> tuple[LotCount, ...]:
    announced = dict(lot_doses(goods)) if goods else {}
    found = {lot.batch: lot.doses for lot in counted.lots} if counted else {}
    return tuple(
        LotCount(batch, announced.get(batch), found.get(batch)) for batch in dict.fromkeys((*announced, *found))
    )
