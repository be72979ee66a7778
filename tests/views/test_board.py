"""The board follows its vectors, whatever way its entries come in."""

import time
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.views import board as boards
from pratique.views.board import Board, rehearse, to_json
from pratique.views.consignment import leg_shown
from pratique.views.flags import overdue
from tests.views.entries import entry, fold, stories
from tests.views.tales.tale import BEGAN_MS, DIRECT, LOGS, Tale, form

STORIES = stories()


def start(story: dict[str, Any]) -> Board:
    """Give the empty board of a story."""
    return Board(coordinators=frozenset(story.get("coordinators", ())))


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["name"])
def test_the_story_ends_as_the_vector_says(story: dict[str, Any]) -> None:
    entries = [entry(one) for one in story["entries"]]
    board = boards.fold(start(story), entries)
    assert to_json(board, story["now_ms"])["consignments"] == story["consignments"]
    for reader in story.get("readers", ()):
        seen = boards.fold(start(story), [one for one in entries if one.channel.hex() in reader["logs"]])
        assert to_json(seen, story["now_ms"])["consignments"] == reader["consignments"]
    if "shown" in story:
        delivered = {(one["log"], one["party"]): one["seq"] for one in story["delivered"]}
        (consignment,) = board.ordered()
        assert {leg.party: leg_shown(leg, delivered) for leg in consignment.legs} == story["shown"]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(STORIES), st.data())
def test_the_board_does_not_depend_on_how_the_entries_come_in(story: dict[str, Any], data: st.DataObject) -> None:
    entries = [entry(one) for one in story["entries"]]
    whole = boards.fold(start(story), entries)
    shuffled = data.draw(st.permutations(entries))
    repeated = data.draw(st.lists(st.sampled_from(entries), max_size=5))
    assert fold([*shuffled, *repeated], start(story)) == whole
    cut = data.draw(st.integers(0, len(entries)))
    assert boards.fold(boards.fold(start(story), entries[:cut]), entries[cut:]) == whole


def test_a_transit_member_reads_nothing_of_the_goods_lane() -> None:
    for story in STORIES:
        for reader in story.get("readers", ()):
            for one in reader["consignments"]:
                assert (one["sees"], one["lots"], one["reconciliation"]) == ("route", [], None)


def test_nothing_is_late_before_its_time_and_a_closed_consignment_never_is() -> None:
    (story,) = (story for story in STORIES if story["name"].startswith("a consignment through transit"))
    entries = [entry(one) for one in story["entries"]]
    assert overdue(fold(entries), 2**53) == ()
    first = overdue(fold(entries[:2]), BEGAN_MS + 30 * 3_600_000)
    assert [flag.flag for flag in first] == ["OVERDUE_ACK", "OVERDUE_ACK"]
    assert overdue(fold(entries[:2]), first[0].since_ms) == ()


def test_an_earlier_fold_is_not_touched() -> None:
    (story,) = (story for story in STORIES if story["name"].startswith("a consignment through transit"))
    entries = [entry(one) for one in story["entries"]]
    half = boards.fold(Board(), entries[:1])
    before = to_json(half, 0)
    boards.fold(half, entries[1:])
    assert to_json(half, 0) == before
    assert boards.fold(half, entries[:1]) is half


def test_a_rehearsal_tells_the_mark_and_changes_nothing() -> None:
    tale = Tale("x", "x").sent(form(DIRECT)).moved("be", "goods", 96, "DEPARTED", place="BEBRU")
    tale.say("ke", "goods", 97, "withdrawal", reason="no").say("be", "goods", 98, "withdrawal", reason="yes")
    *entries, not_theirs, theirs = [entry(one) for one in tale.entries]
    board = fold(entries)
    said = [fold([*entries, one]).said[tale.reference][-1] for one in (not_theirs, theirs)]
    assert rehearse(board, "ke", LOGS["goods"], said[0].content, 0) == "not_the_sender"
    assert rehearse(board, "be", LOGS["goods"], said[1].content, 0) is None
    assert board == fold(entries)
    unknown = replace(board, said={}, consignments={})
    assert rehearse(unknown, "be", LOGS["goods"], said[1].content, 0) == "follows_nothing_known"


def many(count: int) -> list[dict[str, Any]]:
    """Give the entries of so many consignments, three entries each."""
    from pratique.contents.fields import make_reference

    made: list[dict[str, Any]] = []
    for number in range(count):
        tale = Tale("many", "many", reference=make_reference("STOP-III", "be", 2026, number))
        tale.sent(form(DIRECT)).say("ke", "goods", 1, "acknowledgement").moved("be", "goods", 96, "DEPARTED")
        made += [{**one, "seq": len(made) + place} for place, one in enumerate(tale.entries, start=1)]
        for one in made[-2:]:
            one["body"] = {**one["body"], "follows": {"log": LOGS["goods"], "seq": len(made) - 2}}
    return made


def test_three_thousand_entries_fold_in_proportion() -> None:
    entries = [entry(one) for one in many(1000)]

    def seconds(number: int) -> float:
        began = time.process_time()
        board = boards.fold(Board(), entries[:number])
        assert len(board.consignments) == number // 3
        return time.process_time() - began

    seconds(30)
    few, all_ = min(seconds(300) for _ in range(3)), seconds(3000)
    assert all_ < 30 * few, f"{few:.3f} s for 300 entries, {all_:.3f} s for 3,000"
