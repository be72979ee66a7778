"""The search for plaintext finds what is there: a search that cannot fail proves nothing."""

import base64
import json
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exercise.canary import files, forms, marks, search
from exercise.searching import Search, said_in
from pratique.contents.registry import READERS
from tests.desk.desks import desks
from tests.scenarios.everything_said import contents_of, say_everything
from tests.world import stored

EXAMPLE = json.loads((Path(__file__).parents[2] / "examples" / "vaccine-consignment.json").read_bytes())


def test_every_value_of_the_input_is_looked_for() -> None:
    values = marks(EXAMPLE)
    for value in ("SBX4471", "176-12345675", "BEBRU", "AEDXB", "KENBO", "Uhuru National Vaccine Store", "2027-03-31"):
        assert value in values
    for fragment in ('"doses":70200', '"country":"KE"', '"gross_kg":1924.5', '"mode":"air"', '"band":"ULT"'):
        assert fragment in values
    assert "KE" not in values and "70200" not in values


@given(st.text(min_size=5, max_size=40), st.binary(max_size=4), st.binary(max_size=4))
def test_a_planted_value_is_found_in_every_form(value: str, before: bytes, after: bytes) -> None:
    raw = value.encode()
    planted = {
        "raw": before + raw + after,
        "hex": (before + raw + after).hex().encode(),
        "base64": base64.b64encode(before + raw + after),
        "base64url": base64.urlsafe_b64encode(before + raw + after),
        "UTF-16 LE": before + value.encode("utf-16-le") + after,
        "UTF-16 BE": before + value.encode("utf-16-be") + after,
    }
    assert {hit.where for hit in search([value], planted.items())} == planted.keys()


def test_other_bytes_are_not_found() -> None:
    noise = base64.b64encode(bytes(range(256)) * 64) + bytes(range(256)) * 64
    assert search(marks(EXAMPLE), [("noise", noise)]) == []


@pytest.mark.parametrize("value", ["SBX4471", '"doses":70200'])
def test_a_value_in_a_database_or_its_write_ahead_log_is_found(tmp_path: Path, value: str) -> None:
    database = sqlite3.connect(tmp_path / "pratique.sqlite3")
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("CREATE TABLE entries (data BLOB)")
    database.commit()
    assert search(marks(EXAMPLE), files(tmp_path)) == []
    database.execute("INSERT INTO entries VALUES (?)", (b"\x00\x01" + value.encode(),))
    database.commit()
    assert {hit.value for hit in search(marks(EXAMPLE), files(tmp_path))} == {value}
    database.close()


def test_the_forms_of_a_value_are_its_own() -> None:
    assert all(len(sought) >= 5 for value in marks(EXAMPLE) for _, sought in forms(value))


@pytest.mark.timeout(300)
async def test_the_server_holds_nothing_of_anything_that_desks_say(tmp_path: Path, database_url: str) -> None:
    empty = b"".join(data for _, data in stored(database_url))
    async with desks(tmp_path, database_url, companions=("ocu",)) as d:
        await say_everything(d)
        said = contents_of(d)
        assert said.keys() == READERS.keys()
        values = said_in(content for contents in said.values() for content in contents)
        for one in ("SBX4490", "BE-DRAFT-77201", "hangar nine", "+254205550117", "KE-VAR-2026-0313", '"doses":70193'):
            assert any(one in value for value in values)
        # The terms are public, and a kind of log bears the same name as the room.
        public = said_in([d.operation.terms.model_dump(mode="json")]) | {"operation"}
        looked_for = Search(values - public, empty)
        assert len(looked_for.values) > 250
        held = stored(database_url)
        # A reminder plan names the offices that the server is to ring: that it learns, and nothing else.
        assert {hit.value for hit in search(looked_for.values, held)} == {"ke/night-watch"}
        assert looked_for.works()
