"""What belongs together is linked: said by its senders or found by its numbers, and never blocked."""

from typing import Any

import pytest

from pratique.contents.fields import make_reference
from pratique.views import board as boards
from pratique.views.board import Board
from pratique.views.links import counted_once, links
from tests.views.entries import entry
from tests.views.tales.announcing import series
from tests.views.tales.tale import DIRECT, Tale, form, leg

FIRST, SECOND, THIRD = (make_reference("STOP-III", "be", 2026, number) for number in (1, 2, 3))
ONWARD = make_reference("STOP-III", "ae", 2026, 1)


def sea(container: str = "CSQU3054383", leaves_h: float = 96, **more: Any) -> dict[str, Any]:
    return form([leg("BEANR-KEMBA", leaves_h, leaves_h + 400, "sea", container=container, **more)])


def board_of(*tales: Tale) -> Board:
    """Fold tales into one board; each in its own logs."""
    entries = []
    for number, tale in enumerate(tales):
        for one in tale.entries:
            log = f"{number:02x}" + one["log"][2:]
            body = one["body"]
            follows = {"follows": {**body["follows"], "log": log}} if "follows" in body else {}
            entries.append(entry({**one, "log": log, "at_ms": one["at_ms"] + number, "body": {**body, **follows}}))
    return boards.fold(Board(), entries)


def announced(reference: str, whole: dict[str, Any], **more: Any) -> Tale:
    return Tale("x", "x", reference=reference).part("goods", whole, **more)


def other_lots(whole: dict[str, Any], gtin: str | None = None) -> dict[str, Any]:
    for line in whole["goods"]:
        line["lots"] = [{"batch": "ZZ1", "expiry": "2027-09-30", "vials": 10, "doses": 60}]
        line["gtin"] = gtin or line["gtin"]
    return whole


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (form(DIRECT), other_lots(form([{**DIRECT[0], "awb": "17612345675"}])), {"transport_document"}),
        (
            sea(transport_document="MEDU-112 W7"),
            other_lots(sea("HLXU1234560", transport_document="medu112w7")),
            {"transport_document"},
        ),
        (sea(), other_lots(sea(leaves_h=110)), {"container"}),
        (sea(), other_lots(sea(leaves_h=96 + 24 * 9)), set()),
        (sea(), sea("HLXU1234560"), {"lot"}),
        (sea(), other_lots(sea("HLXU1234560")), set()),
    ],
    ids=["air waybill", "bill of lading", "container and week", "another week", "lots", "nothing"],
)
def test_the_same_goods_are_known_again(one: dict[str, Any], other: dict[str, Any], why: set[str]) -> None:
    board = board_of(announced(FIRST, one), announced(SECOND, other))
    assert {(link.a, link.b, link.why) for link in links(board)} == {(SECOND, FIRST, name) for name in why}
    assert all(consignment.state == "SENT" for consignment in board.ordered())
    assert counted_once(board) == {FIRST, SECOND}


def test_the_same_lots_for_another_destination_are_other_goods() -> None:
    elsewhere = form([leg("BEANR-TZDAR", 96, 500, "sea", container="HLXU1234560")])
    assert links(board_of(announced(FIRST, sea()), announced(SECOND, elsewhere))) == ()


def test_a_call_off_stands_by_its_series() -> None:
    board = board_of(
        announced(FIRST, series(), kind="series"),
        announced(SECOND, form(DIRECT), kind="call_off", relates_to=[FIRST]),
        announced(THIRD, other_lots(sea()), kind="call_off", relates_to=[FIRST]),
    )
    assert [(link.a, link.b, link.why) for link in links(board)] == [
        (SECOND, FIRST, "call_off"),
        (THIRD, FIRST, "call_off"),
    ]


def test_an_onward_notification_counts_once() -> None:
    onward = form([leg("AEDXB-KENBO", 110, 114)])
    said = announced(ONWARD, other_lots(onward, "04006381333931"), by="ae", kind="onward", relates_to=[FIRST])
    found = announced(ONWARD, onward, by="ae", kind="onward")
    alone = announced(ONWARD, onward, by="ae", kind="onward", relates_to=[SECOND])
    first = announced(FIRST, form())
    assert counted_once(board_of(first, said)) == {FIRST}
    assert counted_once(board_of(first, found)) == {FIRST}
    assert counted_once(board_of(alone)) == {ONWARD}


def test_a_new_way_replaces_the_old_one() -> None:
    old = announced(FIRST, form(DIRECT)).moved("be", "goods", 96, "DEPARTED", place="BEBRU")
    old.say("be", "goods", 97, "rerouting", replaced_by=SECOND, reason="Nairobi is closed.")
    new = announced(SECOND, other_lots(sea()), relates_to=[FIRST])
    board = board_of(old, new)
    assert board.consignments[FIRST].state == "REPLACED"
    assert [(link.a, link.b, link.why) for link in links(board)] == [(SECOND, FIRST, "replaces")]
