"""Each transition as its tales tell it: what must come of them is written by hand, for every reader."""

import json

import pytest

from tests.views.entries import VECTORS
from tests.views.tales.make_vectors import TALES
from tests.views.tales.tale import Tale, written
from tests.views.tales.told import found, vector

BY_TIMER_OR_EVENT = range(4, 27)  # 1 to 3 happen in the own lane: test_drafts.py


@pytest.mark.parametrize("tale", TALES, ids=lambda tale: tale.file)
def test_what_comes_of_it(tale: Tale) -> None:
    told = {"marks": [], **tale.told} if "nothing" not in tale.told else tale.told
    assert found(tale, (), tuple(told)) == told
    for lanes, seen in tale.seen.items():
        assert found(tale, lanes, tuple(seen)) == seen


@pytest.mark.parametrize("tale", TALES, ids=lambda tale: tale.file)
def test_the_vector_is_the_tale(tale: Tale) -> None:
    saved = (VECTORS / f"{tale.file}.json").read_text(encoding="utf-8")
    assert json.loads(saved) == json.loads(written(vector(tale))), "python -m tests.views.tales.make_vectors"


def test_every_transition_happens_once_and_is_refused_once() -> None:
    assert {tale.moves for tale in TALES if tale.allowed and tale.moves} == set(BY_TIMER_OR_EVENT)
    assert {tale.moves for tale in TALES if not tale.allowed} == set(BY_TIMER_OR_EVENT)
    assert {tale.file for tale in TALES} == {file.stem for file in VECTORS.glob("*.json")}
    assert len({tale.file for tale in TALES}) == len(TALES)
