"""Fold a tale and hold the board against what the tale says must come of it."""

from __future__ import annotations

from typing import Any

from pratique.views.board import Board, fold, to_json
from pratique.views.consignment import leg_shown, state_at
from pratique.views.flags import flags
from tests.views.entries import entry
from tests.views.tales.tale import BEGAN_MS, HOUR_MS, LOGS, Tale


def board_of(tale: Tale, lanes: tuple[str, ...] = ()) -> Board:
    """Fold a tale as a reader of these lanes sees it; of all, if none is named."""
    logs = {LOGS[lane] for lane in lanes}
    entries = [entry(one) for one in tale.entries if not lanes or one["log"] in logs]
    return fold(Board(coordinators=frozenset(tale.coordinators)), entries)


def found(tale: Tale, lanes: tuple[str, ...], names: tuple[str, ...]) -> dict[str, Any]:
    """Give what the board shows under the names that a tale's expectation uses."""
    board, now_ms = board_of(tale, lanes), tale.now_ms()
    if "nothing" in names:
        return {"nothing": not board.consignments}
    one = board.consignments[tale.reference]
    delivered = {(LOGS[lane], party): seq for lane, party, seq in tale.delivered}
    state, outcome = state_at(one, now_ms)
    changes = one.versions[-1].changes
    facts: dict[str, Any] = {
        "state": state,
        "outcome": outcome,
        "kind": one.kind,
        "version": one.version,
        "legs": {leg.party: leg.state for leg in one.legs},
        "shown": {leg.party: leg_shown(leg, delivered) for leg in one.legs},
        "answers": {leg.party: leg.answer for leg in one.legs},
        "replies": {leg.party: [asked.reply for asked in leg.queries] for leg in one.legs},
        "moved": {leg.party: list(leg.moved) for leg in one.legs},
        "marks": [said.mark for said in one.marks],
        "way": list(one.way),
        "changed": [change.path for change in changes],
        "material": [change.path for change in changes if change.material],
        "eta_h": None if one.eta_ms is None else (one.eta_ms - BEGAN_MS) / HOUR_MS,
        "hold": None if one.hold is None else (one.hold.party, one.hold.state),
        "late": [(late.flag, late.party) for late in flags(one, now_ms)],
        "since_h": [(late.since_ms - BEGAN_MS) / HOUR_MS for late in flags(one, now_ms)],
        "replaced_by": one.replaced_by,
        "counted": {lot.batch: (lot.announced_doses, lot.counted_doses) for lot in one.lots},
        "sees": one.part.part,
    }
    return {name: facts[name] for name in names}


def vector(tale: Tale) -> dict[str, Any]:
    """Give the whole vector of a tale: entries in, boards out."""
    made: dict[str, Any] = {"name": tale.name}
    if tale.moves is not None:
        made |= {"transition": tale.moves, "allowed": tale.allowed}
    if tale.coordinators:
        made["coordinators"] = list(tale.coordinators)
    if tale.delivered:
        made["delivered"] = [{"log": LOGS[lane], "party": party, "seq": seq} for lane, party, seq in tale.delivered]
        made["shown"] = found(tale, (), ("shown",))["shown"]
    now_ms = tale.now_ms()
    made |= {"now_ms": now_ms, "entries": tale.entries, **to_json(board_of(tale), now_ms)}
    if tale.seen:
        made["readers"] = [
            {"logs": [LOGS[lane] for lane in lanes], **to_json(board_of(tale, lanes), now_ms)} for lanes in tale.seen
        ]
    return made
