"""The operation room: how each Member's desk works, and how the coordinator adapts the template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pratique.contents.adaptation import Adaptation
from pratique.contents.content import Content, ContentRefused
from pratique.contents.desk import DeskHours
from pratique.contents.registry import read_content
from pratique.opened import OpenedEntry

Place = tuple[int, str, int]


@dataclass(frozen=True)
class Room:
    """The newest word of each party about its own desk, and the coordinators' newest adaptation.

    Takes   coordinators: the parties whose adaptation counts; places: where each of them stands, by who said it
    """

    coordinators: frozenset[str] = frozenset()
    desks: Mapping[str, DeskHours] = field(default_factory=dict)
    adaptation: Adaptation | None = None
    places: Mapping[str, Place] = field(default_factory=dict)


def fold(room: Room, entries: Iterable[OpenedEntry]) -> Room:
    """Fold opened entries of the room, in whatever order they come in."""
    desks, adaptation, places = dict(room.desks), room.adaptation, dict(room.places)
    for entry in entries:
        content = _read(entry)
        place = (entry.at_ms, entry.channel.hex(), entry.seq)
        if isinstance(content, DeskHours) and place > places.get(entry.party, (0, "", 0)):
            desks[entry.party], places[entry.party] = content, place
        elif (
            isinstance(content, Adaptation) and entry.party in room.coordinators and place > places.get("", (0, "", 0))
        ):
            adaptation, places[""] = content, place
    return Room(room.coordinators, desks, adaptation, places)


def _read(entry: OpenedEntry) -> Content | None:
    if entry.problem is not None:
        return None
    try:
        return read_content(entry.type, entry.body)
    except ContentRefused:
        return None
