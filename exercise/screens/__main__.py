"""`make screenshots`: picture every page and main dialog of the web client, and write them into one sheet.

`python -m exercise.screens [FOLDER] [--only today,channel] [--quick] [--resume]`: FOLDER is `var/screens` where none is
given. All of them take a quarter of an hour; Ctrl-C ends it with the sheet of what there is, `--resume` takes the rest.
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
from exercise.screens.shots import Shot, shots
from tests.web.browsers import chromium


def main() -> int:
    """Take the pictures; 1 where a page could not be shown."""
    parser = argparse.ArgumentParser(prog="python -m exercise.screens", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "var" / "screens")
    parser.add_argument("--only", default="", help="names of pictures or their beginnings, with commas between")
    parser.add_argument("--quick", action="store_true", help="English on a desktop and Arabic on a phone, light alone")
    parser.add_argument("--resume", action="store_true", help="leave the pictures alone that are there already")
    given = parser.parse_args()
    looks = [look for look in LOOKS if look.quick or not given.quick]
    try:
        only = tuple(filter(None, given.only.split(",")))
        return asyncio.run(_take(given.folder.resolve(), only, looks, resume=given.resume))
    except pytest.skip.Exception as lacking:
        print(lacking.msg, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


async def _take(folder: Path, only: tuple[str, ...], looks: list[Look], *, resume: bool) -> int:
    start = time.monotonic()
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="pratique-screens-") as place:
        async with chromium() as browser, filled(Path(place), browser) as scene:
            print(f"the operation is filled ({time.monotonic() - start:.0f} s)", flush=True)
            wanted = [shot for shot in shots(scene) if not only or shot.name.startswith(only)]
            camera, failed = Camera(scene, folder), 0
            try:
                for look in looks:
                    todo = [shot for shot in wanted if not resume or not camera.picture(shot, look).is_file()]
                    lost = await _look_at(camera, look, todo)
                    failed += lost
                    taken = f"{len(todo) - lost} of {len(todo)} pictures"
                    print(f"{look.name}: {taken} ({time.monotonic() - start:.0f} s)", flush=True)
            finally:
                sheet = write_sheet(folder, [shot.name for shot in wanted], [look.name for look in looks])
    count = sum(1 for _ in folder.glob("*/*.png"))
    print(f"{sheet} shows {count} pictures" + (f"; {failed} could not be taken" if failed else ""))
    return 1 if failed else 0


async def _look_at(camera: Camera, look: Look, todo: list[Shot]) -> int:
    failed = 0
    for number, shot in enumerate(todo, 1):
        if sys.stdout.isatty():
            print(f"\r{look.name} {number}/{len(todo)} {shot.name}\x1b[K\r", end="", flush=True)
        try:
            await camera.take(shot, look)
        except (Error, AssertionError, OSError, KeyError) as error:
            failed += 1
            print(f"{look.name}/{shot.name}: {str(error).splitlines()[0]}", file=sys.stderr, flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
