"""Board and portrait of consignments, as a terminal of 80 columns shows them."""

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pratique.cli.board import say_sections, shown
from pratique.cli.due import reminded
from pratique.cli.output import Speaker
from pratique.cli.portrait import Facts, print_portrait
from pratique.contents.fields import instant_ms
from pratique.views import board as boards
from pratique.views.board import Board
from pratique.views.flags import flags
from pratique.views.links import links
from tests.views.entries import VECTORS, entry

SHOWN = Path(__file__).parents[2] / "vectors" / "cli" / "shown"
STORIES = {file.stem: json.loads(file.read_text(encoding="utf-8")) for file in sorted(VECTORS.glob("*.json"))}
WHOLE = re.compile(r"PN-STOP-III-[A-Z]{2}-\d{4}-\d{6}-\d{2}")
WIDTH = 80


def show(story: dict[str, Any], party: str = "be") -> None:
    """Print a story's board and every consignment of it in full, as a party's desk shows them."""
    start = Board(coordinators=frozenset(story.get("coordinators", ())))
    board = boards.fold(start, [entry(one) for one in story["entries"]])
    now_ms = story["now_ms"]
    say_sections(Speaker(), shown(board, party, now_ms), now_ms)
    for one in board.ordered():
        known = tuple(link for link in links(board) if one.reference in (link.a, link.b))
        new = board.consignments.get(one.replaced_by or "")
        facts = Facts(party, now_ms, flags(one, now_ms), {}, known, (), board.said[one.reference], new)
        print_portrait(Speaker(), one, facts)


@pytest.mark.parametrize("file", sorted(SHOWN.glob("*.txt")), ids=lambda file: file.stem)
def test_it_is_shown_as_in_its_transcript(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    show(STORIES[file.stem])
    said = capsys.readouterr().out
    if os.environ.get("WRITE_TRANSCRIPTS"):
        file.write_text(said, encoding="utf-8")
        pytest.skip("transcripts are written, not compared")
    assert said == file.read_text(encoding="utf-8")


def test_no_table_is_wider_than_the_terminal_and_no_reference_is_broken(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(WIDTH))
    for story in STORIES.values():
        show(story)
        lines = capsys.readouterr().out.splitlines()
        assert lines, story["name"]
        ruled = {number for number, line in enumerate(lines) if set(line) == {"─"}}
        tables = [line for number, line in enumerate(lines) if ruled & {number - 1, number, number + 1}]
        assert [line for line in tables if len(line) > WIDTH] == [], story["name"]
        assert [line for line in lines if re.search(r"PN-STOP-III-BE-[-\d]*$", line) and not WHOLE.search(line)] == []


def test_the_old_destination_reads_that_the_goods_are_diverted_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    show(STORIES["21-by-the-origin"], "ke")
    assert "diverted; replaced by PN-STOP-III-BE-2026-000002-34\nre-routed by BE, " in capsys.readouterr().out
    show(STORIES["21-by-the-origin"], "ae")
    said = capsys.readouterr().out
    assert "\nreplaced by PN-STOP-III-BE-2026-000002-34\nre-routed by BE, " in said and "diverted" not in said


def test_a_reminder_asks_until_the_deadline_and_tells_of_silence_after_it() -> None:
    story = STORIES["lapsed"]
    (one,) = boards.fold(Board(), [entry(saved) for saved in story["entries"]]).ordered()
    leg = one.leg_of("ke")
    assert leg is not None and leg.deadlines is not None
    acknowledge_ms = instant_ms(leg.deadlines.acknowledge_at)
    assert reminded(leg, acknowledge_ms - 1) == "acknowledge by 21 Nov 12:00 UTC"
    assert reminded(leg, acknowledge_ms) == "no acknowledgement by 21 Nov 12:00 UTC"
    noted = replace(leg, acknowledged_ms=acknowledge_ms)
    assert reminded(noted, acknowledge_ms) == "answer by 22 Nov 12:00 UTC"
    assert reminded(noted, story["now_ms"]) == "no answer by 22 Nov 12:00 UTC"
