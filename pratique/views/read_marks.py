"""Which party has read what in a channel, as its own devices say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pratique.contents.read_mark import ReadMark
from pratique.opened import OpenedEntry

# Each party marks what the others write: beyond this the marks would outnumber the words.
MOST_PARTIES = 16
Span = tuple[int, int]


@dataclass(frozen=True)
class Reading:
    """What one party has read: from an entry to an entry, apart and in order; and when it said so last."""

    spans: tuple[Span, ...] = ()
    said_ms: int = 0


@dataclass(frozen=True)
class ReadMarks:
    """What is known of one channel; who is not named has said nothing, which does not mean that it read nothing."""

    by_party: Mapping[str, Reading] = field(default_factory=dict)

    def has_read(self, party: str, seq: int) -> bool:
        """Say whether a party told that it has read an entry."""
        return any(since <= seq <= upto for since, upto in self.by_party.get(party, Reading()).spans)


def fold(marks: ReadMarks, entries: Iterable[OpenedEntry]) -> ReadMarks:
    """Fold opened entries of one channel, in whatever order they come in."""
    by_party = dict(marks.by_party)
    for entry in entries:
        mark = entry.read_as(ReadMark)
        # Nobody has read what comes after its own word.
        if mark is None or mark.upto >= entry.seq:
            continue
        known = by_party.get(entry.party, Reading())
        by_party[entry.party] = Reading(
            _joined((*known.spans, (mark.since, mark.upto))), max(known.said_ms, entry.at_ms)
        )
    return ReadMarks(by_party)


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    apart: list[Span] = []
    for since, upto in sorted(spans):
        if apart and since <= apart[-1][1] + 1:
            apart[-1] = (apart[-1][0], max(apart[-1][1], upto))
        else:
            apart.append((since, upto))
    return tuple(apart)
