"""SQLite where the caller stands: what waits, what does not, and what a cancelled caller leaves behind."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from app import sqlite_file
from app.sqlite_file import LOCK, Connection


@pytest.fixture
async def connection(tmp_path: Path) -> Connection:
    opened = await sqlite_file.connect(str(tmp_path / "some.sqlite3"))
    await opened.cursor().execute("CREATE TABLE kept (number INTEGER)")
    return opened


async def test_a_statement_does_not_wait(connection: Connection) -> None:
    with pytest.raises(StopIteration):
        connection.cursor().execute("INSERT INTO kept VALUES (?)", (1,)).send(None)
    await connection.close()


async def test_what_was_begun_is_saved_or_undone(connection: Connection) -> None:
    cursor = connection.cursor()
    for number, end in ((1, connection.commit), (2, connection.rollback)):
        await cursor.execute(LOCK)
        await cursor.executemany("INSERT INTO kept VALUES (?)", [(number,)])
        await end()
    await cursor.execute("SELECT number FROM kept")
    assert await cursor.fetchall() == [(1,)]
    await connection.close()


async def test_a_cancelled_caller_waits_until_the_thread_is_out(connection: Connection) -> None:
    go_on, inside = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def save() -> None:
        loop.call_soon_threadsafe(inside.set)
        go_on.wait()

    task = asyncio.create_task(connection.aside(save))
    await inside.wait()
    for _ in range(2):
        task.cancel()
        for _ in range(5):
            await asyncio.sleep(0)
        assert not task.done()
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await task
    await connection.close()


async def test_a_lock_that_another_program_holds_is_waited_for(connection: Connection, tmp_path: Path) -> None:
    other = sqlite3.connect(tmp_path / "some.sqlite3", isolation_level=None)
    other.execute(LOCK)
    waiting = asyncio.create_task(connection.cursor().execute(LOCK))
    for _ in range(5):
        await asyncio.sleep(0)
    assert not waiting.done()
    other.execute("ROLLBACK")
    await waiting
    await connection.rollback()
    other.close()
    await connection.close()


async def test_a_lock_that_is_never_given_is_refused(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "LOCK_S", 0.0)
    other = sqlite3.connect(tmp_path / "some.sqlite3", isolation_level=None)
    other.execute(LOCK)
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        await connection.cursor().execute(LOCK)
    other.close()
    await connection.close()


async def test_a_closed_connection_is_lost_and_says_so(connection: Connection) -> None:
    await connection.close()
    await connection.close()
    with pytest.raises(ValueError, match="connection closed"):
        connection.cursor()
