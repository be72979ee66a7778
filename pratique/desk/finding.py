"""Find what a person means, and what was announced before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pratique.contents.prenotification import Announcement, GoodsPart
from pratique.errors import PratiqueError
from pratique.wire.identity import DeviceUri

if TYPE_CHECKING:
    from pratique.desk.desk import Desk
    from pratique.views.board import Board
    from pratique.views.consignment import Consignment

LEAST_CHARACTERS = 4


def find(board: Board, text: str) -> Consignment:
    """Give one consignment by its reference, or by a beginning or an end of it that no other has.

    Raises  PratiqueError: no_consignment, ambiguous_reference
    """
    wanted = text.upper()
    if (exact := board.consignments.get(wanted)) is not None:
        return exact
    found = [
        reference
        for reference in board.consignments
        if len(wanted) >= LEAST_CHARACTERS and (reference.startswith(wanted) or reference.endswith(wanted))
    ]
    if not found:
        raise PratiqueError("no_consignment", f"nothing is known of {text}", "pratique board lists the references")
    if len(found) > 1:
        raise PratiqueError(
            "ambiguous_reference", f"{len(found)} references fit {text}: {', '.join(found[:5])}", "write more of it"
        )
    return board.consignments[found[0]]


def announcement_of(desk: Desk, one: Consignment) -> Announcement:
    """Give what was announced, as it stands; raises `PratiqueError` not_yours where only the route is known."""
    if one.goods is None:
        detail = f"of {one.reference} you see the route, not the whole form"
        raise PratiqueError("not_yours", detail, "only departure and destination have the whole form")
    return Announcement(**_fields(one.goods), national_reference=_national(desk, one.reference))


def last(desk: Desk, origin: str) -> Announcement:
    """Give the newest announcement of a party, without its national reference; raises `PratiqueError`."""
    known = [one for one in desk.board.consignments.values() if one.origin == origin and one.goods is not None]
    if not known:
        raise PratiqueError("no_consignment", f"{origin.upper()} has announced nothing here yet")
    newest = max(known, key=lambda one: (one.sent_ms, one.reference))
    assert newest.goods is not None
    return Announcement(**{**_fields(newest.goods), "relates_to": (), "overrides": ()})


def call_off(desk: Desk, series: Consignment) -> Announcement:
    """Give a call-off filled in from its series; raises `PratiqueError` not_a_series."""
    if series.kind != "series" or series.goods is None:
        raise PratiqueError("not_a_series", f"{series.reference} is not a series of your Member")
    filled = _fields(series.goods)
    form = {name: value for name, value in filled["form"].items() if name != "series"}
    return Announcement(**{**filled, "kind": "call_off", "relates_to": (series.reference,), "form": form})


async def delivered(desk: Desk, references: Sequence[str]) -> Mapping[tuple[str, str], int]:
    """Ask how far each party's devices have fetched the lanes of some consignments."""
    logs = {one.place.log for reference in references for one in desk.board.said.get(reference, ())}
    furthest: dict[tuple[str, str], int] = {}
    for log in sorted(logs):
        for uri, seq in (await desk.device.cursors(bytes.fromhex(log))).items():
            at = (log, DeviceUri.parse(uri).party)
            furthest[at] = max(furthest.get(at, 0), seq)
    return furthest


def _national(desk: Desk, reference: str) -> str | None:
    draft = desk.known.of_reference.get(reference)
    return None if draft is None else draft.national_reference


def _fields(part: GoodsPart) -> dict[str, Any]:
    return {
        "template": part.template,
        "kind": part.kind,
        "mode": part.mode,
        "tlp": part.tlp,
        "relates_to": part.relates_to,
        "urgency_reason": part.urgency_reason,
        "form": part.form,
        "overrides": part.overrides,
    }
