"""One consignment as its events tell it; settling.py replays them, this file says what comes of it.

    SENT ─▶ DEPARTED ─▶ ARRIVED ─▶ CLOSED(outcome)          header; aside: ON_HOLD, WITHDRAWN, REPLACED, EXPIRED
    PENDING ─▶ OPENED ─▶ ACKNOWLEDGED ─▶ an answer           leg of each addressee Member, then
       … ─▶ TRANSIT_IN ─▶ TRANSIT_OUT                        of a transit Member
       … ─▶ ARRIVED ─▶ RELEASED | DETAINED ─▶ RECONCILED     of the destination

A transit Member sees its own leg and of the destination's only a status: ACKNOWLEDGED, ANSWERED, ARRIVED, RECONCILED.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from pratique.contents.content import Event
from pratique.contents.fields import instant_ms
from pratique.contents.prenotification import Deadlines, GoodsPart, RoutePart
from pratique.contents.reconciliation import Reconciliation
from pratique.contents.shipment import Leg, Shipment
from pratique.wire.entries import Urgency

if TYPE_CHECKING:
    from pratique.templates.changes import Change

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
EXPIRES_AFTER_MS = 72 * HOUR_MS
UNCONFIRMED_AFTER_MS = 14 * DAY_MS


@dataclass(frozen=True, order=True)
class Place:
    """Where an entry stands among several logs: by the server's time, then log, then number."""

    at_ms: int
    log: str
    seq: int


@dataclass(frozen=True)
class Said:
    """One content about a consignment, by whom; `mark` says why it did not count.

    Takes   copy: the same event was heard before, in another lane
    """

    place: Place
    party: str
    content: GoodsPart | RoutePart | Event
    mark: str | None = None
    copy: bool = False
    urgency: Urgency = Urgency.ROUTINE


@dataclass(frozen=True)
class Asked:
    """A query of an addressee, and the origin's reply."""

    id: str
    text: str
    at_ms: int
    reply: str | None = None
    replied_ms: int | None = None


@dataclass(frozen=True)
class LegState:
    """How far one addressee Member is.

    Takes   log, seq: where the newest part for this addressee stands; empty and 0 where this reader sees none
            answer: NO_OBJECTION, NO_OBJECTION_WITH_CONDITIONS, OBJECTED, or ANSWERED for a reader of the status only
            moved: step → when it happened, as reported
    Unit    …_ms: the server's time
    """

    party: str
    role: Literal["transit", "destination"]
    state: str = "PENDING"
    answer: str | None = None
    answer_text: str | None = None
    opened_ms: int | None = None
    acknowledged_ms: int | None = None
    answered_ms: int | None = None
    queries: tuple[Asked, ...] = ()
    moved: Mapping[str, str] = field(default_factory=dict)
    deadlines: Deadlines | None = None
    log: str = ""
    seq: int = 0


@dataclass(frozen=True)
class VersionOf:
    """One version of the fullest part that this reader sees, and what it changed against the one before."""

    version: int
    at_ms: int
    part: GoodsPart | RoutePart
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class LotCount:
    """One lot as announced and as counted; None where it was not."""

    batch: str
    announced_doses: int | None
    counted_doses: int | None
    announced_vials: int | None = None
    counted_vials: int | None = None
    damaged_doses: int = 0
    temperature: str | None = None


@dataclass(frozen=True)
class HoldOf:
    """The newest hold: who asked (None where this reader does not see it), and how far it is.

    Takes   state: REQUESTED, CONFIRMED, REFUSED, AGREED or LIFTED
    """

    party: str | None
    state: str
    text: str | None


@dataclass(frozen=True)
class Consignment:
    """Everything known about one reference.

    Takes   since_ms: since when the header state stands; legs: of the fullest part, with what was reported since
            routes: the newest route part of each transit Member, as far as this reader sees them
    """

    reference: str
    kind: str
    mode: str
    tlp: str
    state: str
    outcome: str | None
    origin: str
    destination: str
    transit: tuple[str, ...]
    sent_ms: int
    since_ms: int
    version: int
    goods: GoodsPart | None
    routes: Mapping[str, RoutePart]
    way_legs: tuple[Leg, ...]
    legs: tuple[LegState, ...]
    lots: tuple[LotCount, ...]
    hold: HoldOf | None
    versions: tuple[VersionOf, ...]
    reconciliation: Reconciliation | None
    replaced_by: str | None
    relates_to: tuple[str, ...]
    departed_at: str | None
    closed_ms: int | None
    marks: tuple[Said, ...]

    @property
    def part(self) -> GoodsPart | RoutePart:
        """The fullest part that this reader sees."""
        return self.goods or next(iter(self.routes.values()))

    @cached_property
    def shipment(self) -> Shipment:
        """The fullest part's form, typed."""
        return Shipment.of(self.part.form)

    @property
    def way(self) -> tuple[str, ...]:
        """The places that this reader knows, in order."""
        return (self.way_legs[0].from_place, *(leg.to_place for leg in self.way_legs))

    @property
    def etd_ms(self) -> int | None:
        """When it should leave its origin; None for a series, and where this reader does not see that leg."""
        return leaves_ms(self.way_legs, self.origin)

    @property
    def eta_ms(self) -> int | None:
        """When it should be at its destination; None for a series, and where this reader does not see that leg."""
        return arrives_ms(self.way_legs, self.destination)

    @property
    def lapses_ms(self) -> int | None:
        """When the header state ends by itself, if nobody says anything."""
        return lapses_ms(self.state, self.since_ms, departure_due_ms(self.part, self.way_legs), self.eta_ms)

    def leg_of(self, party: str) -> LegState | None:
        """Give an addressee's leg."""
        return next((leg for leg in self.legs if leg.party == party), None)


def leaves_ms(way: tuple[Leg, ...], origin: str) -> int | None:
    """Give the estimated departure from the origin, where the way shows it."""
    return way[0].etd_ms if way[0].from_place[:2].lower() == origin else None


def arrives_ms(way: tuple[Leg, ...], destination: str) -> int | None:
    """Give the estimated arrival at the destination, where the way shows it."""
    return way[-1].eta_ms if way[-1].to_place[:2].lower() == destination else None


def departure_due_ms(part: GoodsPart | RoutePart, way: tuple[Leg, ...]) -> int | None:
    """Give the instant by which the goods should have left; of a series, the end of its last day."""
    if part.kind == "series":
        until = part.form.get("series", {}).get("until")
        return None if until is None else instant_ms(f"{until}T00:00Z") + DAY_MS
    return leaves_ms(way, part.origin)


def lapses_ms(state: str, since_ms: int, leaves: int | None, arrives: int | None) -> int | None:
    """Give the instant at which a header state ends by itself: EXPIRED, or CLOSED as UNCONFIRMED.

    The clocks start anew when the state does: what an origin takes up again has its whole time again.
    """
    match state:
        case "SENT" if leaves is not None:
            return max(leaves, since_ms) + EXPIRES_AFTER_MS
        case "DEPARTED" if arrives is not None:
            return max(arrives, since_ms) + UNCONFIRMED_AFTER_MS
        case "ARRIVED":
            return since_ms + UNCONFIRMED_AFTER_MS
    return None


def state_at(one: Consignment, now_ms: int) -> tuple[str, str | None]:
    """Give header state and outcome at an instant: silence ends in EXPIRED, or in CLOSED as UNCONFIRMED."""
    lapse = one.lapses_ms
    if lapse is None or now_ms <= lapse:
        return one.state, one.outcome
    return ("EXPIRED", None) if one.state == "SENT" else ("CLOSED", "UNCONFIRMED")


def leg_shown(leg: LegState, delivered: Mapping[tuple[str, str], int]) -> str:
    """Give a leg's state for people: DELIVERED where the addressee's devices have fetched its part.

    Shape  delivered: (log, party) → the furthest entry that a device of the party has fetched
    """
    fetched = leg.seq and delivered.get((leg.log, leg.party), 0) >= leg.seq
    return "DELIVERED" if leg.state == "PENDING" and fetched else leg.state
