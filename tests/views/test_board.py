"""The board follows its vectors, whatever way its entries come in."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.views.board import overdue, to_json
from tests.views.entries import entry, fold, stories

STORIES = stories()


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story["name"])
def test_the_story_ends_as_the_vector_says(story: dict[str, Any]) -> None:
    board = fold([entry(one) for one in story["entries"]])
    assert to_json(board) == story["state"]
    if "now_ms" in story:
        late = [vars(flag) for flag in overdue(board, story["now_ms"])]
        assert late == story["late"]


@given(st.sampled_from(STORIES), st.data())
def test_folding_from_any_saved_point_equals_folding_from_the_beginning(
    story: dict[str, Any], data: st.DataObject
) -> None:
    entries = [entry(one) for one in story["entries"]]
    cut = data.draw(st.integers(0, len(entries)))
    assert fold(entries[cut:], fold(entries[:cut])) == fold(entries)


@given(st.sampled_from(STORIES), st.data())
def test_the_board_does_not_depend_on_how_the_logs_come_in(story: dict[str, Any], data: st.DataObject) -> None:
    entries = [entry(one) for one in story["entries"]]
    shuffled = data.draw(st.permutations(entries))
    repeated = data.draw(st.lists(st.sampled_from(entries), max_size=5))
    assert to_json(fold([*shuffled, *repeated])) == to_json(fold(entries))


def test_nothing_is_late_before_its_time_and_a_closed_consignment_never_is() -> None:
    (story,) = (story for story in STORIES if story["name"].startswith("a consignment through transit"))
    board = fold([entry(one) for one in story["entries"]])
    assert overdue(board, 2**53) == ()
    open_board = fold([entry(one) for one in story["entries"][:2]])
    first = overdue(open_board, 2**53)[0]
    assert overdue(open_board, first.since_ms) == ()
    assert [flag.flag for flag in overdue(open_board, first.since_ms + 1)] == ["OVERDUE_ACK", "OVERDUE_ACK"]


def test_an_earlier_fold_is_not_touched() -> None:
    entries = [entry(one) for one in STORIES[0]["entries"]]
    half = fold(entries[:1])
    before = to_json(half)
    fold(entries[1:], half)
    assert to_json(half) == before


def test_a_party_cannot_speak_for_another() -> None:
    (story,) = (story for story in STORIES if story["name"].startswith("sent and nothing more"))
    entries = [entry(one) for one in story["entries"]]
    forged = replace(entries[0], party="ke")
    assert to_json(fold([forged])) == {"consignments": []}
