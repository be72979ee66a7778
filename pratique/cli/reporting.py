"""Post an event about a consignment to the lane where everybody concerned reads it."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pratique.cli.finding import find_consignment, read_board
from pratique.contents.content import Event
from pratique.contents.prenotification import GoodsPart, RoutePart
from pratique.contents.reconciliation import Reconciliation
from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from pratique.device import Device
    from pratique.views.board import Board
    from pratique.views.consignment import Consignment, Place


def now() -> str:
    """Give this instant as an instant field."""
    return datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def report(device: Device, reference: str, event: type[Event], said: dict[str, Any]) -> dict[str, Any]:
    """Post one event; it follows the newest part that its lane shows.

    Counts go to the goods lane; everything else to the route lane where there is one: all Members on the way read it.
    Raises  PratiqueError: no_consignment, not_your_leg, or the mark the board would put on it
    """
    board = read_board(device)
    find_consignment(board, reference)
    place = _followed(board, reference, goods=event is Reconciliation)
    content = event.check(
        {
            "about": reference,
            "follows": {"log": place.log, "seq": place.seq},
            **{name: value for name, value in said.items() if value is not None},
        }
    )
    _rehearse(device, board, content, place)
    posted = await device.post(bytes.fromhex(place.log), content.TYPE, content.write())
    return {"reference": reference, "channel": place.log, "seq": posted.seq, "at_ms": posted.at_ms}


def _followed(board: Board, reference: str, *, goods: bool) -> Place:
    parts = [
        one for one in board.said[reference] if one.mark is None and isinstance(one.content, GoodsPart | RoutePart)
    ]
    wanted = [one for one in parts if isinstance(one.content, GoodsPart) == goods] or parts
    if goods and not any(isinstance(one.content, GoodsPart) for one in parts):
        raise PratiqueError("not_your_leg", "only a Member of the goods lane counts lots")
    return wanted[-1].place


def _rehearse(device: Device, board: Board, content: Event, place: Place) -> None:
    """Let the board judge the event before it is sent."""
    from dataclasses import replace

    from pratique.views.consignment import Said, settle

    said = board.said[content.about]
    last = max(one.place for one in said)
    mine = Said(replace(last, log=place.log, seq=last.seq + 1, at_ms=last.at_ms + 1), device.uri.party, content)
    _, marked = settle(content.about, (*said, mine))
    if (mark := marked[-1].mark) is not None:
        raise PratiqueError(mark, _REASONS.get(mark, mark), "pratique board shows where it stands")


_REASONS = {
    "not_your_leg": "only the Member whose leg it is reports this",
    "out_of_turn": "this does not follow from where the consignment is",
    "said_before": "this was said before",
}


def count_lots(consignment: Consignment, given: list[str], as_announced: bool) -> list[dict[str, Any]]:
    """Read the counts of the command line; raises `PratiqueError`."""
    announced = {lot.batch: lot.announced_doses for lot in consignment.lots if lot.announced_doses is not None}
    counted: dict[str, dict[str, Any]] = {}
    for text in given:
        batch, _, numbers = text.partition("=")
        doses, _, damaged = numbers.partition("/")
        if not doses.isdecimal() or (damaged and not damaged.isdecimal()) or batch in counted:
            raise PratiqueError("usage", f"{text!r} is not BATCH=DOSES or BATCH=DOSES/DAMAGED, each batch once")
        counted[batch] = {"batch": batch, "doses": int(doses), "damaged_doses": int(damaged or 0)}
    missing = [batch for batch in announced if batch not in counted]
    if as_announced:
        counted.update({batch: {"batch": batch, "doses": announced[batch]} for batch in missing})
    elif given and missing:
        raise PratiqueError("usage", f"not counted: {', '.join(missing)}", "name every lot, or add --as-announced")
    return list(counted.values())


def judge(consignment: Consignment, lots: list[dict[str, Any]]) -> str:
    """Give the outcome that the counts show; raises `PratiqueError` where there are none."""
    if not lots:
        raise PratiqueError("usage", "no lot is counted", "give --lot BATCH=DOSES, or --as-announced, or --outcome")
    announced = {lot.batch: lot.announced_doses for lot in consignment.lots}
    same = {lot["batch"]: lot["doses"] for lot in lots} == announced
    return "MATCHED" if same and not any(lot.get("damaged_doses") for lot in lots) else "DISCREPANCY"
