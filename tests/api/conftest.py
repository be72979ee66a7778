"""Share a served deployment with its party list published, and a client of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.api.people import Api, client_of
from tests.faults.parties import Parties
from tests.serving import Served, serving


@pytest_asyncio.fixture
async def served(tmp_path: Path, sqlite_database_url: str, parties: Parties) -> AsyncIterator[Served]:
    """Give a running server on SQLite."""
    async with serving(tmp_path / "server", sqlite_database_url, parties.root) as running:
        yield running


@pytest.fixture
def parties() -> Parties:
    """Give a deployment's parties."""
    return Parties()


@pytest_asyncio.fixture
async def api(served: Served, parties: Parties) -> AsyncIterator[Api]:
    """Give a client of it, after the party list was published."""
    async with client_of(served.url, parties) as made:
        yield made


@pytest_asyncio.fixture
async def api_on_both(tmp_path: Path, database_url: str, parties: Parties) -> AsyncIterator[Api]:
    """Give the same on each kind of database."""
    async with (
        serving(tmp_path / "server", database_url, parties.root) as running,
        client_of(running.url, parties) as made,
    ):
        yield made
