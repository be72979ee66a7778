"""Make opened entries from the vectors' JSON."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

from pratique.opened import OpenedEntry
from pratique.views import board as boards
from pratique.views.board import Board
from pratique.wire.entries import Kind, Urgency

VECTORS = Path(__file__).parents[2] / "vectors" / "views" / "board"


def stories() -> list[dict[str, Any]]:
    """Read every board vector."""
    return [json.loads(file.read_text(encoding="utf-8")) for file in sorted(VECTORS.glob("*.json"))]


def entry(saved: dict[str, Any]) -> OpenedEntry:
    """Make one opened entry."""
    return OpenedEntry(
        channel=bytes.fromhex(saved["log"]),
        seq=saved["seq"],
        kind=Kind.APPLICATION,
        at_ms=saved["at_ms"],
        device=saved.get("device", f"pratique://{saved['party']}.stop.example/ncp/a.person/0001"),
        party=saved["party"],
        epoch=1,
        post_id=UUID(int=saved["seq"]),
        urgency=Urgency.ROUTINE,
        type=saved["type"],
        body=json.dumps(saved["body"]).encode(),
        problem=saved.get("problem"),
    )


def fold(entries: list[OpenedEntry], board: Board | None = None) -> Board:
    """Fold entries one after the other, in the order given."""
    state = Board() if board is None else board
    for one in entries:
        state = boards.apply(state, one)
    return state
