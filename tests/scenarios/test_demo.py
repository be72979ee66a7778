"""The main job without a human: one consignment through three Members, and a server that has read nothing."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.timeout(600)
def test_the_demo_ends_well_and_every_party_sees_its_own_part() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "exercise.demo"], cwd=ROOT, capture_output=True, text=True, timeout=580, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    told = " ".join(done.stdout.split())
    for words in (
        "BE checks it; before sending it sees",
        "BE sends pre-notification PN-STOP-III-BE-",
        "AE sees it",
        "KE its national system says: acknowledged PN-",
        "KE asks, from its national system",
        "BE replies",
        "lots[2].doses: 35100 → 33930 (material)",
        "legs[0].flight: EK184 → EK188",
        "KE its national system reports ARRIVED",
        "BE is alerted as urgent",
        "AE is alerted as urgent",
        "OCU is alerted as urgent",
    ):
        assert words in told, words
    the_sights_are_right(done.stdout)
    the_search_found_nothing(told)


def the_sights_are_right(said: str) -> None:
    _, _, sights = said.partition("What each party may see")
    parts = [" ".join(part.split()) for part in sights.partition("The search")[0].split("\n\n")[1:]]
    everything, leg, own = parts[:3]
    assert everything.startswith("OCU, BE, KE ") and leg.startswith("AE ") and own.startswith("BE alone")
    assert "175 500 doses of Corvanza" in everything and "temperature alarm in SBX4490" in everything
    assert "dry ice" in everything and "(version 2)" in everything
    for step in ("has left BEBRU", "came into transit", "went out of transit", "has arrived at KENBO", "DISCREPANCY"):
        assert step in everything and step in leg
    for hidden in ("doses", "lots", "Corvanza", "SBX4490", "dry ice", "goods", "asks"):
        assert hidden not in leg


def the_search_found_nothing(told: str) -> None:
    values = re.search(r"(\d+) plaintext values", told)
    server = re.search(r"everything the server holds: (\d+) found in ([\d,]+) bytes \((.*?)\)", told)
    gateway = re.search(r"in its log and book: (\d+) found in ([\d,]+) bytes \((.*?)\)", told)
    assert values and server and gateway
    assert int(values[1]) > 200
    assert (server[1], gateway[1]) == ("0", "0")
    assert int(server[2].replace(",", "")) > 1_000_000
    assert "pratique.sqlite3-wal" in server[3] and "server.log" in server[3]
    assert "gateway.log" in gateway[3] and "gateway.sqlite3" in gateway[3]
