"""Share a channel whose devices are away, on both kinds of database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pratique.groups.engine_host import Engine
from tests.jobs.telling import Away, away


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    async with Engine() as started:
        yield started


@pytest.fixture
async def here(database_url: str, engine: Engine, tmp_path: Path) -> AsyncIterator[Away]:
    async with away(database_url, engine, tmp_path) as made:
        yield made
