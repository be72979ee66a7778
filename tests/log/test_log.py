"""The log on both databases: numbers without gaps, instants that never fall, nothing half-written."""

from __future__ import annotations

import asyncio
import os
import secrets
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from app import log
from app.db import Database, DatabaseInUse
from app.errors import Busy
from app.log import LogKind
from pratique.wire.entries import Draft, Entry, Kind, next_chain

LOG = bytes(range(32))
OTHER = bytes(range(1, 33))


class Hands:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.ms = 1_800_000_000_000

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def hands() -> Hands:
    return Hands()


@pytest.fixture
async def database(database_url: str, hands: Hands) -> AsyncIterator[Database]:
    opened = Database(database_url, now_ms=hands)
    yield opened
    await opened.close()


def drafts(count: int = 1, size: int = 10) -> list[Draft]:
    return [Draft(Kind.APPLICATION, secrets.token_bytes(size), epoch=3) for _ in range(count)]


async def append(database: Database, count: int = 1, size: int = 10, log_id: bytes = LOG) -> list[Entry]:
    async with database.transaction() as tx:
        await log.lock(tx, (), {log_id: LogKind.INBOX})
        return log.append(tx, log_id, drafts(count, size), device="pratique://x", post_id=uuid4())


async def read(database: Database, after: int = 0, limit: int = 500, log_id: bytes = LOG) -> list[Entry]:
    async with database.read() as tx:
        return await log.read(tx, log_id, after, limit)


async def test_what_is_read_is_what_was_appended(database: Database) -> None:
    appended = [entry for _ in range(3) for entry in await append(database, 2)]
    assert await read(database) == appended
    assert await read(database, 2, 3) == appended[2:5]
    assert await read(database, 6) == []
    async with database.read() as tx:
        assert await log.head(tx, LOG) == 6
        assert await log.head(tx, OTHER) is None
        assert await log.kind(tx, LOG) is LogKind.INBOX
        chain = LOG
        for entry in appended:
            chain = next_chain(chain, entry.seq, entry.digest())
    async with database.transaction() as tx:
        await log.lock(tx, [LOG])
        assert await log.chain_at(tx, LOG, 6) == chain
        assert await log.chain_at(tx, LOG, 7) is None


async def test_concurrent_appends_leave_no_gap(database: Database) -> None:
    appended = await asyncio.gather(*(append(database, 1 + n % 3, log_id=(LOG, OTHER)[n % 2]) for n in range(30)))
    for log_id in (LOG, OTHER):
        expected = sorted((entry for one in appended for entry in one if entry.log == log_id), key=lambda e: e.seq)
        assert [entry.seq for entry in expected] == list(range(1, len(expected) + 1))
        assert await read(database, log_id=log_id) == expected


async def test_time_never_falls_within_a_log(database: Database, hands: Hands) -> None:
    (first,) = await append(database)
    hands.ms -= 60_000
    (second,) = await append(database)
    (elsewhere,) = await append(database, log_id=OTHER)
    hands.ms += 120_000
    (third,) = await append(database)
    assert second.at_ms == first.at_ms
    assert elsewhere.at_ms == first.at_ms - 60_000
    assert third.at_ms == first.at_ms + 60_000


async def test_what_raises_leaves_nothing_behind(database: Database) -> None:
    woken: list[frozenset[bytes]] = []
    database.wake = woken.append
    with pytest.raises(ZeroDivisionError):
        async with database.transaction() as tx:
            await log.lock(tx, (), {LOG: LogKind.INBOX})
            log.append(tx, LOG, drafts(), post_id=uuid4())
            raise ZeroDivisionError
    async with database.transaction() as tx:
        await log.lock(tx, (), {LOG: LogKind.INBOX})
        log.append(tx, LOG, drafts(), post_id=uuid4())
        with pytest.raises(ZeroDivisionError):
            async with tx.savepoint():
                log.append(tx, LOG, drafts(2), post_id=uuid4())
                await tx.flush()
                raise ZeroDivisionError
        kept = log.append(tx, LOG, drafts(), post_id=uuid4())
    assert [entry.seq for entry in await read(database)] == [1, 2]
    assert kept[0].seq == 2
    assert woken == [{LOG}]


async def test_a_transaction_reads_what_it_put(database: Database) -> None:
    async with database.transaction() as tx:
        await log.lock(tx, (), {LOG: LogKind.INBOX})
        appended = log.append(tx, LOG, drafts(2), post_id=uuid4())
        assert await log.read(tx, LOG, 0) == appended


async def test_entries_are_stored_in_their_order_only(database: Database) -> None:
    async with database.transaction() as tx:
        await log.lock(tx, (), {LOG: LogKind.INBOX})
        _, second = log.number(tx, LOG, drafts(2), post_id=uuid4())
        with pytest.raises(ValueError, match="does not follow"):
            log.store(tx, [second])


async def test_a_log_that_is_not_there_cannot_be_locked(database: Database) -> None:
    with pytest.raises(KeyError):
        async with database.transaction() as tx:
            await log.lock(tx, [LOG])


async def test_pages_end_by_size_but_never_empty(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await append(database, 5, size=1000)
    monkeypatch.setattr(log, "PAGE_BYTES", 2500)
    assert [entry.seq for entry in await read(database)] == [1, 2]
    assert [entry.seq for entry in await read(database, 2)] == [3, 4]
    monkeypatch.setattr(log, "PAGE_BYTES", 10)
    assert [entry.seq for entry in await read(database, 2)] == [3]


async def test_transactions_that_lock_many_logs_in_any_order_all_end(database: Database) -> None:
    ids = [bytes([n]) * 32 for n in range(12)]

    async def touch(chosen: list[bytes]) -> None:
        async with database.transaction() as tx:
            await log.lock(tx, (), dict.fromkeys(chosen, LogKind.INBOX))
            for log_id in chosen:
                log.append(tx, log_id, drafts(), post_id=uuid4())

    await asyncio.gather(*(touch(ids if n % 2 else ids[::-1]) for n in range(20)))
    for log_id in ids:
        assert len(await read(database, log_id=log_id)) == 20


async def test_a_read_cannot_write(database: Database) -> None:
    await append(database)
    with pytest.raises((Busy, DBAPIError)):
        async with database.read() as tx:
            await tx.execute(text("UPDATE logs SET head_seq = 0"))
    async with database.read() as tx:
        assert await log.head(tx, LOG) == 1


async def test_the_file_is_for_one_process_and_its_owner(sqlite_database_url: str) -> None:
    database = Database(sqlite_database_url)
    await append(database)
    with pytest.raises(DatabaseInUse):
        Database(sqlite_database_url)
    async with database.transaction() as tx:
        answers = [(await tx.execute(text(f"PRAGMA {name}"))).scalar() for name in ("synchronous", "journal_mode")]
    assert answers == [2, "wal"]
    await database.close()
    await Database(sqlite_database_url).close()


async def test_a_new_file_is_made_for_its_owner_only(tmp_path: Path) -> None:
    previous = os.umask(0)
    try:
        database = Database(f"sqlite+aiosqlite:///{tmp_path}/new/server.sqlite3")
        async with database.transaction() as tx:
            await tx.execute(text("CREATE TABLE probe (n INTEGER)"))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "new").iterdir()}
        await database.close()
    finally:
        os.umask(previous)
    assert modes.keys() >= {"server.sqlite3", "server.sqlite3-wal"}
    assert set(modes.values()) == {0o600}


@pytest.mark.postgres
async def test_a_save_on_postgres_is_durable_and_read_committed(postgres_database_url: str) -> None:
    database = Database(postgres_database_url)
    async with database.transaction() as tx:
        settings = [
            (await tx.execute(text(f"SHOW {name}"))).scalar()
            for name in ("synchronous_commit", "transaction_isolation", "lock_timeout")
        ]
    await database.close()
    assert settings == ["on", "read committed", "2s"]
    assert make_url(postgres_database_url).get_backend_name() == "postgresql"
