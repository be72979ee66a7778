"""Files stay small and say in their name what they are about."""

import re
from pathlib import Path

from tests.architecture.sources import PYTHON, ROOT, files

MOST_LINES = 300
DRAWERS = {"utils", "util", "helpers", "helper", "common", "core", "kit", "misc", "manager", "shared", "stuff"}


def sources() -> list[Path]:
    """List the hand-written sources: Python everywhere, TypeScript and Svelte of the engine and the web client."""
    places = [ROOT / "engine", *(ROOT / "web" / part for part in ("src", "build", "test"))]
    found = [path for place in places for kind in ("ts", "svelte", "css") for path in place.rglob(f"*.{kind}")]
    return [*(ROOT / file for file in files(*PYTHON)), *(path for path in found if "node_modules" not in path.parts)]


def test_no_file_is_longer_than_300_lines() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert {path.suffix for path in lengths} == {".py", ".ts", ".svelte", ".css"}
    assert {str(path.relative_to(ROOT)): lines for path, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_file_or_folder_is_a_drawer() -> None:
    drawers = [
        str(path.relative_to(ROOT))
        for path in sources()
        if any(part.partition(".")[0] in DRAWERS for part in path.relative_to(ROOT).parts)
    ]
    assert drawers == []


def test_every_module_says_what_it_is_for() -> None:
    mute = [
        file
        for file in files(*(folder for folder in PYTHON if folder != "tests"))
        if (text := (ROOT / file).read_text(encoding="utf-8")).strip() and not re.match(r"(#.*\n)*\"\"\"\S", text)
    ]
    assert mute == []
