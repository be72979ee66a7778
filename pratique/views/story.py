"""The story of one consignment while it is told: what the rules of each transition read and change."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from pratique.contents.content import Event
from pratique.contents.prenotification import GoodsPart, RoutePart
from pratique.contents.reconciliation import Reconciliation
from pratique.contents.shipment import Leg
from pratique.views.consignment import (
    HoldOf,
    LegState,
    Said,
    VersionOf,
    arrives_ms,
    departure_due_ms,
    lapses_ms,
)

WAITING = ("QUERY", "HOLD_REQUESTED")


@dataclass(frozen=True)
class Closing:
    """What a closed consignment goes back to when it is opened again."""

    state: str
    leg_state: str


@dataclass
class Story:
    """Everything said so far, settled.

    Takes   lanes: log → the addressees whose parts stand there; resting: the state a leg goes back to after its query
            or hold; holding: who asked for the hold in force, and whether they agree to lift it
            asked: (log, id of the query) → who asked; reopening: place in the list of the origin's open request
    """

    reference: str
    coordinators: frozenset[str]
    state: str = "SENT"
    sent_ms: int = 0
    since_ms: int = 0
    goods: GoodsPart | None = None
    routes: dict[str, RoutePart] = field(default_factory=dict)
    lanes: dict[str, set[str]] = field(default_factory=dict)
    way: tuple[Leg, ...] = ()
    legs: dict[str, LegState] = field(default_factory=dict)
    resting: dict[str, str] = field(default_factory=dict)
    hold: HoldOf | None = None
    holding: dict[str, bool] = field(default_factory=dict)
    asked: dict[tuple[str, str], str] = field(default_factory=dict)
    versions: list[VersionOf] = field(default_factory=list)
    heard: set[tuple[str, int]] = field(default_factory=set)
    told: dict[tuple[str, str], Event] = field(default_factory=dict)
    reconciliation: Reconciliation | None = None
    outcome: str | None = None
    departed_at: str | None = None
    closed_ms: int | None = None
    closing: Closing | None = None
    reopening: tuple[int, str] | None = None
    replaced_by: str | None = None

    @property
    def fullest(self) -> GoodsPart | RoutePart | None:
        """The fullest part that this reader sees."""
        return self.goods or next(iter(self.routes.values()), None)

    @property
    def sees_all(self) -> bool:
        """Whether this reader hears every addressee: those of the goods lane sit in every route lane too."""
        return self.goods is not None

    def lapses_ms(self) -> int | None:
        """When the header state ends by itself."""
        part = self.fullest
        if part is None:
            return None
        arrives = arrives_ms(self.way, part.destination)
        return lapses_ms(self.state, self.since_ms, departure_due_ms(part, self.way), arrives)

    def lapsed(self, at_ms: int) -> bool:
        """Whether the header state has ended by itself at an instant."""
        lapse = self.lapses_ms()
        return lapse is not None and at_ms > lapse

    def turn(self, state: str, at_ms: int) -> None:
        """Set the header state; its clocks start anew."""
        self.state, self.since_ms = state, at_ms

    def is_origin(self, one: Said) -> bool:
        """Whether the origin said this."""
        return self.fullest is not None and one.party == self.fullest.origin

    def is_destination(self, one: Said) -> bool:
        """Whether the destination said this."""
        return self.fullest is not None and one.party == self.fullest.destination

    def put(self, party: str, **changed: Any) -> None:
        """Change one leg."""
        self.legs[party] = replace(self.legs[party], **changed)

    def ground(self, leg: LegState) -> str:
        """Give the state a leg is in beneath its query or hold."""
        return self.resting.get(leg.party, leg.state) if leg.state in WAITING else leg.state

    def rest(self, leg: LegState, state: str, **changed: Any) -> None:
        """Set the state beneath a leg's query or hold, or its state where there is none."""
        if leg.state in WAITING:
            self.resting[leg.party] = state
            self.put(leg.party, **changed)
        else:
            self.put(leg.party, state=state, **changed)

    def leave(self, party: str) -> None:
        """End a leg's query or hold: it goes back to the state beneath."""
        if self.legs[party].state in WAITING:
            unanswered = any(asked.reply is None for asked in self.legs[party].queries)
            if self.legs[party].state == "HOLD_REQUESTED" and unanswered:
                self.put(party, state="QUERY")
            else:
                self.put(party, state=self.resting.pop(party, "PENDING"))

    def reset(self, party: str) -> None:
        """Take a leg's answer and acknowledgement back: what it answered to has changed. Movements stand."""
        leg = self.legs[party]
        if not leg.moved:
            cleared = dict.fromkeys(("answer", "answer_text", "opened_ms", "acknowledged_ms", "answered_ms"))
            self.rest(leg, "PENDING", **cleared)
