"""The only source of time: UTC, milliseconds since 1970; and what waits for an instant."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress


def now_ms() -> int:
    """Give the instant."""
    return time.time_ns() // 1_000_000


class Clock:
    """What a job asks for the time and waits by; tests hand in one that they move."""

    def now_ms(self) -> int:
        """Give the instant."""
        return now_ms()

    async def wait(self, woken: asyncio.Event, until_ms: int) -> None:
        """Wait until an instant has come, or something happened."""
        with suppress(TimeoutError):
            async with asyncio.timeout(max(0, until_ms - self.now_ms()) / 1000):
                await woken.wait()
