"""`pratique export`: a consignment or the whole board as a file for people or other systems."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pratique.cli.at_desk import at_desks, choose, full_reference
from pratique.cli.options import Language, Offline
from pratique.cli.output import Speaker
from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from pratique.desk.desk import Desk
    from pratique.views.consignment import Consignment

Form = Literal["pdf", "csv", "epcis"]
_ENDINGS = {"pdf": ".pdf", "csv": ".csv", "epcis": ".jsonld"}


@at_desks
async def export(
    desks: list[Desk],
    speaker: Speaker,
    reference: Annotated[
        str | None, typer.Argument(metavar="REFERENCE", help="The reference, its end, or its number.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="The whole board, as CSV.")] = False,
    form: Annotated[Form | None, typer.Option("--format", help="pdf for people; csv; epcis (JSON-LD events).")] = None,
    out: Annotated[
        Path | None, typer.Option("--output", "-o", dir_okay=False, help="The file to write; named by the reference.")
    ] = None,
    language: Language = "en",
    offline: Offline = False,
) -> None:
    """Write a consignment as PDF, CSV or EPCIS 2.0 events, or the board as CSV; the file is not sealed."""
    now_ms = time.time_ns() // 1_000_000
    if every == (reference is not None):
        raise PratiqueError("usage", "name one REFERENCE, or --all")
    if every:
        if form not in (None, "csv"):
            raise PratiqueError("usage", "the whole board is written as CSV", "--format csv")
        from pratique.exports.csv_table import board_csv

        ordered = [one for desk in desks for one in desk.board.ordered()]
        file = out or Path("board.csv")
        _write(file, board_csv(ordered, now_ms).encode("utf-8-sig"))
        speaker.say(f"{file} is written: {len(ordered)} consignments")
        speaker.emit({"file": str(file), "format": "csv", "consignments": len(ordered)})
        return
    desk = choose(desks, reference)
    one = desk.find(full_reference(desk, reference or ""))
    chosen: Form = form or "pdf"
    file = out or Path(f"{one.reference}{_ENDINGS[chosen]}")
    with speaker.working("writing the file"):
        _write(file, await _made(desk, one, chosen, language, now_ms, offline=offline))
    speaker.say(f"{file} is written; it is not sealed, and it is marked {one.tlp}")
    speaker.emit({"file": str(file), "format": chosen, "reference": one.reference, "tlp": one.tlp})


async def _made(desk: Desk, one: Consignment, form: Form, language: str, now_ms: int, *, offline: bool) -> bytes:
    match form:
        case "csv":
            from pratique.exports.csv_table import consignment_csv

            return consignment_csv(one, now_ms, language).encode("utf-8-sig")
        case "epcis":
            from pratique.exports.epcis import to_epcis

            document = to_epcis(one, now_ms)
            if not document["epcisBody"]["eventList"]:
                raise PratiqueError("no_events", f"nothing has happened to {one.reference} yet; EPCIS tells no plans")
            return json.dumps(document, ensure_ascii=False, indent=2).encode() + b"\n"
        case "pdf":
            from pratique.exports.pdf import to_pdf
            from pratique.exports.sheet import sheet

            delivered = {} if offline else await desk.delivered([one.reference])
            return to_pdf(sheet(one, language, now_ms, delivered))


def _write(file: Path, data: bytes) -> None:
    """Write for the owner alone: what was sealed on its way stands here in clear."""
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
        target.write(data)
