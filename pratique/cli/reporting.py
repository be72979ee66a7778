"""Report one event of a consignment and say where it went."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pratique.contents.content import ContentRefused
from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pratique.cli.output import Speaker
    from pratique.contents.content import Event
    from pratique.desk.desk import Desk
    from pratique.desk.results import Reported

# How the command line calls the fields of events.
_OPTIONS = {
    "reason_code": "--reason",
    "happened_at": "--at",
    "counted_at": "--at",
    "eta_at": "--eta",
    "etd_at": "--etd",
    "transport_document": "--document",
    "released_at": "--released",
    "arrival_report": "--report",
    "missing_documents": "--missing-document",
    "lots": "--lot",
}


def now() -> str:
    """Give this instant as an instant field."""
    return datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def report(
    speaker: Speaker, desk: Desk, reference: str, event: type[Event], said: Mapping[str, Any], done: str
) -> None:
    """Post an event by the desk, print `done` and who reads it.

    Takes   said: the event's fields; those that are None stay away
    Raises  PratiqueError: usage where a field is wrong; what `Desk.report` says
    """
    given = {name: value for name, value in said.items() if value is not None}
    try:
        with speaker.working("sealing and posting"):
            reported = await desk.report(reference, event, given)
    except ContentRefused as refused:
        problem = refused.problems[0]
        option = _OPTIONS.get(problem.path, f"--{problem.path.replace('_', '-')}")
        raise PratiqueError("usage", f"{option} {problem.text}") from None
    speaker.say(f"{reference} {done}")
    say_readers(speaker, desk.party, reported)
    speaker.emit({**reported_json(reported), **{name: value for name, value in given.items() if name != "follows"}})


def say_readers(speaker: Speaker, party: str, reported: Reported) -> None:
    """Print which parties read a report."""
    others = sorted({reader for lane in reported.lanes for reader in lane.parties} - {party})
    speaker.say(f"  read by {', '.join(reader.upper() for reader in others)}")


def reported_json(reported: Reported) -> dict[str, Any]:
    """Give a report for programs; `channel` and `seq` are of its first lane."""
    first = reported.lanes[0]
    return {
        "reference": reported.reference,
        "type": reported.type,
        "id": reported.id,
        "channel": first.channel.hex(),
        "seq": first.seq,
        "lanes": [
            {"part": lane.part, "parties": list(lane.parties), "channel": lane.channel.hex(), "seq": lane.seq}
            for lane in reported.lanes
        ],
    }
