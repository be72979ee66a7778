"""Write vectors/views/{drafts,room,deliveries,read_marks} from their stories: `python -m tests.views.own_lane`.

What must come of each is written by hand, in the stories.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pratique.views import deliveries, drafts, read_marks, room
from tests.views.entries import entry
from tests.views.gateway_stories import ENDPOINT, ITEM, of_deliveries, of_room
from tests.views.own_stories import DRAFT, of_drafts
from tests.views.reading_stories import of_read_marks
from tests.views.tales.tale import written

VIEWS = Path(__file__).parents[2] / "vectors" / "views"


def drafts_told(story: dict[str, Any]) -> dict[str, Any]:
    """Give what the fold shows of a story's draft."""
    state = drafts.fold(drafts.Drafts(), [entry(one) for one in story["entries"]])
    one, names = state.by_id.get(DRAFT), story["told"]
    facts: dict[str, Any] = {"state": None, "national": state.by_national.get("BE-77")}
    if one is not None:
        facts |= {name: getattr(one, name) for name in ("state", "number", "comment", "reference", "digest")}
        facts["note"] = one.announcement.form["note"] if one.announcement else None
        facts["marks"] = [said.mark for said in one.marks]
    return {name: facts[name] for name in names}


def room_told(story: dict[str, Any]) -> dict[str, Any]:
    """Give what the fold shows of a room."""
    state = room.fold(room.Room(frozenset(story["coordinators"])), [entry(one) for one in story["entries"]])
    weekends = {party: list(desk.weekend) for party, desk in state.desks.items()}
    return {"weekends": weekends, "adapted": list(state.adaptation.require) if state.adaptation else None}


def deliveries_told(story: dict[str, Any]) -> dict[str, Any]:
    """Give who owns the item of a story."""
    state = deliveries.fold(deliveries.Deliveries(), [entry(one) for one in story["entries"]])
    owner = state.owner(ENDPOINT, ITEM, story["now_ms"])
    return {"owner": owner and owner.split("/")[-2], "delivered": state.delivered(ENDPOINT, ITEM)}


def read_marks_told(story: dict[str, Any]) -> dict[str, Any]:
    """Give what each party has read, and when it said so last."""
    state = read_marks.fold(read_marks.ReadMarks(), [entry(one) for one in story["entries"]])
    by_party = state.by_party.items()
    return {party: {"spans": [list(span) for span in one.spans], "said_ms": one.said_ms} for party, one in by_party}


STORIES = {
    "drafts": of_drafts(),
    "room": of_room(),
    "deliveries": of_deliveries(),
    "read_marks": of_read_marks(),
}
TOLD = {"drafts": drafts_told, "room": room_told, "deliveries": deliveries_told, "read_marks": read_marks_told}


def file_of(view: str, story: dict[str, Any]) -> Path:
    """Give where a story's vector stands."""
    return VIEWS / view / ("-".join(story["name"].replace(":", "").replace(",", "").split()) + ".json")


def main() -> None:
    """Write every vector."""
    for view, stories in STORIES.items():
        (VIEWS / view).mkdir(exist_ok=True)
        for story in stories:
            assert TOLD[view](story) == story["told"], story["name"]
            file_of(view, story).write_text(written(story), encoding="utf-8")


if __name__ == "__main__":
    main()
