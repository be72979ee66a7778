"""Give tests a clock that stands still until it is moved."""

from __future__ import annotations

import asyncio

from app.clock import Clock, now_ms

MINUTE_MS = 60_000
HOUR_MS = 60 * MINUTE_MS


class HandClock(Clock):
    """A clock that only the test moves; who waits by it looks again at each move."""

    def __init__(self) -> None:
        self._now_ms = now_ms()
        self._waiting: set[asyncio.Event] = set()

    def now_ms(self) -> int:
        """Give the instant at which it stands."""
        return self._now_ms

    def move(self, by_ms: int) -> None:
        """Let time pass."""
        self._now_ms += by_ms
        for woken in self._waiting:
            woken.set()

    async def wait(self, woken: asyncio.Event, until_ms: int) -> None:
        """Wait until it was moved far enough, or something happened."""
        self._waiting.add(woken)
        if self._now_ms < until_ms:
            await woken.wait()
