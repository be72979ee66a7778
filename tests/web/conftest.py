"""Bundle what the tests of the browser's SDK run, once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.peers import bundle


@pytest.fixture(scope="session")
def script(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the bundled peer."""
    return bundle(tmp_path_factory.mktemp("peer"))
