"""Where each event goes: who reports it decides the lanes, and what stands in them.

by             goods lane        route lanes
destination    everything        acknowledged, answered, closed as a token; arrival and lifted holds in full
transit        –                 its own, in full
origin         everything        everything, but a reply only where the question stands
coordinator    its agreement to a reopening, as if it were the origin
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pratique.contents.acknowledgement import Acknowledgement
from pratique.contents.answer import Answer
from pratique.contents.content import Event
from pratique.contents.hold import Hold
from pratique.contents.movement import Movement
from pratique.contents.query import Query
from pratique.contents.reconciliation import Reconciliation
from pratique.contents.reopening import Reopening
from pratique.contents.reply import Reply
from pratique.contents.rerouting import Rerouting
from pratique.contents.withdrawal import Withdrawal
from pratique.errors import PratiqueError
from pratique.wire.entries import Urgency

Role = Literal["origin", "transit", "destination"]


@dataclass(frozen=True)
class Audience:
    """Which lanes get a copy.

    Takes   routes: every route lane gets the event, or only `token`; own_route: the reporter's own route lane;
            asked: only the lane where the question stands
    """

    goods: bool = False
    routes: bool = False
    own_route: bool = False
    asked: bool = False
    token: Literal["ACKNOWLEDGED", "ANSWERED", "CLOSED"] | None = None


def audience(event: Event, role: Role) -> Audience:
    """Give the lanes of an event by the role of who reports it."""
    if role == "transit":
        return Audience(own_route=True)
    if role == "origin":
        return Audience(asked=True) if isinstance(event, Reply) else Audience(goods=True, routes=True)
    match event:
        case Acknowledgement():
            return Audience(goods=True, token="ACKNOWLEDGED")
        case Answer():
            return Audience(goods=True, token="ANSWERED")
        case Reconciliation():
            return Audience(goods=True, token="CLOSED")
        case Movement(step="ARRIVED") | Reopening() | Hold(step="LIFT"):
            return Audience(goods=True, routes=True)
        case _:
            return Audience(goods=True)


def urgency_of(event: Event) -> Urgency:
    """Say how soon the others should look at an event."""
    match event:
        case Withdrawal() | Rerouting() | Hold(step="REQUEST" | "CONFIRM" | "REFUSE"):
            return Urgency.URGENT
        case Reconciliation(outcome=outcome) if outcome != "MATCHED":
            return Urgency.URGENT
        case Answer(answer="OBJECTED") | Query():
            return Urgency.PRIORITY
        case _:
            return Urgency.ROUTINE


def role_of(party: str, origin: str, transit: tuple[str, ...], destination: str) -> Role:
    """Give a Member's role in a consignment; raises `PratiqueError` not_yours."""
    if party == origin:
        return "origin"
    if party == destination:
        return "destination"
    if party in transit:
        return "transit"
    raise PratiqueError("not_yours", f"{party.upper()} is not on the way of this consignment and only reads it")
