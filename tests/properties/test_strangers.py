"""Whatever another party says, in whatever lane: it moves no leg but its own, and never the header."""

import json
from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.contents.movement import STEPS
from pratique.contents.registry import read_content
from pratique.views import board as boards
from pratique.views.board import Board
from tests.views.entries import entry, stories
from tests.views.tales.tale import BEGAN_MS, HOUR_MS, LOGS, OTHER, Tale, form, instant

STORIES = [story for story in stories() if story["consignments"]]
HOURS = st.integers(1, 24 * 60)
WORDS = {"reason": "x", "text": "x", "reason_code": "other"}
LATER = [{"from_place": "AEDXB", "to_place": "KENBO", "eta_at": instant(300)}]
SAID: list[tuple[str, dict[str, Any]]] = [
    ("acknowledgement", {}),
    ("receipt", {"state": "OPENED"}),
    ("answer", {"answer": "OBJECTED", "text": "x", "reason_code": "other"}),
    ("query", {"text": "x"}),
    ("withdrawal", {"reason": "x"}),
    ("rerouting", {"reason": "x", "replaced_by": OTHER}),
    ("reopening", {"reason": "x"}),
    ("leg_update", {"legs": LATER}),
    ("status", {"state": "CLOSED", "outcome": "SEIZED"}),
    ("status", {"state": "ANSWERED"}),
    ("reconciliation", {"outcome": "NOT_ARRIVED", "counted_at": instant(200)}),
    ("reconciliation", {"outcome": "SEIZED", "counted_at": instant(200)}),
    *(("hold", {"step": step, "text": "x"}) for step in ("REQUEST", "CONFIRM", "REFUSE", "AGREE", "LIFT")),
    *(("movement", {"step": step, "happened_at": instant(100), "reason": "x"}) for step in STEPS),
]


@st.composite
def speeches(draw: st.DrawFn, story: dict[str, Any], parties: list[str]) -> dict[str, Any]:
    """Give one event that is well formed, follows something and may take over an id that was said before."""
    about = story["consignments"][0]["reference"]
    log = draw(st.sampled_from(sorted({one["log"] for one in story["entries"]})))
    known = [one for one in story["entries"] if one["log"] == log]
    ids = [one["body"]["id"] for one in story["entries"] if "id" in one["body"]]
    queries = [one["body"]["id"] for one in story["entries"] if one["type"] == "query"]
    type_, fields = draw(st.sampled_from(SAID))
    if queries:
        reply: tuple[str, dict[str, Any]] = ("reply", {"query": queries[0], "text": "x"})
        type_, fields = draw(st.sampled_from([(type_, fields), reply]))
    body = {
        "id": draw(st.sampled_from([*ids, "77" * 16])),
        "about": about,
        "follows": {"log": log, "seq": draw(st.sampled_from(known))["seq"]},
        **fields,
    }
    return {
        "log": log,
        "seq": draw(st.integers(1000, 9999)),
        "at_ms": BEGAN_MS + draw(HOURS) * HOUR_MS,
        "party": draw(st.sampled_from(parties)),
        "type": type_,
        "body": body,
    }


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_a_stranger_changes_nothing(data: st.DataObject) -> None:
    story = data.draw(st.sampled_from(STORIES))
    start = Board(coordinators=frozenset({"ocu"}))
    own = boards.fold(start, [entry(one) for one in story["entries"]])
    said = data.draw(st.lists(speeches(story, ["ug", "zz"]), min_size=1, max_size=4, unique_by=lambda one: one["seq"]))
    both = boards.fold(own, [entry(one) for one in said])
    for reference, before in own.consignments.items():
        after = both.consignments[reference]
        assert replace(after, marks=()) == replace(before, marks=())
    strange = [one for told in both.said.values() for one in told if one.party in ("ug", "zz")]
    assert all(one.mark is not None or one.copy for one in strange)


@settings(max_examples=120, deadline=None)
@given(st.data())
def test_a_transit_member_moves_only_its_own_leg(data: st.DataObject) -> None:
    """All it can do besides: ask for a hold, tell its own legs' times, and send the goods another way as its own."""
    tale = Tale("x", "x", mode="REPLY").sent()
    tale.say("ke", "goods", 1, "acknowledgement").say("ke", "goods", 2, "query", text="Which permit?")
    if data.draw(st.booleans()):
        tale.moved("be", "goods ae", 96, "DEPARTED", place="BEBRU")
    story = {"entries": tale.entries, "consignments": [{"reference": tale.reference}]}
    own = boards.fold(Board(), [entry(one) for one in tale.entries])
    said = data.draw(st.lists(speeches(story, ["ae"]), min_size=1, max_size=6, unique_by=lambda one: one["seq"]))
    said = [one for one in said if one["type"] != "leg_update" and one["body"].get("replaced_by") is None]
    after = boards.fold(own, [entry(one) for one in said]).consignments[tale.reference]
    before = own.consignments[tale.reference]
    assert after.leg_of("ke") == before.leg_of("ke")
    assert (after.state, after.outcome, after.version) == (before.state, before.outcome, before.version)


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(["ae", "ke", "ug"]), st.integers(1, 5), st.sampled_from(["goods", "ae"]))
def test_nobody_announces_for_the_origin(party: str, version: int, lane: str) -> None:
    tale = Tale("x", "x").sent()
    own = boards.fold(Board(), [entry(one) for one in tale.entries])
    tale.part(lane, form(note="mine now"), 3, by=party, version=version)
    assert read_content("prenotification", json.dumps(tale.entries[-1]["body"]).encode()) is not None
    both = boards.fold(own, [entry(tale.entries[-1])])
    before, after = own.consignments[tale.reference], both.consignments[tale.reference]
    assert replace(after, marks=()) == before
    assert [one.mark for one in after.marks] == ["not_the_sender"]
    assert LOGS[lane] == after.marks[0].place.log
