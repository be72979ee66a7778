"""A read that its socket left behind is shared with nobody: it may be older than what was saved since."""

from __future__ import annotations

import asyncio
import os
from uuid import uuid4

import pytest

from app import log
from app.db import Database
from app.log import LogKind
from app.realtime.tail import Tail
from pratique.wire.entries import Draft, Kind


async def append(database: Database, log_id: bytes) -> None:
    async with database.transaction() as tx:
        await log.lock(tx, [], {log_id: LogKind.CHANNEL})
        log.append(tx, log_id, [Draft(Kind.APPLICATION, b"sealed")], post_id=uuid4())


@pytest.mark.parametrize("dropped", [True, False])
async def test_a_read_left_behind_hides_nothing_from_who_comes_next(database_url: str, dropped: bool) -> None:
    database, log_id = Database(database_url), os.urandom(32)
    try:
        await append(database, log_id)
        tail = Tail(database)
        tail.keep(log_id)
        leaving = asyncio.create_task(tail.since(log_id, 1))
        await asyncio.sleep(0)
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        if dropped:
            # the last socket is gone, so nobody is told that the log grows
            tail.drop(log_id)
        else:
            reading = tail._asked[log_id][1]
            assert await reading == []
        await append(database, log_id)
        tail.keep(log_id)
        assert [line.entry.seq for line in await tail.since(log_id, 1)] == [2]
    finally:
        await database.close()
