"""Run the web client's own unit tests (web/test): the shared vectors, views, store, sealing."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT

WEB = ROOT / "web"


@pytest.mark.timeout(600)
def test_the_unit_tests_pass_in_node(tmp_path: Path, record_property: Callable[[str, object], None]) -> None:
    vitest = WEB / "node_modules" / ".bin" / "vitest"
    if not vitest.exists():
        pytest.skip("the packages of web/ are not installed (make web)")
    report = tmp_path / "report.json"
    command = [str(vitest), "run", "--reporter=default", "--reporter=json", f"--outputFile.json={report}"]
    plain = os.environ | {"NO_COLOR": "1"}
    done = subprocess.run(command, cwd=WEB, env=plain, capture_output=True, text=True, timeout=590, check=False)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-8000:]
    told = json.loads(report.read_text())
    assert told["numPassedTests"] == told["numTotalTests"] > 200, "a test was skipped"
    record_property("counted", f"{told['numPassedTests']} unit tests of the web client")
