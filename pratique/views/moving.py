"""Where the goods are (transitions 14 to 17), and what transit Members know better of their own legs (20)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from types import MappingProxyType

from pratique.contents.fields import instant_ms
from pratique.contents.leg_update import LegUpdate
from pratique.contents.movement import Movement
from pratique.contents.shipment import Leg
from pratique.views.consignment import HOUR_MS, Said
from pratique.views.story import Story

# A later arrival than this asks for a new answer.
MATERIAL_SHIFT_MS: Mapping[str, int] = MappingProxyType({"air": 6 * HOUR_MS})
OTHER_SHIFT_MS = 24 * HOUR_MS


def move(story: Story, one: Said, event: Movement) -> str | None:
    """Take one step of the journey."""
    part = story.fullest
    if part is not None and part.kind == "series":
        return "out_of_turn"  # its call-offs travel
    match event.step:
        case "DEPARTED":
            return _depart(story, one, event)
        case "TRANSIT_IN" | "TRANSIT_OUT":
            return _pass(story, one, event)
        case "ARRIVED":
            return _arrive(story, one, event)
        case _:
            return _judge(story, one, event)


def _depart(story: Story, one: Said, event: Movement) -> str | None:
    if not story.is_origin(one):
        return "not_the_sender"
    if story.state == "DEPARTED":
        return "said_before"
    # A hold that another asked for can end where this reader does not hear it.
    unheard_lift = story.state == "ON_HOLD" and not story.sees_all and not story.holding
    if story.state != "SENT" and not unheard_lift:
        return "out_of_turn"
    documented = event.transport_document or any(leg.awb or leg.transport_document for leg in story.way)
    if story.sees_all and not documented:
        return "no_transport_document"
    story.turn("DEPARTED", one.place.at_ms)
    story.departed_at = event.happened_at
    if event.eta_at is not None and _country(story.way[0].from_place) == one.party:
        _expect(story, 0, event.eta_at)
    return None


def _pass(story: Story, one: Said, event: Movement) -> str | None:
    leg = story.legs.get(one.party)
    if leg is None or leg.role != "transit":
        return "not_your_leg"
    if event.step in leg.moved:
        return "said_before"
    if story.state not in ("DEPARTED", "ARRIVED") or "TRANSIT_OUT" in leg.moved:
        return "out_of_turn"
    _moved(story, one, event)
    leaving = [number for number, stretch in enumerate(story.way) if _leaves(stretch, one.party)]
    if event.eta_at is not None and leaving:
        _expect(story, leaving[0], event.eta_at)
    return None


def _arrive(story: Story, one: Said, event: Movement) -> str | None:
    if not story.is_destination(one):
        return "not_your_leg"
    if story.state == "ARRIVED":
        return "said_before"
    if story.state not in ("SENT", "DEPARTED", "REPLACED"):
        return "out_of_turn"
    story.turn("ARRIVED", one.place.at_ms)
    story.closed_ms = None
    _moved(story, one, event)
    return None


def _judge(story: Story, one: Said, event: Movement) -> str | None:
    if not story.is_destination(one):
        return "not_your_leg"
    if story.state != "ARRIVED":
        return "out_of_turn"
    if story.legs[one.party].state == event.step:
        return "said_before"
    _moved(story, one, event)
    return None


def _moved(story: Story, one: Said, event: Movement) -> None:
    story.resting.pop(one.party, None)
    moved = {**story.legs[one.party].moved, event.step: event.happened_at}
    story.put(one.party, state=event.step, moved=moved)


def update_legs(story: Story, one: Said, event: LegUpdate) -> str | None:
    """20, by a transit Member: newer facts of legs that begin or end with it."""
    leg = story.legs.get(one.party)
    if leg is None or leg.role != "transit":
        return "not_your_leg"
    if story.state not in ("SENT", "ON_HOLD", "DEPARTED"):
        return "out_of_turn"
    way = list(story.way)
    for newer in event.legs:
        ends = (newer.from_place, newer.to_place)
        places = [number for number, known in enumerate(way) if (known.from_place, known.to_place) == ends]
        if not places or one.party not in way[places[0]].touches:
            return "not_your_leg"
        told = {name: value for name, value in newer if value is not None}
        way[places[0]] = replace(way[places[0]], **told)
    if any((leg.etd_ms or 0) >= (leg.eta_ms or 1) for leg in way):
        return "out_of_turn"
    _take_way(story, tuple(way))
    return None


def _expect(story: Story, number: int, eta_at: str) -> None:
    """Set a leg's arrival; the legs behind it move by as much."""
    old = story.way[number].eta_ms
    if old is None:
        return
    shift = instant_ms(eta_at) - old
    later = [
        replace(leg, etd_at=_shifted(leg.etd_at, shift), eta_at=_shifted(leg.eta_at, shift))
        for leg in story.way[number + 1 :]
    ]
    _take_way(story, (*story.way[:number], replace(story.way[number], eta_at=eta_at), *later))


def _take_way(story: Story, way: tuple[Leg, ...]) -> None:
    """Take newer facts of the way; a material shift of the arrival takes the destination's answer back."""
    before, after, part = story.way[-1].eta_ms, way[-1].eta_ms, story.fullest
    story.way = way
    limit = MATERIAL_SHIFT_MS.get(way[-1].mode, OTHER_SHIFT_MS)
    if part is not None and before is not None and after is not None and abs(after - before) > limit:
        story.reset(part.destination)


def _leaves(leg: Leg, party: str) -> bool:
    return _country(leg.from_place) == party != _country(leg.to_place)


def _country(place: str) -> str:
    return place[:2].lower()


def _shifted(text: str | None, shift_ms: int) -> str | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text) + timedelta(milliseconds=shift_ms)
    except OverflowError:  # an estimate thousands of years away: what follows it stays as announced
        return text
    return at.isoformat(timespec="seconds" if at.second else "minutes").replace("+00:00", "Z")
