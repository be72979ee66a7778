"""Bundle what the tests of the browser's SDK run, once; start one Chromium for the stories."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from tests.web.browsers import chromium
from tests.web.peers import bundle


@pytest.fixture(scope="session")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the bundled peer."""
    return bundle(tmp_path_factory.mktemp("peer"))


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    """Give the one Chromium of this test process; who asks for it runs in the session's loop."""
    async with chromium() as started:
        yield started
