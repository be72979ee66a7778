"""Ring reminders when they are due, in every server process; sleep until then.

    sleep until the next ring ─▶ ring what is due, some at a time ─▶ look when the next one is

What came due while no server ran rings at the start. A process that sleeps too long (another one kept the reminder and
died) looks by itself after `LONGEST_MS`; it asks nothing in between.
"""

from __future__ import annotations

import asyncio
import sys

import structlog

from app.clock import Clock
from app.db import Database
from app.delivery import reminders

logger = structlog.get_logger(__name__)
AT_ONCE = 50  # rings in one transaction
LONGEST_MS = 60_000
FIRST_PAUSE_MS = 1_000


class Reminders:
    """The one task of a process that rings."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._woken = asyncio.Event()
        self._next_ms = sys.maxsize
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin with what came due before."""
        self._task = asyncio.create_task(self._run(), name="reminders")

    async def stop(self) -> None:
        """End; a ring that is being saved is saved or not, and rings later."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def planned(self, at_ms: int) -> None:
        """Hear of a ring that was saved; only one that comes before all others ends the sleep."""
        if at_ms < self._next_ms:
            self._woken.set()

    async def look(self) -> int:
        """Ring everything that is due; give the instant to look again."""
        while True:
            async with self._database.read() as tx:
                soonest = await reminders.soonest(tx, AT_ONCE)
            now_ms = self._clock.now_ms()
            due = [ring for ring in soonest if ring.due_ms <= now_ms]
            if due:
                async with self._database.transaction() as tx:
                    await reminders.ring(tx, due)
            if len(due) < AT_ONCE:
                return min([now_ms + LONGEST_MS, *(ring.due_ms for ring in soonest[len(due) :])])

    async def _run(self) -> None:
        pause_ms = FIRST_PAUSE_MS
        while True:
            self._woken.clear()
            self._next_ms = sys.maxsize  # while it looks, every new ring is worth a second look
            try:
                self._next_ms = await self.look()
                pause_ms = FIRST_PAUSE_MS
            except Exception as failure:  # whatever it was, what is due stays due
                logger.warning("reminders could not ring; they are tried again", fault=type(failure).__name__)
                self._next_ms = self._clock.now_ms() + pause_ms
                pause_ms = min(2 * pause_ms, LONGEST_MS)
            await self._clock.wait(self._woken, self._next_ms)
