"""Hold the command that pictures every page to its pictures."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT
from tests.web.browsers import need_browser, need_pages

PNG = b"\x89PNG\r\n\x1a\n"
SHOWN = ("channel", "enrol", "today")


@pytest.mark.full
@pytest.mark.timeout(900)
def test_the_pages_that_are_asked_for_are_pictured_in_both_directions(tmp_path: Path) -> None:
    need_browser()
    need_pages()
    asked = [sys.executable, "-m", "exercise.screens", str(tmp_path), "--quick", "--only", ",".join(SHOWN)]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, timeout=880, check=False)
    assert done.returncode == 0, done.stderr
    sheet = (tmp_path / "index.html").read_text(encoding="utf-8")
    for look in ("en-desktop-light", "ar-phone-light"):
        for name in SHOWN:
            picture = f"{look}/{name}.png"
            assert (tmp_path / picture).read_bytes().startswith(PNG)
            assert picture in sheet
