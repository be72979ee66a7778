"""What was said, in the order of the server's time, across the channels a reader sees."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from pratique.contents.content import Content, ContentRefused, Event
from pratique.contents.prenotification import GoodsPart, RoutePart
from pratique.contents.registry import read_content
from pratique.opened import OpenedEntry


@dataclass(frozen=True)
class Line:
    """One entry as a person may see it; `problem` says why there is no content.

    Takes   content: None for a type that this version does not know, and for changes of membership
    """

    entry: OpenedEntry
    content: Content | None
    problem: str | None

    @property
    def reference(self) -> str | None:
        """The consignment this line is about."""
        match self.content:
            case GoodsPart() | RoutePart():
                return self.content.reference
            case Event():
                return self.content.about
        return None


@dataclass(frozen=True)
class Timeline:
    """Lines, oldest first."""

    lines: tuple[Line, ...] = ()

    def about(self, reference: str) -> tuple[Line, ...]:
        """Give the lines about one consignment."""
        return tuple(line for line in self.lines if line.reference == reference)


def read_line(entry: OpenedEntry) -> Line:
    """Read one opened entry as a line; a content that breaks its form becomes a problem, never an error."""
    try:
        content = None if entry.problem else read_content(entry.type, entry.body)
    except ContentRefused as refused:
        return Line(entry, None, f"the content breaks its form: {refused.detail}")
    return Line(entry, content, entry.problem)


def apply(timeline: Timeline, entry: OpenedEntry) -> Timeline:
    """Fold one opened entry; an entry seen before changes nothing."""
    at = bisect_left(timeline.lines, _order(entry), key=lambda line: _order(line.entry))
    if at < len(timeline.lines) and _order(timeline.lines[at].entry) == _order(entry):
        return timeline
    return Timeline((*timeline.lines[:at], read_line(entry), *timeline.lines[at:]))


def _order(entry: OpenedEntry) -> tuple[int, bytes, int]:
    return (entry.at_ms, entry.channel, entry.seq)
