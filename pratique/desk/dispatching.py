"""Put versions on their lanes: goods first, so that nobody knows of a route without goods; the own record last.

own lane: draft ─▶ goods lanes ─▶ route lanes ─▶ own lane: sent
"""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pratique.contents.draft import Draft
from pratique.desk.outward import Parcel
from pratique.desk.reminders import offices, plans
from pratique.desk.results import LaneSent, Sent
from pratique.wire import strict_json
from pratique.wire.entries import Urgency

if TYPE_CHECKING:
    from pratique.contents.content import Event
    from pratique.contents.prenotification import Announcement, GoodsPart, RoutePart
    from pratique.desk.desk import Desk
    from pratique.desk.parts import Parts
    from pratique.templates.changes import Change


@dataclass(frozen=True)
class Version:
    """One version that is ready to go.

    Takes   draft: its number's draft in the own lane, None where that is lost
            renewed: addressees whose clock starts with this version
            there: addressees whose part stands in its lane already; farewells: events for Members no longer on the way
    """

    draft: str | None
    announcement: Announcement
    parts: Parts
    urgency: Urgency
    renewed: frozenset[str]
    there: frozenset[str] = frozenset()
    changes: tuple[Change, ...] = ()
    without: tuple[str, ...] = ()
    farewells: Mapping[str, Event] = field(default_factory=dict)


def digest_of(announcement: Announcement) -> str:
    """Give the SHA-256 by which the same announcement is known again."""
    told = announcement.model_dump(mode="json", exclude_none=True)
    return hashlib.sha256(strict_json.dumps(told)).hexdigest()


async def dispatch(desk: Desk, versions: Sequence[Version]) -> list[Sent]:
    """Post versions with their reminder plans, by lane; raises what `Outward.send` raises."""
    now = desk.now_ms()
    lanes: dict[tuple[str, str], bytes] = {}
    for one in versions:
        async for party, channel in _lanes(desk, one):
            lanes[one.parts.goods.reference, party] = channel
    goods = [_parcel(desk, one, one.parts.goods, lanes, now) for one in versions if _goes(one, one.parts.goods)]
    routes = [
        _parcel(desk, one, part, lanes, now)
        for one in versions
        for part in one.parts.routes.values()
        if _goes(one, part)
    ]
    farewells = [
        Parcel(lane, event, Urgency.URGENT, ends=desk.reading.waiting(event.about, party, lane))
        for one in versions
        for party, event in one.farewells.items()
        for lane in [bytes.fromhex(event.follows.log)]
    ]
    sent = [_record(one, one.draft) for one in versions if one.draft is not None]
    records = [Parcel(await desk.outward.own_lane(), one) for one in sent]
    together = sorted(goods, key=_by_lane) + sorted(routes, key=_by_lane)
    await desk.outward.send([*together, *farewells, *records])
    return [sent_as(desk, one.parts.goods.reference, one) for one in versions]


def sent_as(desk: Desk, reference: str, version: Version | None = None, *, repeated: bool = False) -> Sent:
    """Tell from the board what stands where."""
    parts = desk.reading.parts(reference)
    lanes, deadlines = [], {}
    for party, (log, seq, part) in parts.items():
        lanes.append(LaneSent(part.part, desk.reading.parties[log], log, seq))
        deadlines[party] = part.deadlines
    lanes.sort(key=lambda lane: lane.part)
    number = max(part.version for _, _, part in parts.values())
    changes, without = ((), ()) if version is None else (version.changes, version.without)
    return Sent(reference, number, tuple(lanes), deadlines, changes, repeated, without)


async def _lanes(desk: Desk, one: Version) -> AsyncIterator[tuple[str, bytes]]:
    destination = one.parts.goods.destination
    yield destination, await desk.outward.lane((destination,))
    for party in one.parts.routes:
        yield party, await desk.outward.lane((party, destination))


def _goes(one: Version, part: GoodsPart | RoutePart) -> bool:
    return part.addressee not in one.there


def _parcel(
    desk: Desk,
    one: Version,
    part: GoodsPart | RoutePart,
    lanes: Mapping[tuple[str, str], bytes],
    now: int,
) -> Parcel:
    party, lane = part.addressee, lanes[part.reference, part.addressee]
    if party not in one.renewed:
        return Parcel(lane, part, one.urgency)
    called = offices(party, desk.room.desks.get(party), desk.operation.terms)
    ends = desk.reading.waiting(part.reference, party, lane)
    return Parcel(lane, part, one.urgency, plans(part, now, called), ends)


def _record(one: Version, draft: str) -> Draft:
    reference = one.parts.goods.reference
    return Draft(draft=draft, state="SENT", reference=reference, digest=digest_of(one.announcement))


def _by_lane(parcel: Parcel) -> tuple[bytes, int]:
    return (parcel.channel, -parcel.urgency)
