"""Find the templates and code lists: beside the installed package, or at the top of a checkout."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

_PACKAGE = Path(__file__).parents[1]


@cache
def folder() -> Path:
    """Give the folder that holds `prenotification/` and `codes/`."""
    for place in (_PACKAGE / "templates" / "data", _PACKAGE.parent / "templates"):
        if (place / "prenotification").is_dir():
            return place
    raise FileNotFoundError("the templates are missing: install pratique again, or run it from a whole checkout")


def read_json(path: Path) -> Any:
    """Read one data file."""
    return json.loads(path.read_text(encoding="utf-8"))
