"""Measure: `python -m benchmarks [names] [--quick]`."""

from __future__ import annotations

import argparse
import asyncio
import functools
import importlib
import os
import platform
import sys
import time
from datetime import UTC, datetime

from benchmarks import web

NAMES = ("append", "fan_out", "catch_up", "commit_race", "group", "operation", "web")


def main() -> None:
    """Run the benchmarks that are named, or all, and print a table for each."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"one of: {', '.join(NAMES)}; all without a name")
    parser.add_argument("--quick", action="store_true", help="small sizes, under a minute in all: a look, not a figure")
    parser.add_argument("--only", default="", help=f"of web, with commas between: {', '.join(web.PARTS)}")
    parser.add_argument(
        "--minutes", type=float, default=3.0, help="of web memory: how long traffic flows; 3 if not said"
    )
    given = parser.parse_args()
    parts = tuple(filter(None, given.only.split(",")))
    if unknown := set(parts) - set(web.PARTS):
        parser.error(f"web has no part called {', '.join(sorted(unknown))}")
    if unknown := set(given.names) - set(NAMES):
        parser.error(f"no benchmark is called {', '.join(sorted(unknown))}")
    web_run = functools.partial(web.run, only=parts, minutes=given.minutes)
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {_machine()}, load {os.getloadavg()[0]:.1f} at the start\n")
    for name in given.names or NAMES:
        start = time.monotonic()
        run = web_run if name == "web" else importlib.import_module(f"benchmarks.{name}").run
        for table in asyncio.run(run(given.quick)):
            print(table, flush=True)
        print(f"({name}: {time.monotonic() - start:.0f} s, load {os.getloadavg()[0]:.1f} at the end)\n", flush=True)


def _machine() -> str:
    model = platform.processor() or platform.machine()
    if sys.platform == "linux":
        with open("/proc/cpuinfo", encoding="ascii", errors="replace") as file:
            model = next((line.split(":")[1].strip() for line in file if line.startswith("model name")), model)
    return f"{os.cpu_count()} × {model}, {platform.system()} {platform.release()}, Python {platform.python_version()}"


if __name__ == "__main__":
    main()
