"""Report what happened to a consignment: judged by the board first, then posted to every lane where it belongs."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pratique.contents.content import Event
from pratique.contents.movement import Movement
from pratique.contents.receipt import Receipt
from pratique.contents.reopening import Reopening
from pratique.contents.shipment import Shipment
from pratique.contents.status import Status
from pratique.desk import counting
from pratique.desk.ending import Reminding, reminding
from pratique.desk.finding import find
from pratique.desk.outward import Parcel
from pratique.desk.results import LaneSent, Reported
from pratique.desk.routing import Audience, audience, role_of, urgency_of
from pratique.errors import PratiqueError
from pratique.views import board as boards
from pratique.wire.entries import Urgency

if TYPE_CHECKING:
    from pratique.contents.prenotification import GoodsPart, RoutePart
    from pratique.desk.desk import Desk
    from pratique.views.consignment import Consignment

HINT = "pratique show tells where it stands"


@dataclass(frozen=True)
class Copy:
    """One event for one lane; `addressee` is whose part it follows."""

    addressee: str
    channel: bytes
    content: Event


async def report(
    desk: Desk, reference: str, event: type[Event], said: Mapping[str, Any], urgency: Urgency | None
) -> Reported:
    """Post one event."""
    one = find(desk.board, reference)
    name = str(said.get("id") or secrets.token_hex(16))
    if (done := _said(desk, one, event, name)) is not None:
        return done
    made = copies(desk, one, event, said, name)
    counting.insist(one, made[0].content)
    for copy in made:
        rehearse(desk, one, copy.channel, copy.content)
    full = next(copy.content for copy in made if isinstance(copy.content, event))
    after = reminding(desk, one, full)
    parcels = [_parcel(copy, urgency_of(full) if urgency is None else urgency, after) for copy in made]
    posted = await desk.outward.send(parcels)
    lanes = tuple(
        _lane(desk, one, copy.channel, place.seq) for copy, place in zip(made, posted, strict=True)
    )  # fmt: skip
    return Reported(one.reference, event.TYPE, lanes, name)


def _said(desk: Desk, one: Consignment, event: type[Event], id: str) -> Reported | None:
    """Give what was reported under this id before, so that the same report twice is one."""
    found = [
        _lane(desk, one, bytes.fromhex(said.place.log), said.place.seq)
        for said in desk.board.said[one.reference]
        if said.party == desk.party and isinstance(said.content, Event) and said.content.id == id
    ]
    return Reported(one.reference, event.TYPE, tuple(found), id) if found else None


def _lane(desk: Desk, one: Consignment, channel: bytes, seq: int) -> LaneSent:
    parties = desk.reading.parties[channel]
    goods = desk.reading.parts(one.reference).get(one.destination)
    return LaneSent("goods" if goods is not None and goods[0] == channel else "route", parties, channel, seq)


async def opened(desk: Desk, reference: str) -> None:
    """Post a receipt, once, where this Member is an addressee and its policy lets it."""
    one = find(desk.board, reference)
    own = next((leg for leg in one.legs if leg.party == desk.party), None)
    if own is None or own.state != "PENDING" or not desk.drafts.policy.receipts or one.state not in _LIVE:
        return
    await report(desk, one.reference, Receipt, {"state": "OPENED"}, None)


_LIVE = frozenset({"SENT", "ON_HOLD", "DEPARTED", "ARRIVED"})


def copies(desk: Desk, one: Consignment, event: type[Event], said: Mapping[str, Any], id: str) -> list[Copy]:
    """Write the event for every lane where it goes, the goods lane first.

    Takes   said: the event's fields; an `id` in it is passed over
    Raises  ContentRefused; PratiqueError: not_yours, no_such_query
    """
    parts = desk.reading.parts(one.reference)
    addressees = tuple(parts)
    transit = tuple(party for party in addressees if party != one.destination)
    agrees = event is Reopening and desk.party in desk.reading.coordinators
    role = "origin" if agrees else role_of(desk.party, one.origin, transit, one.destination)
    given = {name: value for name, value in said.items() if value is not None and name != "id"}

    def written(party: str, kind: type[Event], fields: Mapping[str, Any]) -> Copy:
        log, seq, _ = parts[party]
        follows = {"log": log.hex(), "seq": seq}
        return Copy(party, log, kind.check({"id": id, "about": one.reference, "follows": follows, **fields}))

    full = written(desk.party if role == "transit" else addressees[0], event, given)
    found = audience(full.content, role)
    made = []
    for party in _addressed(desk, one, found, given, addressees):
        if party == one.destination or found.token is None:
            own = party in (one.destination, desk.party) or found.asked
            made.append(written(party, event, given if own else for_transit(one, parts[party][2], full.content, given)))
        else:
            outcome = getattr(full.content, "outcome", None)
            made.append(written(party, Status, {"state": found.token} | ({"outcome": outcome} if outcome else {})))
    if not made:
        raise PratiqueError("not_yours", "no lane of this consignment is yours to report this in", HINT)
    return made


def for_transit(one: Consignment, part: GoodsPart | RoutePart, event: Event, said: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out what lies off a transit Member's own legs; a remark is for those who read the goods."""
    hidden = {"remark"}
    if isinstance(event, Movement):
        at = event.place or (one.way[0] if event.step == "DEPARTED" else one.way[-1])
        if not any(at in (leg.from_place, leg.to_place) for leg in Shipment.of(part.form).legs):
            hidden |= {"place", "eta_at", "transport_document"}
    return {name: value for name, value in said.items() if name not in hidden}


def _addressed(
    desk: Desk, one: Consignment, found: Audience, said: Mapping[str, Any], addressees: Sequence[str]
) -> list[str]:
    """Give whose lanes get a copy, the destination's first."""
    if found.own_route:
        return [desk.party]
    if found.asked:
        wanted = said.get("query")
        whose = [leg.party for leg in one.legs if any(query.id == wanted for query in leg.queries)]
        if not whose:
            raise PratiqueError("no_such_query", "no such question was asked", HINT)
        return whose
    transit = [party for party in addressees if party != one.destination]
    goods = [one.destination] if found.goods and one.destination in addressees else []
    return goods + (transit if found.routes or found.token is not None else [])


def rehearse(desk: Desk, one: Consignment, channel: bytes, content: GoodsPart | Event) -> None:
    """Let the board judge a content before it is sent; raises `PratiqueError` with the mark."""
    mark = boards.rehearse(desk.board, desk.party, channel.hex(), content, desk.now_ms())
    if mark is not None:
        raise PratiqueError(mark, f"{one.reference}: {REASONS.get(mark, mark.replace('_', ' '))}", HINT)


def _parcel(copy: Copy, urgency: Urgency, after: Mapping[str, Reminding]) -> Parcel:
    todo = after.get(copy.addressee, Reminding())
    return Parcel(copy.channel, copy.content, urgency, todo.begins, todo.ends)


REASONS = {
    "not_the_sender": "only the Member that announced it says this",
    "version_not_newer": "a newer version is there already",
    "not_your_leg": "only the Member whose leg it is reports this",
    "out_of_turn": "this does not follow from where the consignment is",
    "said_before": "this was said before",
    "closed": "the consignment is closed",
    "withdrawn": "the pre-notification was withdrawn",
    "replaced": "another pre-notification has replaced this one",
    "expired": "it never departed and has expired",
    "no_such_query": "no such question was asked, or it is answered",
    "not_on_hold": "no hold is asked for or confirmed",
    "no_agreement": "the Member that asked for the hold has not agreed",
    "no_transport_document": "an air waybill or another transport document is needed by now",
    "too_late": "the time for this is over",
    "not_agreed_by_ocu": "the coordinating unit has not agreed",
}
