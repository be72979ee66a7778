"""The only source of time: UTC, milliseconds since 1970."""

from __future__ import annotations

import time


def now_ms() -> int:
    """Give the instant."""
    return time.time_ns() // 1_000_000
