"""Carry wake-ups between processes that share a PostgreSQL: one NOTIFY per save, after it, with log ids alone.

A wake-up may be lost, doubled or late: whoever gets one only looks. So a broken connection here costs a poll.
"""

from __future__ import annotations

import asyncio
import base64
import secrets
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

import psycopg
import structlog
from sqlalchemy.engine import make_url

logger = structlog.get_logger(__name__)
CHANNEL = "pratique_wake"
# A payload has at most 7,999 bytes; an id has 43 characters.
IDS_AT_ONCE = 150
AGAIN_S = 1.0

Wake = Callable[[Iterable[bytes]], None]


class Notify:
    """The wake-up port over PostgreSQL: local readers at once, other processes by NOTIFY.

    Takes   wake: the hub's, which looks at logs of this process
    """

    def __init__(self, url: str, wake: Wake) -> None:
        self._conninfo = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._wake = wake
        self._own = secrets.token_hex(4)
        self._to_tell: set[bytes] = set()
        self._came = asyncio.Event()
        self._listening = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def wake(self, grown: Iterable[bytes]) -> None:
        """Wake the readers of this process now and those of the others soon."""
        ids = frozenset(grown)
        self._wake(ids)
        self._to_tell |= ids
        self._came.set()

    async def start(self) -> None:
        """Connect both ways, and listen before anything is read; a database that is late costs polls only."""
        self._tasks = [
            asyncio.create_task(self._again(self._tell), name="notify"),
            asyncio.create_task(self._again(self._listen), name="listen"),
        ]
        with suppress(TimeoutError):
            await asyncio.wait_for(self._listening.wait(), AGAIN_S)

    async def stop(self) -> None:
        """End both connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _again(self, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            try:
                await step()
            except (psycopg.Error, OSError) as failure:
                logger.warning("the wake-up connection broke; it is made anew", fault=type(failure).__name__)
                await asyncio.sleep(AGAIN_S)

    async def _tell(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
            while True:
                await self._came.wait()
                self._came.clear()
                ids, self._to_tell = sorted(self._to_tell), set()
                for start in range(0, len(ids), IDS_AT_ONCE):
                    told = ",".join(base64.b64encode(one).decode() for one in ids[start : start + IDS_AT_ONCE])
                    await connection.execute("SELECT pg_notify(%s, %s)", (CHANNEL, f"{self._own},{told}"))

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(self._conninfo, autocommit=True) as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self._listening.set()
            async for notice in connection.notifies():
                sender, *ids = notice.payload.split(",")
                if sender != self._own:
                    self._wake(frozenset(base64.b64decode(one) for one in ids))
