"""Holds (transitions 11 to 13): an addressee asks, the origin confirms or refuses, both end it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from pratique.contents.hold import Hold
from pratique.views.consignment import HoldOf, Said
from pratique.views.story import Story


def hold(story: Story, one: Said, event: Hold) -> str | None:
    """Take one step of a hold."""
    return _STEPS[event.step](story, one, event)


def _request(story: Story, one: Said, event: Hold) -> str | None:
    leg = story.legs.get(one.party)
    if leg is None:
        return "not_your_leg"
    if leg.moved or story.state == "ARRIVED":
        return "out_of_turn"
    if leg.state == "HOLD_REQUESTED":
        return "said_before"
    if leg.state != "QUERY":
        story.resting[one.party] = leg.state
    story.put(one.party, state="HOLD_REQUESTED")
    story.hold = HoldOf(one.party, "REQUESTED", event.text)
    return None


def _confirm(story: Story, one: Said, event: Hold) -> str | None:
    """Confirm every hold that is asked for; who does not see who asked believes the origin."""
    if not story.is_origin(one):
        return "not_the_sender"
    asking = _asking(story)
    if story.state not in ("SENT", "ON_HOLD") or (story.sees_all and not asking):
        return "out_of_turn"
    if story.state == "SENT":
        story.turn("ON_HOLD", one.place.at_ms)
    story.holding.update(dict.fromkeys(asking, False))
    story.hold = HoldOf(asking[-1] if asking else None, "CONFIRMED", event.text)
    return None


def _refuse(story: Story, one: Said, event: Hold) -> str | None:
    if not story.is_origin(one):
        return "not_the_sender"
    asking = _asking(story)
    if story.sees_all and not asking:
        return "out_of_turn"
    for party in asking:
        story.leave(party)
    story.hold = HoldOf(asking[-1] if asking else None, "REFUSED", event.text)
    return None


def _agree(story: Story, one: Said, event: Hold) -> str | None:
    if one.party not in story.legs:
        return "not_your_leg"
    if story.state != "ON_HOLD":
        return "not_on_hold"
    if one.party not in story.holding:
        return "not_your_leg"
    if story.holding[one.party]:
        return "said_before"
    story.holding[one.party] = True
    story.hold = HoldOf(one.party, "AGREED", event.text)
    return None


def _lift(story: Story, one: Said, event: Hold) -> str | None:
    """Lift it: each who asked for itself, or the origin once all of them agree."""
    origin = story.is_origin(one)
    if story.state != "ON_HOLD":
        # The origin tells lanes that did not hear the asker lift it.
        return None if origin and story.hold is not None and story.hold.state == "LIFTED" else "not_on_hold"
    if origin:
        if not all(story.holding.values()):
            return "no_agreement"
        lifting = list(story.holding)
    elif one.party in story.holding:
        lifting = [one.party]
    elif story.is_destination(one) and not story.sees_all:
        lifting = []  # its request stands in the goods lane only
    else:
        return "not_your_leg"
    for party in lifting:
        del story.holding[party]
        if party in story.legs:
            story.leave(party)
    if not story.holding:
        story.turn("SENT", one.place.at_ms)
        story.hold = HoldOf(one.party, "LIFTED", event.text)
    return None


def _asking(story: Story) -> list[str]:
    return [
        leg.party for leg in story.legs.values() if leg.state == "HOLD_REQUESTED" and leg.party not in story.holding
    ]


_STEPS: Mapping[str, Callable[[Story, Said, Hold], str | None]] = MappingProxyType(
    {"REQUEST": _request, "CONFIRM": _confirm, "REFUSE": _refuse, "AGREE": _agree, "LIFT": _lift}
)
