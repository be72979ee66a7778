"""Loads the MLS working group's vectors, from `../shared/vectors` beside the repository or from $PRATIQUE_VECTORS."""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(os.environ.get("PRATIQUE_VECTORS") or Path(__file__).resolve().parents[4] / "shared" / "vectors") / "mls"


@cache
def load(name: str) -> list[dict[str, Any]]:
    """Give the vectors of one file, or skip the test where the folder is absent."""
    if not FOLDER.is_dir():
        pytest.skip(f"the MLS vectors are not at {FOLDER}")
    loaded: list[dict[str, Any]] = json.loads((FOLDER / name).read_text())
    return loaded


def suite_1(name: str) -> list[dict[str, Any]]:
    return [vector for vector in load(name) if vector["cipher_suite"] == 1]
