"""Know who waits on which log, and feed them when it grows.

    wake(ids) ─▶ one read from where the log was fed to ─▶ one frame ─▶ every reader that is level with it
                                                                    └▶ the others catch up by themselves

A wake-up that is lost costs one look of the poll, never an entry: both only say "look".
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Protocol

import structlog

from app import log
from app.db import Database
from app.realtime.frames import batches, text_frame
from app.realtime.tail import PAGE_ENTRIES, Line, Tail

logger = structlog.get_logger(__name__)
# After so many readers the loop serves others for a moment: answers and pings do not wait for a large fan-out.
SLICE = 500


class Batch:
    """Lines that follow each other, and their frames, made when the first reader asks."""

    __slots__ = ("_frames", "after", "lines")

    def __init__(self, after: int, lines: list[Line]) -> None:
        self.after = after
        self.lines = lines
        self._frames: bytes | None = None

    @property
    def last(self) -> int:
        """The number of the last line."""
        return self.lines[-1].entry.seq

    @property
    def size(self) -> int:
        """How many bytes the entries carry."""
        return sum(len(line.entry.data) for line in self.lines)

    def frames(self) -> bytes:
        """Give everything as ready frames, joined into one write."""
        if self._frames is None:
            self._frames = b"".join(text_frame(document) for document in batches([line.event for line in self.lines]))
        return self._frames


class Waiting(Protocol):
    """Whoever waits for a log to grow."""

    def offer(self, batch: Batch) -> None:
        """Take a batch now, or remember to read on; never blocks."""


class Hub:
    """The logs that this process watches, how far each was fed, and who waits."""

    def __init__(self, database: Database, poll_s: float) -> None:
        self.tail = Tail(database)
        self._database = database
        self._poll_s = poll_s
        self._waiting: dict[bytes, dict[Waiting, None]] = {}
        self._fed: dict[bytes, int] = {}
        self._grown: set[bytes] = set()
        self._feeding: dict[bytes, asyncio.Task[None]] = {}
        self._poll: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to look by itself, in case a wake-up is lost."""
        self._poll = asyncio.create_task(self._look_regularly(), name="hub poll")

    async def stop(self) -> None:
        """Feed nobody any more."""
        tasks = [*self._feeding.values(), *([self._poll] if self._poll else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def join(self, log_id: bytes, waiting: Waiting) -> None:
        """Wait on a log; what came before has to be read by the caller, from its own cursor."""
        if log_id not in self._waiting:
            async with self._database.read() as tx:
                head = await log.head(tx, log_id) or 0
            self._fed.setdefault(log_id, head)
            self.tail.keep(log_id)
        self._waiting.setdefault(log_id, {})[waiting] = None

    def leave(self, log_id: bytes, waiting: Waiting) -> None:
        """Wait no longer."""
        others = self._waiting.get(log_id)
        if others is None:
            return
        others.pop(waiting, None)
        if not others:
            del self._waiting[log_id]
            self._fed.pop(log_id, None)
            self.tail.drop(log_id)

    def wake(self, grown: Iterable[bytes]) -> None:
        """Look at logs that are said to have grown; called after a save, here or in another process."""
        for log_id in grown:
            if log_id in self._waiting:
                self._grown.add(log_id)
                self.tail.grew(log_id)
                if log_id not in self._feeding:
                    self._feeding[log_id] = asyncio.create_task(self._feed(log_id))

    async def _feed(self, log_id: bytes) -> None:
        try:
            while log_id in self._grown:
                self._grown.discard(log_id)
                while (after := self._fed.get(log_id)) is not None:
                    lines = await self.tail.since(log_id, after)
                    if not lines or self._fed.get(log_id) != after:
                        break
                    batch = Batch(after, lines)
                    self._fed[log_id] = batch.last
                    await self._offer(log_id, batch)
                    if len(lines) < PAGE_ENTRIES and batch.size < log.PAGE_BYTES // 2:
                        break  # the end when it was read; what was saved since wakes anew
        except Exception as failure:
            logger.warning("a log could not be read; the poll looks again", fault=type(failure).__name__)
        finally:
            self._grown.discard(log_id)
            del self._feeding[log_id]

    async def _offer(self, log_id: bytes, batch: Batch) -> None:
        for place, waiting in enumerate(list(self._waiting.get(log_id, ())), 1):
            waiting.offer(batch)
            if place % SLICE == 0:
                await asyncio.sleep(0)

    async def _look_regularly(self) -> None:
        while True:
            await asyncio.sleep(self._poll_s)
            try:
                await self.look()
            except Exception as failure:  # whatever it was, the next look is due
                logger.warning("the poll could not look", fault=type(failure).__name__)

    async def look(self) -> None:
        """Ask once how far every watched log goes, and wake those that went on."""
        watched = list(self._waiting)
        for start in range(0, len(watched), 500):
            async with self._database.read() as tx:
                heads = await log.heads(tx, watched[start : start + 500])
            self.wake(log_id for log_id, head in heads.items() if head > self._fed.get(log_id, head))
