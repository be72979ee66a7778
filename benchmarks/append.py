"""Measure durable appends per second: 64 posters through the real writer, beside bare drivers on the same tables."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import count
from typing import Any
from uuid import uuid4

import psycopg
from sqlalchemy import insert, update
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from app.db import Database
from app.delivery.judge import Judge
from app.delivery.post import PostBody, post
from app.delivery.writer import Writer
from app.directory.parties import Parties
from app.models.log import entries, logs
from benchmarks.rounds import alternate, median, ratio
from benchmarks.table import Table
from benchmarks.world import World, postgres, world
from pratique.wire.entries import Draft, Kind

POSTERS = 64
SEALED_BYTES = 1096  # what 1 KiB of padded content is under the seal
COLUMNS = (
    "entries",
    "entries/s",
    "Python CPU µs / entry",
    "× one transaction each",
    "× SQLAlchemy, one transaction each",
)


@dataclass(frozen=True)
class Rate:
    """How one round went."""

    per_s: float
    cpu_us: float


Step = Callable[[float], Awaitable[int]]  # append until an instant, give how many


@dataclass
class Bare:
    """Append to a log of its own without the product: a number, an insert, a save; `batch` entries at a time."""

    log_id: bytes = field(default_factory=lambda: os.urandom(32))
    numbers: count[int] = field(default_factory=lambda: count(1))

    def begun(self) -> dict[str, Any]:
        """Give the row of the log."""
        return {"id": self.log_id, "kind": 1, "head_seq": 0, "last_ms": 0, "chain": self.log_id}

    def rows(self, batch: int) -> list[dict[str, Any]]:
        """Give the next rows of entries."""
        at_ms, digest = time.time_ns() // 1_000_000, bytes(32)
        same = {"log": self.log_id, "kind": 6, "device": "", "epoch": 1, "urgency": 0, "at_ms": at_ms}
        same |= {"digest": digest, "chain": digest}
        data = os.urandom(SEALED_BYTES)
        return [same | {"seq": next(self.numbers), "post_id": uuid4().bytes, "data": data} for _ in range(batch)]


async def run(quick: bool) -> list[Table]:
    """Give a table for SQLite and one for PostgreSQL."""
    rounds, seconds = (3, 0.4) if quick else (5, 1.0)
    async with world(4) as sqlite:
        tables = [await _table("SQLite", sqlite, rounds, seconds)]
    with postgres() as url:
        async with world(4, url) as big:
            tables.append(await _table("PostgreSQL", big, rounds, seconds))
    return tables


async def _table(name: str, made: World, rounds: int, seconds: float) -> Table:
    url = made.url
    made.server.stop()
    database = Database(url)
    writer = Writer(database, Judge(Parties(made.parties.root)))
    await writer.start()
    driver = _Sqlite(url) if database.serial else _Psycopg(url)
    engine = create_async_engine(url)
    alone = Bare()
    async with engine.begin() as connection:
        await connection.execute(insert(logs).values(alone.begun()))

    async def plain(until: float) -> int:
        done = 0
        while time.monotonic() < until:
            async with engine.begin() as connection:
                (row,) = alone.rows(1)
                await connection.execute(update(logs).where(logs.c.id == alone.log_id).values(head_seq=row["seq"]))
                await connection.execute(insert(entries), [row])
            done += 1
        return done

    async def posting(until: float) -> int:
        return sum(await asyncio.gather(*(_poster(writer, made, number, until) for number in range(POSTERS))))

    steps: dict[str, Step] = {
        f"bare {driver.name}, one transaction each": lambda until: driver.append(until, 1),
        f"bare {driver.name}, {POSTERS} per transaction": lambda until: driver.append(until, POSTERS),
        "SQLAlchemy, one transaction each": plain,
        f"posts through the writer, {POSTERS} posters": posting,
    }
    try:
        rates = await alternate({name: _round(step, seconds) for name, step in steps.items()}, rounds)
    finally:
        await writer.stop()
        await database.close()
        await engine.dispose()
        driver.close()
    table = Table(f"append: durable entries on {name}", COLUMNS)
    bare, slow = ([one.per_s for one in rates[key]] for key in (next(iter(steps)), "SQLAlchemy, one transaction each"))
    for key, found in rates.items():
        per_s = [one.per_s for one in found]
        table.add(key, median(per_s), median([one.cpu_us for one in found]), ratio(per_s, bare), ratio(per_s, slow))
    return table


def _round(step: Step, seconds: float) -> Callable[[], Awaitable[Rate]]:
    async def timed() -> Rate:
        start, cpu = time.monotonic(), time.process_time()
        done = await step(start + seconds)
        return Rate(done / (time.monotonic() - start), (time.process_time() - cpu) / done * 1e6)

    return timed


async def _poster(writer: Writer, made: World, number: int, until: float) -> int:
    device, done = made.devices[number % len(made.devices)].device.uri, 0
    while time.monotonic() < until:
        body = PostBody(uuid4(), (Draft(Kind.APPLICATION, os.urandom(SEALED_BYTES), 1),))
        await post(writer, device, made.channel, body, sha256(body.post_id.bytes).digest())
        done += 1
    return done


_NAMES = tuple(entries.columns.keys())


class _Sqlite:
    """The standard library's driver with the server's durability."""

    name = "sqlite3"

    def __init__(self, url: str) -> None:
        self._connection = sqlite3.connect(make_url(url).database or "", isolation_level=None)
        self._connection.execute("PRAGMA synchronous=FULL")
        self._bare = Bare()
        self._connection.execute(_insert(logs.name, logs.columns.keys(), ":{}"), self._bare.begun())

    async def append(self, until: float, batch: int) -> int:
        """Append until an instant."""
        insert_entries, done = _insert(entries.name, _NAMES, ":{}"), 0
        while time.monotonic() < until:
            rows = self._bare.rows(batch)
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.execute("UPDATE logs SET head_seq=? WHERE id=?", (rows[-1]["seq"], self._bare.log_id))
            self._connection.executemany(insert_entries, rows)
            self._connection.execute("COMMIT")
            done += batch
        return done

    def close(self) -> None:
        """Let the file go."""
        self._connection.close()


class _Psycopg:
    """The PostgreSQL driver on one connection."""

    name = "psycopg"

    def __init__(self, url: str) -> None:
        conninfo = make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
        self._connection = psycopg.connect(conninfo, autocommit=True)
        self._bare = Bare()
        self._connection.execute(_insert(logs.name, logs.columns.keys(), "%({})s"), self._bare.begun())

    async def append(self, until: float, batch: int) -> int:
        """Append until an instant."""
        insert_entries, done = _insert(entries.name, _NAMES, "%({})s"), 0
        while time.monotonic() < until:
            rows = self._bare.rows(batch)
            with self._connection.transaction(), self._connection.cursor() as cursor:
                cursor.execute("UPDATE logs SET head_seq=%s WHERE id=%s", (rows[-1]["seq"], self._bare.log_id))
                cursor.executemany(insert_entries, rows)
            done += batch
        return done

    def close(self) -> None:
        """Let the connection go."""
        self._connection.close()


def _insert(table: str, columns: Any, sign: str) -> str:
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(sign.format(name) for name in columns)})"
