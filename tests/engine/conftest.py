"""Build the engine's tests once, and give engines that end with the test."""

import os
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pratique.groups.engine_host import Engine
from tests.engine.referees import EngineWithReferees

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "engine" / "test" / "build"


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder of the engine's bundled tests, built from the sources as they are."""
    out = tmp_path_factory.mktemp("engine-tests")
    done = subprocess.run(
        ["npm", "run", "--silent", "build:tests", "--", str(out)],
        cwd=ROOT / "engine",
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture(scope="session")
def vectors() -> Path:
    """Give the folder of the MLS working group's test vectors."""
    folder = Path(os.environ.get("PRATIQUE_VECTORS") or ROOT.parent / "shared" / "vectors") / "mls"
    if not folder.is_dir():
        pytest.skip(f"the MLS test vectors are not at {folder}: set PRATIQUE_VECTORS")
    return folder.resolve()


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    """Give the engine as it ships."""
    async with Engine() as engine:
        yield engine


@pytest.fixture
async def engine_with_referees(built: Path) -> AsyncIterator[EngineWithReferees]:
    """Give the engine in the build in which foreign engines may take part."""
    async with EngineWithReferees(built / "engine_with_referees.js") as engine:
        yield engine
