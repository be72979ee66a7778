"""Give tests the server's rooms on a fresh database of each kind, and one engine."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from pratique.groups.engine_host import Engine
from tests.delivery.server_room import Room, server


@pytest.fixture
async def room(database_url: str) -> AsyncIterator[Room]:
    """Give a server below its edge."""
    async with server(database_url) as built:
        yield built


@pytest.fixture
async def sqlite_room(sqlite_database_url: str) -> AsyncIterator[Room]:
    """Give a server on SQLite only, for rules in which the database has no part."""
    async with server(sqlite_database_url) as built:
        yield built


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    """Give the MLS engine; its process begins with the first call."""
    async with Engine() as started:
        yield started
