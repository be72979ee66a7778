"""`make screenshots`: picture every page and main dialog of the web client, and write them into one sheet.

`python -m exercise.screens [FOLDER] [--only today,channel] [--quick]`: FOLDER is `var/screens` where none is given.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from pathlib import Path

import pytest
from playwright.async_api import Error

from exercise.commands import ROOT
from exercise.screens.camera import LOOKS, Camera, Look
from exercise.screens.scene import filled
from exercise.screens.sheet import write_sheet
from exercise.screens.shots import shots
from tests.web.browsers import chromium


def main() -> int:
    """Take the pictures; 1 where a page could not be shown."""
    parser = argparse.ArgumentParser(prog="python -m exercise.screens", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "var" / "screens")
    parser.add_argument("--only", default="", help="names of pictures or their beginnings, with commas between")
    parser.add_argument("--quick", action="store_true", help="English on a desktop and Arabic on a phone, light alone")
    given = parser.parse_args()
    looks = [look for look in LOOKS if look.quick or not given.quick]
    try:
        return asyncio.run(_take(given.folder.resolve(), tuple(filter(None, given.only.split(","))), looks))
    except pytest.skip.Exception as lacking:
        print(lacking.msg, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


async def _take(folder: Path, only: tuple[str, ...], looks: list[Look]) -> int:
    start, failed = time.monotonic(), 0
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pratique-screens-") as place:
        async with chromium() as browser, filled(Path(place), browser) as scene:
            print(f"the operation is filled ({time.monotonic() - start:.0f} s)", flush=True)
            wanted = [shot for shot in shots(scene) if not only or shot.name.startswith(only)]
            camera = Camera(scene, folder)
            for look in looks:
                for shot in wanted:
                    try:
                        await camera.take(shot, look)
                    except (Error, AssertionError, OSError, KeyError) as error:
                        failed += 1
                        print(f"{look.name}/{shot.name}: {str(error).splitlines()[0]}", file=sys.stderr, flush=True)
                print(f"{look.name}: {len(wanted)} pictures ({time.monotonic() - start:.0f} s)", flush=True)
    write_sheet(folder, [shot.name for shot in wanted], [look.name for look in looks])
    print(f"{folder / 'index.html'} shows all of them" + (f"; {failed} could not be taken" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
