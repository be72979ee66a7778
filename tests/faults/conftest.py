"""Share the engine of one test, and search what each test logged for what was said in it."""

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from exercise.canary import search
from pratique.groups.engine_host import Engine
from tests.faults.evil_room import SPOKEN


@pytest_asyncio.fixture
async def engine() -> AsyncIterator[Engine]:
    """Give a running MLS engine."""
    async with Engine() as started:
        yield started


@pytest.fixture(autouse=True)
def canary(capfd: pytest.CaptureFixture[str]) -> Iterator[None]:
    """Fail a test whose server or devices wrote a content to their logs."""
    SPOKEN.clear()
    yield
    written = capfd.readouterr()
    assert search(SPOKEN, [("output", written.out.encode()), ("log", written.err.encode())]) == []
