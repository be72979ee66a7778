"""Split an announcement over its audiences: everything to the destination, its own row to each transit Member."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pratique.contents.prenotification import Announcement, Deadlines, GoodsPart, Override, RoutePart
from pratique.desk.checking import filled, template_for

if TYPE_CHECKING:
    from pratique.desk.desk import Desk
    from pratique.templates.template import Template


@dataclass(frozen=True)
class Parts:
    """One version of a pre-notification, split; `routes` by transit Member, in the order of the way."""

    goods: GoodsPart
    routes: Mapping[str, RoutePart]

    def of(self, party: str) -> GoodsPart | RoutePart:
        """Give the part of one addressee."""
        return self.routes.get(party) or self.goods


def compose(
    desk: Desk,
    announcement: Announcement,
    parties: tuple[str, ...],
    deadlines: Mapping[str, Deadlines],
    reference: str,
    version: int = 1,
) -> Parts:
    """Write every part.

    Takes   parties: on the way, departure first; deadlines: of those that can be told, by party
    """
    origin, destination = parties[0], parties[-1]
    transit = tuple(party for party in parties[1:-1] if party in deadlines)
    template, form = template_for(desk, announcement.template), filled(desk, announcement)
    common: dict[str, Any] = {
        "reference": reference,
        "version": version,
        "template": announcement.template,
        "kind": announcement.kind,
        "mode": announcement.mode,
        "tlp": announcement.tlp,
        "urgency_reason": announcement.urgency_reason,
        "origin": origin,
        "destination": destination,
    }
    goods = GoodsPart(
        **common,
        addressee=destination,
        relates_to=announcement.relates_to,
        transit=transit,
        deadlines=deadlines[destination],
        contacts=_phones(desk, (origin, *transit, destination)),
        form=form,
        overrides=announcement.overrides,
    )
    phones = _phones(desk, (origin, destination))
    routes = {
        party: RoutePart(
            **common,
            addressee=party,
            relates_to=_known_to(desk, party, announcement),
            deadlines=deadlines[party],
            contacts=phones,
            form=template.project(form, party),
            overrides=_overrides(template, form, party, announcement.overrides),
        )
        for party in transit
    }
    return Parts(goods, routes)


def _known_to(desk: Desk, party: str, announcement: Announcement) -> tuple[str, ...]:
    """Give the related references that a transit Member may know of; a call-off always names its series."""
    if announcement.kind == "call_off":
        return announcement.relates_to

    def told(reference: str) -> bool:
        parts = (one.content for one in desk.board.said.get(reference, ()))
        return any(isinstance(part, GoodsPart | RoutePart) and part.addressee == party for part in parts)

    return tuple(filter(told, announcement.relates_to))


def _phones(desk: Desk, parties: tuple[str, ...]) -> dict[str, str]:
    known = ((party, desk.room.desks.get(party)) for party in parties)
    return {party: hours.duty_phone for party, hours in known if hours is not None and hours.duty_phone is not None}


def _overrides(
    template: Template, form: Mapping[str, Any], party: str, given: tuple[Override, ...]
) -> tuple[Override, ...]:
    """Give the reasons that explain what this party sees, at the places where it sees it."""
    seen = ((override, template.route_path(form, party, override.field)) for override in given)
    return tuple(Override(field=path, reason=override.reason) for override, path in seen if path is not None)
