"""Move a consignment's journey to these days, so that an exercise is never long past."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

_FORM = "%Y-%m-%dT%H:%MZ"


def moved_to_now(shipment: dict[str, Any], now: datetime | None = None) -> dict[str, Any]:
    """Give the shipment with all legs moved by whole days, the first departure within the next day."""
    moved = copy.deepcopy(shipment)
    first = _read(moved["legs"][0]["etd_at"])
    now = now or datetime.now(UTC)
    days = timedelta(days=-((first - now) // timedelta(days=1)))
    for leg in moved["legs"]:
        for name in ("etd_at", "eta_at"):
            leg[name] = (_read(leg[name]) + days).strftime(_FORM)
    return moved


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)
