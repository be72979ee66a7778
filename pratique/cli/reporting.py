"""Report one event of a consignment and say where it went."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pratique.cli.output import Speaker
    from pratique.contents.content import Event
    from pratique.desk.desk import Desk
    from pratique.desk.results import Reported


def now() -> str:
    """Give this instant as an instant field."""
    return datetime.fromtimestamp(time.time(), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


async def report(
    speaker: Speaker, desk: Desk, reference: str, event: type[Event], said: Mapping[str, Any], done: str
) -> None:
    """Post an event by the desk, print `done` and who reads it.

    Takes   said: the event's fields; those that are None stay away
    """
    given = {name: value for name, value in said.items() if value is not None}
    with speaker.working("sealing and posting"):
        reported = await desk.report(reference, event, given)
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
