"""Run the engine's own unit tests (engine/test): the patch, the refusals, the traps."""

import re
import subprocess
from pathlib import Path

ENGINE = Path(__file__).parents[2] / "engine"


def run(*command: str) -> str:
    """Give what a command printed; it must end well."""
    done = subprocess.run(command, cwd=ENGINE, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_unit_tests_pass_in_node(built: Path) -> None:
    out = run("node", "--test", str(built / "unit.js"))
    passed = re.search(r"^# pass (\d+)$", out, re.MULTILINE)
    assert passed is not None and int(passed[1]) >= 40, out
    print(f"{passed[1]} unit tests of the engine")


def test_the_bundle_is_the_pinned_one() -> None:
    """Builds anew: the same sources and locked packages give the same bytes."""
    assert "sha256" in run("npm", "run", "--silent", "build")
