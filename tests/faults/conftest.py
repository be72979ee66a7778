"""Share the engine of one test."""

from collections.abc import AsyncIterator

import pytest_asyncio

from pratique.groups.engine_host import Engine


@pytest_asyncio.fixture
async def engine() -> AsyncIterator[Engine]:
    """Give a running MLS engine."""
    async with Engine() as started:
        yield started
