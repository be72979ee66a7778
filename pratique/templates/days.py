"""Read days and instants of a form, with GS1's day 00."""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime


def last_day(text: str) -> date:
    """Read a day of GS1 AI(11) or AI(17): day 00 is the last of its month; raises ValueError.

    Shape  text: 2027-03-31 or 2027-03-00
    """
    if not text.endswith("-00"):
        return date.fromisoformat(text)
    first = date.fromisoformat(f"{text[:-2]}01")
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def instant(text: str) -> datetime:
    """Read an instant of a form, UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)
