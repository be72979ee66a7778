"""Parts of a pre-notification: the first ones begin a story (transition 4), newer ones amend it (20)."""

from __future__ import annotations

from pratique.contents.fields import reference_party
from pratique.contents.prenotification import GoodsPart, RoutePart
from pratique.contents.shipment import Leg, Shipment
from pratique.templates import load
from pratique.templates.changes import Change
from pratique.views.consignment import HoldOf, LegState, Said, VersionOf
from pratique.views.gate import shut
from pratique.views.story import Story

Part = GoodsPart | RoutePart


def announce(story: Story, one: Said, part: Part) -> str | None:
    """Take one part in; give the mark of one that does not count."""
    if one.party != part.origin or part.origin != reference_party(story.reference):
        return "not_the_sender"
    before = story.goods if isinstance(part, GoodsPart) else story.routes.get(part.addressee)
    if before is not None and part.version <= before.version:
        return "version_not_newer"
    if not _agrees(story, part):
        return "parts_differ"
    if story.state == "WITHDRAWN" and not story.sees_all:
        # Taken back from this transit Member only, when the way left it: now it leads there again.
        story.turn("DEPARTED" if story.departed_at else "SENT", one.place.at_ms)
        story.closed_ms = None
    if story.fullest is not None:
        if (mark := shut(story, one, part)) is not None:
            return mark
        if story.state not in ("SENT", "ON_HOLD", "DEPARTED"):
            return "out_of_turn"
    _take_in(story, one, part, before)
    return None


def _take_in(story: Story, one: Said, part: Part, before: Part | None) -> None:
    at_ms = one.place.at_ms
    first, revived = story.fullest is None, story.lapsed(at_ms)
    if first:
        story.sent_ms = at_ms
    if first or revived:
        story.since_ms = at_ms
    found = _changes(before, part) if before is not None else ()
    if isinstance(part, GoodsPart):
        if story.goods is None:
            story.versions.clear()
        story.goods = part
        story.versions.append(VersionOf(part.version, at_ms, part, found))
        story.way = _way(story, before, part)
    else:
        story.routes[part.addressee] = part
        if story.goods is None:
            story.versions.append(VersionOf(part.version, at_ms, part, found))
            story.way = _way(story, before, part)
    story.lanes.setdefault(one.place.log, set()).add(part.addressee)
    _line_up(story, part.destination, at_ms)
    if part.addressee in story.legs:
        story.put(part.addressee, deadlines=part.deadlines, log=one.place.log, seq=one.place.seq)
        if before is not None and (before.mode != part.mode or any(change.material for change in found)):
            story.reset(part.addressee)
            if story.goods is None:  # what a transit Member's way does, the destination's does too
                story.reset(part.destination)


def _way(story: Story, before: Part | None, part: Part) -> tuple[Leg, ...]:
    """Give the way as a part tells it; of a leg that it leaves as it was, what was heard since stands."""
    legs = Shipment.of(part.form).legs
    if before is None:
        return legs
    told = Shipment.of(before.form).legs
    heard = dict(zip(told, story.way, strict=True)) if len(told) == len(story.way) else {}
    return tuple(heard.get(leg, leg) for leg in legs)


def _line_up(story: Story, destination: str, at_ms: int) -> None:
    """Set the legs as the newest parts name them; who is on the way no more has none."""
    transit = story.goods.transit if story.goods is not None else tuple(story.routes)
    legs = {party: story.legs.get(party) or LegState(party, "transit") for party in transit}
    legs[destination] = story.legs.get(destination) or LegState(destination, "destination")
    story.legs = legs
    _let_go(story, at_ms)


def _let_go(story: Story, at_ms: int) -> None:
    """End the holds of those who left the way: they can neither lift them nor agree any more."""
    if story.hold is not None and story.hold.state == "REQUESTED" and story.hold.party not in story.legs:
        story.hold = None
    for party in [party for party in story.holding if party not in story.legs]:
        del story.holding[party]
        if not story.holding:
            story.turn("SENT", at_ms)
            story.hold = HoldOf(party, "LIFTED", None)


def _changes(before: Part, after: Part) -> tuple[Change, ...]:
    return load(after.template).changes(before.form, after.form, after.part)


def _agrees(story: Story, part: Part) -> bool:
    """Say whether a part tells the same as the others: origin, destination, kind; of its version also all the rest."""
    known: list[Part] = [*([story.goods] if story.goods else []), *story.routes.values()]
    if any((one.destination, one.kind) != (part.destination, part.kind) for one in known):
        return False
    same = [one for one in known if one.version == part.version and type(one) is not type(part)]
    return all(_is_view(part, one) if isinstance(part, RoutePart) else _is_view(one, part) for one in same)


def _is_view(route: Part, goods: Part) -> bool:
    """Say whether a route part is what its transit Member may know of the goods part."""
    assert isinstance(goods, GoodsPart)
    around = all(getattr(route, name) == getattr(goods, name) for name in ("template", "mode", "tlp"))
    on_way = route.addressee in goods.transit
    return around and on_way and route.form == load(goods.template).project(goods.form, route.addressee)
