"""Drafts, the operation room, deliveries and read marks follow their vectors, in whatever order the entries come in."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.views import deliveries, drafts, read_marks, room
from tests.views.entries import entry
from tests.views.own_lane import STORIES, TOLD, VIEWS, file_of
from tests.views.own_stories import DRAFT, of_drafts

CASES = [(view, story) for view, stories in STORIES.items() for story in stories]
FOLDS: dict[str, tuple[Any, Any]] = {
    "drafts": (drafts.fold, drafts.Drafts()),
    "room": (room.fold, room.Room(frozenset({"ocu"}))),
    "deliveries": (deliveries.fold, deliveries.Deliveries()),
    "read_marks": (read_marks.fold, read_marks.ReadMarks()),
}


@pytest.mark.parametrize(("view", "story"), CASES, ids=[story["name"] for _, story in CASES])
def test_what_comes_of_it(view: str, story: dict[str, Any]) -> None:
    assert TOLD[view](story) == story["told"]
    saved = json.loads(file_of(view, story).read_text(encoding="utf-8"))
    assert saved == json.loads(json.dumps(story)), "python -m tests.views.own_lane"


def test_no_other_vectors_lie_about() -> None:
    for view, stories in STORIES.items():
        assert {file.name for file in (VIEWS / view).iterdir()} == {file_of(view, story).name for story in stories}


def test_the_transitions_of_drafts_happen_once_and_are_refused_once() -> None:
    for allowed in (True, False):
        assert {one["transition"] for one in of_drafts() if one["allowed"] is allowed} >= {1, 2, 3, 4}


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(CASES), st.data())
def test_the_order_of_arrival_changes_nothing(case: tuple[str, dict[str, Any]], data: st.DataObject) -> None:
    view, story = case
    fold, empty = FOLDS[view]
    entries = [entry(one) for one in story["entries"]]
    shuffled = data.draw(st.permutations(entries))
    cut = data.draw(st.integers(0, len(entries)))
    assert fold(fold(empty, shuffled[:cut]), shuffled[cut:]) == fold(empty, entries)


def test_a_reference_is_of_the_first_entry_and_its_year() -> None:
    (story,) = (one for one in of_drafts() if one["name"].startswith("a draft is numbered"))
    state = drafts.fold(drafts.Drafts(), [entry(one) for one in story["entries"]])
    assert state.number_of(DRAFT) == 5
    assert state.reference_of(DRAFT, "STOP-III", "be").startswith("PN-STOP-III-BE-2026-000005-")
    later = entry({**story["entries"][0], "at_ms": story["entries"][0]["at_ms"] + 60_000})
    assert "-2027-" in drafts.fold(drafts.Drafts(), [later]).reference_of(DRAFT, "STOP-III", "be")
    assert state.number_of("00" * 16) is None
    with pytest.raises(KeyError):
        state.reference_of("00" * 16, "STOP-III", "be")


def test_what_cannot_be_read_is_passed_over() -> None:
    (story,) = (one for one in of_drafts() if one["name"].startswith("a draft is numbered"))
    saved = story["entries"][0]
    broken = [entry({**saved, "body": {"draft": 1}}), entry({**saved, "problem": "could not be opened"})]
    assert drafts.fold(drafts.Drafts(), broken) == drafts.Drafts()
    assert deliveries.fold(deliveries.Deliveries(), [entry({**saved, "type": "claim"})]) == deliveries.Deliveries()
    assert read_marks.fold(read_marks.ReadMarks(), [entry({**saved, "type": "read_mark"})]) == read_marks.ReadMarks()
    assert room.fold(room.Room(), [entry({**saved, "type": "desk", "body": {"weekend": 1}})]) == room.Room()
