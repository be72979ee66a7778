"""Move a consignment's journey to these days, so that an exercise is never long past."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

_FORM = "%Y-%m-%dT%H:%MZ"
# So that nobody is late before the exercise begins.
NOTICE = timedelta(hours=30)


def moved_to_now(announcement: dict[str, Any], now: datetime | None = None) -> dict[str, Any]:
    """Give the announcement with all legs moved by whole days, the first departure within a day after the notice."""
    moved = copy.deepcopy(announcement)
    legs = moved["form"]["legs"]
    earliest = (now or datetime.now(UTC)) + NOTICE
    days = timedelta(days=-((read(legs[0]["etd_at"]) - earliest) // timedelta(days=1)))
    for leg in legs:
        for name in ("etd_at", "eta_at"):
            leg[name] = write(read(leg[name]) + days)
    return moved


def read(text: str) -> datetime:
    """Read an instant of a form."""
    return datetime.fromisoformat(text)


def write(at: datetime) -> str:
    """Write an instant as forms hold it."""
    return at.strftime(_FORM)


def for_people(text: str) -> str:
    """Write an instant of a form for people, in UTC."""
    return read(text).astimezone(UTC).strftime("%a %d %b %H:%M")
