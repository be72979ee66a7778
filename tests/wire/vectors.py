"""Read the vectors of the repository."""

import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "vectors"


@cache
def load(name: str) -> Any:
    """Give one vector file, parsed; whoever changes it breaks the next test."""
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def names(cases: list[dict[str, Any]]) -> list[str]:
    """Give the test ids of cases, which have to differ."""
    found = [str(case["name"]) for case in cases]
    assert len(set(found)) == len(found)
    return found
