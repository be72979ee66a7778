"""Change what was announced: a new version to the same lanes; what weighs starts the clocks anew."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from pratique.contents.shipment import route_parties
from pratique.contents.withdrawal import Withdrawal
from pratique.desk import checking, numbering, reporting
from pratique.desk.dispatching import Version, dispatch, sent_as
from pratique.desk.finding import find
from pratique.desk.parts import Parts, compose
from pratique.desk.urgency import kept, standing
from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pratique.contents.content import Event
    from pratique.contents.prenotification import Announcement, GoodsPart
    from pratique.desk.desk import Desk
    from pratique.desk.reading import Where
    from pratique.desk.results import Sent
    from pratique.templates.changes import Change
    from pratique.views.consignment import Consignment
    from pratique.wire.entries import Urgency

OFF_THE_WAY = "the consignment does not come this way any more"


async def amend(
    desk: Desk, reference: str, announcement: Announcement, urgency: Urgency | None, without: tuple[str, ...] = ()
) -> Sent:
    """Send the next version.

    Raises  AnnouncementRefused; PratiqueError: not_the_sender, destination_changed, not_reachable, needs_release, or
            the board's mark
    """
    one = find(desk.board, reference)
    version = next_version(desk, one.reference, announcement, urgency, without)
    if version is None:
        return sent_as(desk, one.reference, repeated=True)
    checking.insist_on_release(desk)
    return (await dispatch(desk, [version]))[0]


def next_version(
    desk: Desk, reference: str, announcement: Announcement, urgency: Urgency | None, without: tuple[str, ...] = ()
) -> Version | None:
    """Give the next version, or what an earlier run left of this one; None where nothing is different."""
    one = find(desk.board, reference)
    before = one.goods
    if one.origin != desk.party or before is None:
        raise PratiqueError("not_the_sender", f"{one.reference} is {one.origin.upper()}'s own to change")
    urgency = kept(desk, one.reference, announcement, urgency)
    checked = checking.check(desk, announcement, urgency=urgency, again=True, duplicates=False)
    checking.insist(checked, (*without, *_without(desk, one)))
    if checked.parties[-1] != one.destination:
        detail = f"the way now ends in {checked.parties[-1].upper()}, not in {one.destination.upper()}"
        raise PratiqueError("destination_changed", detail, "re-route it: that tells both and keeps the history")
    template = checking.template_for(desk, announcement.template)
    changes = template.changes(before.form, checking.filled(desk, announcement))
    same = not changes and _same_around(before, announcement) and urgency == standing(desk, one.reference)
    there = desk.reading.parts(one.reference)
    number = one.version if same else one.version + 1
    done = frozenset(p for p, (_, _, part) in there.items() if part.version == number)
    if same and done >= checked.deadlines.keys():
        return None
    fresh = compose(desk, announcement, checked.parties, checked.deadlines, one.reference, number)
    renewed = _renewed(desk, fresh, there, changes)
    deadlines = {p: at if p in renewed else there[p][2].deadlines for p, at in checked.deadlines.items()}
    parts = compose(desk, announcement, checked.parties, deadlines, one.reference, number)
    if not same:
        reporting.rehearse(desk, one, there[one.destination][0], parts.goods)
    return Version(
        numbering.draft_of(desk, one.reference),
        announcement,
        parts,
        urgency,
        renewed,
        there=done,
        changes=changes,
        without=checked.unreachable,
        farewells=_farewells(one, parts, there),
    )


def _without(desk: Desk, one: Consignment) -> tuple[str, ...]:
    """Give whom the version before went without: whoever sent it knew."""
    told = {one.origin, one.destination, *one.transit}
    return tuple(party for party in route_parties(one.way_legs) if party not in told)


def _renewed(desk: Desk, fresh: Parts, there: Where, changes: tuple[Change, ...]) -> frozenset[str]:
    """Give the addressees whose own part changed materially, or who are new on the way: their clock starts again."""
    template = checking.template_for(desk, fresh.goods.template)
    renewed = {fresh.goods.destination} if any(change.material for change in changes) else set()
    for party, part in fresh.routes.items():
        before = there.get(party)
        if before is None or any(one.material for one in template.changes(before[2].form, part.form, "route")):
            renewed.add(party)
    if any(before[2].mode != fresh.goods.mode for before in there.values()):
        renewed |= {fresh.goods.destination, *fresh.routes}
    return frozenset(renewed)


def _farewells(one: Consignment, parts: Parts, there: Where) -> Mapping[str, Event]:
    """Tell each Member that the way does not touch any more, in its own lane only."""
    said: dict[str, Event] = {}
    for party, (log, seq, _) in there.items():
        if party != one.destination and party not in parts.routes:
            said[party] = Withdrawal.check(
                {
                    "id": secrets.token_hex(16),
                    "about": one.reference,
                    "follows": {"log": log.hex(), "seq": seq},
                    "reason": OFF_THE_WAY,
                }
            )
    return said


def _same_around(before: GoodsPart, now: Announcement) -> bool:
    names = ("template", "kind", "mode", "tlp", "relates_to", "urgency_reason", "overrides")
    return all(getattr(before, name) == getattr(now, name) for name in names)
