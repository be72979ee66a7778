"""Share a served channel: parties, devices with leaves, and a server that runs in the test."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from pratique.groups.engine_host import Engine
from pratique.http import Http
from tests.faults.enrolled import Enrolled, enrol, found_channel, found_operation, publish
from tests.faults.parties import Parties
from tests.serving import Served, serving


@pytest_asyncio.fixture
async def engine() -> AsyncIterator[Engine]:
    """Give a running MLS engine."""
    async with Engine() as started:
        yield started


@dataclass
class World:
    """A server with one channel of `ke` (the owner), `be` and `ae`."""

    served: Served
    http: Http
    parties: Parties
    owner: Enrolled
    others: list[Enrolled]
    channel: bytes
    head: int

    @property
    def host(self) -> str:
        return self.served.host


Begin = Callable[..., AbstractAsyncContextManager[World]]


@pytest.fixture
def world(tmp_path: Path, sqlite_database_url: str, engine: Engine) -> Begin:
    """Give the way to begin a world: `async with world(poll_s=0.2) as here`."""
    return _beginning(tmp_path, sqlite_database_url, engine)


@pytest.fixture
def world_on_both(tmp_path: Path, database_url: str, engine: Engine) -> Begin:
    """Give the same on each kind of database."""
    return _beginning(tmp_path, database_url, engine)


@pytest.fixture
def world_on_postgres(tmp_path: Path, postgres_database_url: str, engine: Engine) -> Begin:
    """Give the same on PostgreSQL."""
    return _beginning(tmp_path, postgres_database_url, engine)


def _beginning(folder: Path, database_url: str, engine: Engine) -> Begin:
    @asynccontextmanager
    async def begin(**settings: Any) -> AsyncIterator[World]:
        parties = Parties()
        async with serving(folder / "server", database_url, parties.root, **settings) as served:
            http = Http(served.url)
            try:
                await publish(http, parties)
                coordinator = await enrol(http, parties, engine, "ocu")
                owner = await enrol(http, parties, engine, "ke")
                others = [await enrol(http, parties, engine, party) for party in ("be", "ae")]
                operation = await found_operation(coordinator, ["ke", "be", "ae"])
                channel = await found_channel(engine, owner, operation, others)
                head = len(await owner.read(channel))
                yield World(served, http, parties, owner, others, channel, head)
            finally:
                await http.aclose()

    return begin
