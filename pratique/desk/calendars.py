"""What a party's desk settings mean for its clocks."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from pratique.desk.deadlines import Calendar

if TYPE_CHECKING:
    from pratique.contents.desk import DeskHours


def calendar_of(hours: DeskHours | None) -> Calendar:
    """Give a party's working week; Saturday and Sunday in UTC where it has told nothing."""
    if hours is None:
        return Calendar()
    return Calendar(
        frozenset(hours.weekend),
        frozenset(date.fromisoformat(day) for day in hours.holidays),
        timedelta(minutes=hours.utc_offset_minutes),
    )
