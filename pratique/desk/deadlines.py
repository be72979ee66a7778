"""When each addressee is asked to acknowledge and to answer, and since when a notice counts as late.

    by air     acknowledge within 24 h and before departure    answer within 48 h and 4 h before departure
    by sea     2 working days                                  5 working days, before loading
    by road    12 h, before departure                          24 h, and 2 h before the border
    by rail    24 h                                            48 h
    by post    12 h                                            24 h

Working days are the addressee's own. Urgent notices count in clock hours only. Pure: no clock, no I/O.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import TYPE_CHECKING, cast

from pratique.contents.adaptation import Hours, TransportMode
from pratique.contents.prenotification import Deadlines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pratique.contents.shipment import Leg

HOUR_MS = 3_600_000
# Nobody can act in less; a limit that has passed already (the aircraft has left) limits nothing.
LEAST_MS = HOUR_MS
DAY_LIMIT = 400


@dataclass(frozen=True)
class Calendar:
    """The working week of one party's desk, in its own time."""

    weekend: frozenset[int] = frozenset({5, 6})  # 0 is Monday
    holidays: frozenset[date] = frozenset()
    offset: timedelta = timedelta()

    def works(self, day: date) -> bool:
        """Say whether this is a working day."""
        return day.weekday() not in self.weekend and day not in self.holidays


@dataclass(frozen=True)
class Clock:
    """How long one step may take: hours, or working days; and how long before which instant it must be over."""

    hours: int
    days: int = 0
    before: str = ""  # departure, loading or border
    ahead_h: int = 0


ACKNOWLEDGE: Mapping[str, Clock] = {
    "air": Clock(24, before="departure"),
    "sea": Clock(48, days=2),
    "road": Clock(12, before="departure"),
    "rail": Clock(24),
    "post": Clock(12),
}
REPLY: Mapping[str, Clock] = {
    "air": Clock(48, before="departure", ahead_h=4),
    "sea": Clock(120, days=5, before="loading"),
    "road": Clock(24, before="border", ahead_h=2),
    "rail": Clock(48),
    "post": Clock(24),
}
RECONCILE_DAYS = 3
# A way of moving that has no line of its own counts as the nearest one.
LIKE = {"inland_water": "sea", "multimodal": "road"}


@dataclass(frozen=True)
class Way:
    """What the clocks need to know of a route, for one addressee; None where a series names no times.

    Unit    milliseconds UTC
    """

    by: TransportMode
    departure_ms: int | None
    leg_departs_ms: int | None
    border_ms: int | None

    @classmethod
    def to(cls, party: str, legs: Sequence[Leg]) -> Way:
        """Take the leg on which the consignment comes to a party; the last one where none does."""
        into = next((leg for leg in legs if _country(leg.to_place) == party != _country(leg.from_place)), legs[-1])
        return cls(cast(TransportMode, into.mode), legs[0].etd_ms, into.etd_ms, into.eta_ms)

    @property
    def like(self) -> str:
        """The line of the table that counts."""
        return LIKE.get(self.by, self.by)

    def instant(self, name: str) -> int | None:
        """Give one of the instants a clock may end before."""
        return {"departure": self.departure_ms, "loading": self.leg_departs_ms, "border": self.border_ms}.get(name)


def deadlines(
    way: Way,
    mode: str,
    sent_ms: int,
    calendar: Calendar,
    *,
    urgent: bool = False,
    hours: Hours | None = None,
) -> Deadlines:
    """Give one addressee's deadlines.

    Takes   mode: INFORM or REPLY; hours: what the operation sets instead, in clock hours
    """
    changed = hours or Hours()
    acknowledge = _end(way, ACKNOWLEDGE, sent_ms, calendar, urgent, changed.acknowledge)
    reply = _end(way, REPLY, sent_ms, calendar, urgent, changed.reply) if mode == "REPLY" else None
    return Deadlines(
        acknowledge_at=instant_text(acknowledge),
        reply_at=None if reply is None else instant_text(max(reply, acknowledge)),
        reconcile_days=RECONCILE_DAYS,
    )


def late(way: Way, sent_ms: int) -> str | None:
    """Say why a notice sent now is late for an addressee; None where it is in time."""
    limit, rule = _floor(way)
    if limit is None or sent_ms <= limit:
        return None
    return f"{rule}: by {instant_text(max(limit, 0))}"  # an hour before the calendar begins has no text


def working_days_after(start_ms: int, days: int, calendar: Calendar) -> int:
    """Give the same local time on the n-th working day after the day of an instant.

    What comes on a day without work counts as coming when the next working day begins.
    """
    at = datetime.fromtimestamp(start_ms / 1000, timezone(calendar.offset))
    left = days
    for _ in range(DAY_LIMIT):
        if calendar.works(at.date()):
            break
        at = at.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    for _ in range(DAY_LIMIT):
        if left == 0:
            break
        at += timedelta(days=1)
        left -= calendar.works(at.date())
    return round(at.timestamp() * 1000)


def instant_text(at_ms: int) -> str:
    """Write an instant field, to the second."""
    return datetime.fromtimestamp(at_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _end(
    way: Way, table: Mapping[str, Clock], sent_ms: int, calendar: Calendar, urgent: bool, hours: int | None
) -> int:
    clock = table[way.like]
    if hours is not None:
        return sent_ms + hours * HOUR_MS
    counts_days = clock.days and not urgent
    end = working_days_after(sent_ms, clock.days, calendar) if counts_days else sent_ms + clock.hours * HOUR_MS
    limit = way.instant(clock.before)
    if limit is not None and limit > sent_ms:
        end = max(min(end, limit - clock.ahead_h * HOUR_MS), sent_ms + LEAST_MS)
    return end


def _floor(way: Way) -> tuple[int | None, str]:
    departs, border = way.leg_departs_ms, way.border_ms
    if departs is None or border is None:
        return None, ""
    match way.like:
        case "sea":
            return departs - 24 * HOUR_MS, "less than 24 hours before loading"
        case "road":
            return border - HOUR_MS, "less than 1 hour before the border"
        case "rail":
            return border - 2 * HOUR_MS, "less than 2 hours before the border"
        case "post":
            return departs, "after departure"
        case _:
            # A short flight cannot be announced 4 hours before it lands: its departure counts.
            return max(departs, border - 4 * HOUR_MS), "less than 4 hours before arrival and after departure"


def _country(place: str) -> str:
    return place[:2].lower()
