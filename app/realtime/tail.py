"""Read what logs grew by: one read and one encoding per process, however many sockets wait for it."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass

from app import log
from app.access import Reading
from app.db import Database
from pratique.wire.entries import Entry
from pratique.wire.events import Withheld, encode_event, encode_withheld

PAGE_ENTRIES = 200
# What is kept per log for readers that are a little behind.
KEPT_LINES = 1000
KEPT_BYTES = 512 << 10


@dataclass(frozen=True, slots=True)
class Line:
    """An entry and its event, encoded once."""

    entry: Entry
    event: bytes

    def shown(self, reading: Reading) -> bytes:
        """Give what this reader may see of it."""
        if not reading.withholds(self.entry):
            return self.event
        return encode_withheld(Withheld(self.entry.log, self.entry.seq, self.entry.digest()))


class Tail:
    """The newest lines of the logs that this process watches.

    Entries never change, so a kept line is as true as the table; only what is behind the last one has to be asked for.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept: dict[bytes, deque[Line]] = {}
        self._kept_bytes: dict[bytes, int] = {}
        # Reads under way, by log and by where they begin.
        self._asked: dict[bytes, dict[int, asyncio.Task[list[Line]]]] = {}

    def keep(self, log_id: bytes) -> None:
        """Begin to keep a log's newest lines."""
        self._kept.setdefault(log_id, deque())
        self._kept_bytes.setdefault(log_id, 0)

    def drop(self, log_id: bytes) -> None:
        """Keep a log's lines no longer, nor share a read of it: nobody tells now when it grows."""
        self._kept.pop(log_id, None)
        self._kept_bytes.pop(log_id, None)
        self._asked.pop(log_id, None)

    async def since(self, log_id: bytes, after: int) -> list[Line]:
        """Give lines that follow a number, in order, at most a page; empty at the end."""
        kept = self._kept.get(log_id)
        if kept and kept[0].entry.seq <= after + 1 and after < kept[-1].entry.seq:
            start = after + 1 - kept[0].entry.seq
            return [kept[place] for place in range(start, min(start + PAGE_ENTRIES, len(kept)))]
        reads = self._asked.setdefault(log_id, {})
        if after not in reads or reads[after].done():
            # A read that ended when its socket was gone already may be older than what was saved since.
            reads[after] = asyncio.create_task(self._read(log_id, after))
        try:
            # Shielded: a socket that ends does not take the read away from the others.
            return await asyncio.shield(reads[after])
        finally:
            if after in reads and reads[after].done():
                del reads[after]
            if not reads and self._asked.get(log_id) is reads:
                del self._asked[log_id]

    def grew(self, log_id: bytes) -> None:
        """Share no read that began before now: it may not have seen what was saved."""
        self._asked.pop(log_id, None)

    async def _read(self, log_id: bytes, after: int) -> list[Line]:
        async with self._database.read() as tx:
            found = await log.read(tx, log_id, after, PAGE_ENTRIES)
        lines = [Line(entry, encode_event(entry)) for entry in found]
        self._remember(log_id, lines)
        return lines

    def _remember(self, log_id: bytes, lines: list[Line]) -> None:
        kept = self._kept.get(log_id)
        if kept is None or not lines:
            return
        size = self._kept_bytes[log_id]
        if kept and lines[0].entry.seq != kept[-1].entry.seq + 1:
            if lines[-1].entry.seq <= kept[-1].entry.seq:
                return  # an older page
            kept.clear()
            size = 0
        kept.extend(lines)
        size += sum(len(line.event) for line in lines)
        while len(kept) > KEPT_LINES or (size > KEPT_BYTES and len(kept) > 1):
            size -= len(kept.popleft().event)
        self._kept_bytes[log_id] = size
