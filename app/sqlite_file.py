"""Speak to SQLite where the caller stands: statements run at once, only what waits for the disk leaves the event loop.

A statement in WAL mode takes microseconds; sending it to another thread and back takes many times that, four times per
statement. So only the save (COMMIT, with its flush to disk) goes to a thread, and the lock (`BEGIN IMMEDIATE`), which
another program may hold, is asked for again and again. It stands in aiosqlite's place under SQLAlchemy's dialect of
that name, and offers what that dialect asks for.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Self

LOCK = "BEGIN IMMEDIATE"
LOCK_S = 5.0  # how long another program may hold the lock
AGAIN_S = 0.01


async def connect(file: str) -> Connection:
    """Open a file; the caller begins its transactions itself."""
    return Connection(sqlite3.connect(file, timeout=0, isolation_level=None, check_same_thread=False))


class Connection:
    """One connection, used by one task at a time."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection: sqlite3.Connection | None = connection
        self._thread = ThreadPoolExecutor(1, "sqlite")

    def cursor(self) -> Cursor:
        """Give a new cursor."""
        return Cursor(self._open.cursor())

    async def create_function(self, *given: Any, **named: Any) -> None:
        """Add a function to SQL."""
        self._open.create_function(*given, **named)

    async def commit(self) -> None:
        """Save; back when it is on the disk."""
        await self.aside(self._open.commit)

    async def rollback(self) -> None:
        """Undo."""
        self._open.rollback()

    async def close(self) -> None:
        """Give the file back."""
        self.stop()

    def stop(self) -> None:
        """Give the file back, from wherever."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._thread.shutdown(wait=False)

    async def aside(self, call: Callable[[], object]) -> None:
        """Run in the thread; also when cancelled the thread is out of SQLite before anybody else may be in."""
        running = asyncio.get_running_loop().run_in_executor(self._thread, call)
        try:
            await asyncio.shield(running)
        except asyncio.CancelledError:
            while not running.done():
                with suppress(asyncio.CancelledError):
                    await asyncio.wait([running])
            raise

    @property
    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raise ValueError("connection closed")  # what the dialect takes for a lost connection
        return self._connection


class Cursor:
    """One cursor; its methods are asynchronous by name, only a lock that another program holds is waited for."""

    def __init__(self, cursor: sqlite3.Cursor) -> None:
        self._cursor = cursor

    async def __aenter__(self) -> Self:
        return self

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)  # description, rowcount, lastrowid, arraysize

    async def execute(self, operation: str, parameters: Any = ()) -> None:
        """Run one statement."""
        if operation == LOCK:
            await self._lock()
        else:
            self._cursor.execute(operation, parameters)

    async def _lock(self) -> None:
        until = asyncio.get_running_loop().time() + LOCK_S
        while True:
            try:
                self._cursor.execute(LOCK)
                return
            except sqlite3.OperationalError as refused:
                held = refused.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY  # whatever kind of busy it is
                if not held or asyncio.get_running_loop().time() > until:
                    raise
            await asyncio.sleep(AGAIN_S)

    async def executemany(self, operation: str, parameters: Sequence[Any]) -> None:
        """Run one statement with many rows."""
        self._cursor.executemany(operation, parameters)

    async def fetchone(self) -> Any:
        """Give the next row, or None."""
        return self._cursor.fetchone()

    async def fetchmany(self, size: int | None = None) -> list[Any]:
        """Give the next rows."""
        return self._cursor.fetchmany(size or self._cursor.arraysize)

    async def fetchall(self) -> list[Any]:
        """Give the rows that are left."""
        return self._cursor.fetchall()

    async def close(self) -> None:
        """Let go of the statement."""
        self._cursor.close()
