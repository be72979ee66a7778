"""Measure the web client in a real Chromium, each figure beside the least that could stand there.

bundle: its files · load: first load, later loads, unlock, also over a thin link · entries: reading a long channel ·
join: a large group · memory: what traffic leaves behind
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence

from benchmarks.table import Table

PARTS = ("bundle", "load", "entries", "join", "memory")


async def run(quick: bool, only: Sequence[str] = (), minutes: float = 3.0) -> list[Table]:
    """Give the tables of the parts that are named, or of all.

    Takes   minutes: how long traffic flows for `memory`
    """
    tables: list[Table] = []
    for name in only or PARTS:
        print(f"  web: {name} …", flush=True)
        part = importlib.import_module(f"benchmarks.web.{name}")
        tables += await (part.run(quick, minutes) if name == "memory" else part.run(quick))
    return tables
