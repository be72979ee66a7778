"""Connect to SQLite or PostgreSQL, and save: the one place where a transaction begins and ends.

    read()         a look without locks, statement by statement; SQLite on a second, read-only engine
    transaction()  one save at the exit, then the wake-up with the ids of the logs that grew

Isolation and locks, on which every "lock, then look" rests:
- SQLite: WAL, synchronous=FULL. `BEGIN IMMEDIATE` is the lock; writers of this process take turns in order of arrival,
  a second server process on the same file is refused. Transactions are serial.
- PostgreSQL: READ COMMITTED, so that a look after the lock sees what was saved before it (REPEATABLE READ would look at
  an older snapshot). Locks are row locks; `lock_timeout` ends a wait, a deadlock is repeated by the writer.
Refuses to know what is written.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import CursorResult, Executable, Table, event, func, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, Dialect, make_url
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from app import clock, sqlite_file
from app.errors import Busy

Wake = Callable[[frozenset[bytes]], None]
POOL = 8  # connections per engine; a process holds at most twice as many
_SQLITE_PRAGMAS = (
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA secure_delete=ON",
    "PRAGMA wal_autocheckpoint=1000",
)
_POSTGRES_SETTINGS = {
    "lock_timeout": "2000",
    "statement_timeout": "5000",
    "idle_in_transaction_session_timeout": "10000",
    "synchronous_commit": "on",
    "timezone": "UTC",
}


class DatabaseInUse(RuntimeError):
    """Says that another server process holds the SQLite file."""


@dataclass(frozen=True, slots=True)
class Head:
    """How far a locked log goes.

    Takes   chain: over every entry up to `seq` (docs/protocol.md LOG-3)
    Unit    last_ms: the instant of its newest entry; stored: the number that the database holds so far
    """

    kind: int
    seq: int
    last_ms: int
    stored: int
    chain: bytes


class Transaction:
    """One unit of the database: statements, rows to be put at the end, logs that grew.

    Unit    now_ms: the instant at which it judges, taken when it began and again when it had to wait for a lock
    """

    def __init__(self, connection: AsyncConnection, now_ms: Callable[[], int]) -> None:
        self.connection = connection
        self._now_ms = now_ms
        self.now_ms = now_ms()
        self.heads: dict[bytes, Head] = {}
        self.grown: set[bytes] = set()
        self._puts: list[tuple[Table, Mapping[str, Any]]] = []
        self._at_save: dict[Callable[[Transaction], Awaitable[None]], None] = {}

    @property
    def lock_free(self) -> bool:
        """Say whether the database serialises writers anyway, so that no row needs a lock (SQLite)."""
        return self.connection.dialect.name == "sqlite"

    async def hold(self, name: str) -> None:
        """Take a turn under a name, where no row stands for what is counted; kept until the save."""
        if not self.lock_free:
            await self.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
            self.look_again()

    def look_again(self) -> None:
        """Take the instant anew, after a lock was waited for."""
        self.now_ms = max(self.now_ms, self._now_ms())

    def grew(self, log_id: bytes) -> None:
        """Mark a log as grown: its readers are woken after the save."""
        self.grown.add(log_id)

    def put(self, table: Table, row: Mapping[str, Any]) -> None:
        """Insert a row at the save, together with all others of its table."""
        self._puts.append((table, row))

    def at_save(self, step: Callable[[Transaction], Awaitable[None]]) -> None:
        """Run a step once, right before the save."""
        self._at_save[step] = None

    async def execute(
        self, statement: Executable, rows: Sequence[Mapping[str, Any]] | Mapping[str, Any] | None = None
    ) -> CursorResult[*tuple[Any, ...]]:
        """Run one statement now."""
        result: CursorResult[*tuple[Any, ...]] = await self.connection.execute(statement, rows)
        return result

    def insert(self, table: Table) -> postgresql.Insert | sqlite.Insert:
        """Give an insert that can say what to do on conflict, in the database's dialect."""
        return sqlite.insert(table) if self.lock_free else postgresql.insert(table)

    async def flush(self) -> None:
        """Write what was put, so that statements of this transaction see it."""
        waiting: dict[Table, list[Mapping[str, Any]]] = {}
        for table, row in self._puts:
            waiting.setdefault(table, []).append(row)
        self._puts.clear()
        for table, rows in waiting.items():
            # As text and plain values: what SQLAlchemy would do for every value of every row, none of them needs.
            text, order = _insertion(table, self.connection.dialect)
            values = [tuple(row[name] for name in order) for row in rows] if order else rows
            await self.connection.exec_driver_sql(text, values)
        for step in self._at_save:
            await step(self)

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """Stand or fall together: what happens inside is undone, here and in the database, when it raises."""
        await self.flush()  # what was put before stays, whatever happens inside
        heads, grown = dict(self.heads), set(self.grown)
        nested = await self.connection.begin_nested()
        try:
            yield
        except BaseException:
            await nested.rollback()
            self.heads, self.grown = heads, grown
            self._puts.clear()
            raise
        await nested.commit()


class Database:
    """The server's database, SQLite or PostgreSQL by its URL.

    Takes   wake: called after each save with the ids of the logs that grew; must not block
    Raises  DatabaseInUse
    """

    def __init__(self, url: str, *, wake: Wake | None = None, now_ms: Callable[[], int] = clock.now_ms) -> None:
        self._url = make_url(url)
        self.wake: Wake = wake or (lambda _grown: None)
        self.now_ms = now_ms
        self._held: int | None = None
        self.serial = self._url.get_backend_name() == "sqlite"
        self._turn: asyncio.Lock | None = asyncio.Lock() if self.serial else None
        if self.serial:
            self._held = _hold(self._url)
            self._writes, self._reads = _sqlite(self._url, reading=False), _sqlite(self._url, reading=True)
        else:
            self._writes, self._reads = _postgres(self._url, reading=False), _postgres(self._url, reading=True)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Transaction]:
        """Look, without locks and without saving; raises `Busy` when the database does not answer."""
        with _busy():
            async with self._reads.connect() as connection:
                yield Transaction(connection, self.now_ms)

    @asynccontextmanager
    async def transaction(self, *, announce: bool = True) -> AsyncIterator[Transaction]:
        """Lend a transaction and save it once at the exit; an exception undoes it.

        Takes   announce: whether to wake the readers here; the writer answers first and announces by itself
        Raises  Busy: a lock not given in time, a deadlock, a full disk, a lost connection. Where the connection was
                lost during the save, what was to be saved may stand: repeats must be safe
        """
        with _busy():
            async with self._turn or nullcontext(), self._writes.connect() as connection:
                tx = Transaction(connection, self.now_ms)
                async with connection.begin():
                    yield tx
                    await tx.flush()
        if announce:
            self.announce(tx.grown)

    def announce(self, grown: Iterable[bytes]) -> None:
        """Wake the readers of logs that grew, after the save."""
        if ids := frozenset(grown):
            self.wake(ids)

    async def check(self) -> None:
        """Refuse a damaged SQLite file, and a PostgreSQL that does not answer; called once at the start."""
        async with self._reads.connect() as connection:
            found = await connection.exec_driver_sql("PRAGMA quick_check" if self.serial else "SELECT 'ok'")
            if (verdict := found.scalar()) != "ok":
                raise RuntimeError(f"the database is damaged: {verdict}")

    async def revision(self) -> str | None:
        """Give the newest migration that was applied, or None."""
        async with self._reads.connect() as connection:
            found = await connection.exec_driver_sql("SELECT version_num FROM alembic_version")
            return found.scalar()

    async def close(self) -> None:
        """Give back connections and the file."""
        await self._reads.dispose()
        await self._writes.dispose()
        if self._held is not None:
            os.close(self._held)
            self._held = None


@lru_cache
def _insertion(table: Table, dialect: Dialect) -> tuple[str, tuple[str, ...]]:
    """Give the insert of a whole row, and the order of its columns where the driver takes values by place."""
    compiled = insert(table).compile(dialect=dialect)
    return str(compiled), tuple(compiled.positiontup or ())


@contextmanager
def _busy() -> Iterator[None]:
    """Tell what the database cannot do now as one problem; a wrong statement is not of that kind."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout) as failure:
        raise Busy("the database does not take it") from failure


def _hold(url: URL) -> int:
    """Take the SQLite file for this process, made with mode 0600 if it is new; the lock ends with the process."""
    file = Path(url.database or "")
    if not url.database or url.database == ":memory:":
        raise ValueError("the database is a file: sqlite+aiosqlite:///<path>")
    file.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    held = os.open(file.with_name(file.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(held)
        raise DatabaseInUse(f"another server process uses {file}; several processes need PostgreSQL") from None
    return held


def _sqlite(url: URL, *, reading: bool) -> AsyncEngine:
    file = url.database or ""
    engine = create_async_engine(
        url, pool_size=POOL if reading else 1, max_overflow=0, async_creator=lambda: sqlite_file.connect(file)
    )

    @event.listens_for(engine.sync_engine, "connect")
    def _on_connect(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for pragma in (*_SQLITE_PRAGMAS, f"PRAGMA query_only={'ON' if reading else 'OFF'}"):
            cursor.execute(pragma)
        cursor.close()

    if not reading:  # looks go statement by statement, as on PostgreSQL
        event.listen(engine.sync_engine, "begin", lambda connection: connection.exec_driver_sql(sqlite_file.LOCK))
    return engine


def _postgres(url: URL, *, reading: bool) -> AsyncEngine:
    settings = _POSTGRES_SETTINGS | ({"default_transaction_read_only": "on"} if reading else {})
    return create_async_engine(
        url,
        pool_size=POOL,
        max_overflow=0,
        pool_pre_ping=True,
        isolation_level="AUTOCOMMIT" if reading else "READ COMMITTED",
        connect_args={"options": " ".join(f"-c {name}={value}" for name, value in settings.items())},
    )
