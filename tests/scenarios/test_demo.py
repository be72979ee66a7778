"""The main job without a human: one consignment through three Members, and a server that has read nothing."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(400)
def test_the_demo_ends_well_and_every_party_sees_its_own_part() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "exercise.demo"], cwd=ROOT, capture_output=True, text=True, timeout=380, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    for seen in ("AE sees the alert", "KE sees the alert", "closes it as MATCHED", "AE has seen on its screen"):
        assert seen in done.stdout
    sights = {part[:3].strip(): part for part in re.split(r"\n\n(?=OCU|BE|AE|KE)", done.stdout)}
    assert "nothing" in sights["OCU"]
    for party in ("BE", "KE"):
        assert "175\u202f500 doses" in sights[party] and "MATCHED: 3 lots" in " ".join(sights[party].split())
    for party in ("BE", "AE", "KE"):
        for step in ("has left BEBRU", "came into transit", "went out of transit", "has arrived at KENBO"):
            assert step in " ".join(sights[party].split())
    assert "doses" not in sights["AE"] and "lots" not in sights["AE"] and "AE BE KE" in sights["AE"]
    searched = re.search(r"(\d+) plaintext values.*?searched in ([\d,]+) bytes.*?: (\d+) found", done.stdout, re.DOTALL)
    assert searched is not None
    assert int(searched[1]) >= 70
    assert int(searched[2].replace(",", "")) > 100_000
    assert searched[3] == "0"
    assert "pratique.sqlite3-wal" in done.stdout and "server.log" in done.stdout
