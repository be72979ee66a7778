"""Hold shared reads to their promise: one read for many, and never one that began before what it should see."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import uuid4

from app import log
from app.access import Reading
from app.db import Database, Transaction
from app.log import LogKind
from app.realtime import tail as tails
from app.realtime.tail import Tail
from pratique.wire.entries import Draft, Kind

LOG = b"\x05" * 32


class Slow(Database):
    """A database whose looks are counted, and may be held back after they were taken."""

    looks = 0

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.free = asyncio.Event()
        self.free.set()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        async with super().read() as tx:
            self.looks += 1
            yield tx
        await self.free.wait()

    async def append(self, count: int = 1, size: int = 10) -> None:
        """Save some entries."""
        async with self.transaction() as tx:
            await log.lock(tx, [], {LOG: LogKind.CHANNEL})
            log.append(tx, LOG, [Draft(Kind.APPLICATION, bytes(size))] * count, post_id=uuid4())


@asynccontextmanager
async def slow(url: str) -> AsyncIterator[Slow]:
    """Open a database with three entries in the log."""
    database = Slow(url)
    await database.append(3)
    try:
        yield database
    finally:
        await database.close()


async def numbers(tail: Tail, after: int) -> list[int]:
    """Read lines and give their numbers."""
    return [line.entry.seq for line in await tail.since(LOG, after)]


async def test_many_readers_share_one_read(sqlite_database_url: str) -> None:
    async with slow(sqlite_database_url) as database:
        tail = Tail(database)
        found = await asyncio.gather(*(numbers(tail, 0) for _ in range(50)))
        assert found == [[1, 2, 3]] * 50
        assert database.looks == 1


async def test_a_read_that_began_before_the_save_is_not_shared(sqlite_database_url: str) -> None:
    async with slow(sqlite_database_url) as database:
        tail = Tail(database)
        database.free.clear()
        early = asyncio.create_task(numbers(tail, 3))
        while database.looks < 1:
            await asyncio.sleep(0.001)
        await database.append()
        tail.grew(LOG)
        late = asyncio.create_task(numbers(tail, 3))
        while database.looks < 2:
            await asyncio.sleep(0.001)
        database.free.set()
        assert await early == [] and await late == [4]


async def test_kept_lines_need_no_look_and_have_no_gap(sqlite_database_url: str) -> None:
    async with slow(sqlite_database_url) as database:
        tail = Tail(database)
        tail.keep(LOG)
        assert await numbers(tail, 0) == [1, 2, 3]
        await database.append(4)
        assert await numbers(tail, 3) == [4, 5, 6, 7]
        looks = database.looks
        for after in range(7):
            assert await numbers(tail, after) == list(range(after + 1, 8))
        assert database.looks == looks
        assert await numbers(tail, 7) == []


async def test_what_is_kept_is_bounded_and_older_lines_come_from_the_table(
    sqlite_database_url: str,
) -> None:
    async with slow(sqlite_database_url) as database:
        tail = Tail(database)
        tail.keep(LOG)
        after = 3
        for _ in range(12):
            await database.append(1, tails.KEPT_BYTES // 4)
            after = (await numbers(tail, after))[-1]
        assert sum(len(line.event) for line in tail._kept[LOG]) <= tails.KEPT_BYTES
        assert await numbers(tail, 0) == list(range(1, 16))


async def test_a_reader_without_leave_sees_number_and_digest_alone(sqlite_database_url: str) -> None:
    async with slow(sqlite_database_url) as database:
        lines = await Tail(database).since(LOG, 0)
        shown = [line.shown(Reading(LOG, LogKind.CHANNEL, since=2)) for line in lines]
        assert [b"data_base64" in event for event in shown] == [False, False, True]
        assert lines[1].entry.digest().hex().encode() in shown[1]
