"""Number what is said about consignments in the order in which this device could read it.

The numbers are the cursor of `GET /v1/events` and of every webhook. Nothing but places in logs is kept: a content that
waits for its key gets its number when it opens, so no reader of the list can miss it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from pratique.contents.content import Event
from pratique.contents.prenotification import GoodsPart, RoutePart
from pratique.gateway.book import Book
from pratique.reading import NO_KEY
from pratique.views.timeline import read_line
from pratique.wire.entries import Kind

if TYPE_CHECKING:
    from pratique.desk.desk import Desk
    from pratique.opened import OpenedEntry
    from pratique.views.timeline import Line

READ_AHEAD = 20
MOST_LINES = 4096


class Hearing:
    """What one gateway has heard in its operation."""

    def __init__(self, book: Book, desk: Desk) -> None:
        self._book = book
        self._desk = desk
        # What was read lately: deliveries and lists come soon after.
        self._lines: OrderedDict[tuple[bytes, int], Line] = OrderedDict()
        # Up to where each log was looked through; what waited for a key is before it and looked at again.
        self._after: dict[bytes, int] = {}

    def look(self) -> int:
        """Number what is new; give how much it was."""
        count = 0
        with self._book.transaction():
            for channel in self._desk.device.channels():
                ours = channel.charter.operation == self._desk.operation.id.hex()
                if ours and self._after.get(channel.id) != channel.seq:
                    count += self._look_at(channel.id, channel.seq)
        if count:
            # What was heard is judged by the board, which must not lag behind it.
            self._desk.refresh()
        return count

    def _look_at(self, log: bytes, seq: int) -> int:
        count, start, waiting = 0, self._after.get(log, 0), None
        last = seq
        for entry in self._desk.device.opened(log, start):
            if entry.problem is not None and entry.problem.startswith(NO_KEY) and waiting is None:
                waiting = entry.seq - 1
            last = max(last, entry.seq)
            if (line := self._read(entry)) is not None and _is_about(line):
                made = self._book.execute("INSERT OR IGNORE INTO heard (log, seq) VALUES (?, ?)", log, entry.seq)
                count += made.rowcount
        self._after[log] = last if waiting is None else waiting
        return count

    def newest(self) -> int:
        """Give the number of the newest thing heard."""
        return int(self._book.one("SELECT coalesce(max(number), 0) FROM heard")[0])

    def after(self, number: int, limit: int) -> Iterator[tuple[int, Line]]:
        """Yield what was heard after a number, in order."""
        rows = self._book.all("SELECT * FROM heard WHERE number > ? ORDER BY number LIMIT ?", number, limit)
        for row in rows:
            if (line := self.line(row["log"], row["seq"])) is not None:
                yield row["number"], line

    def line(self, log: bytes, seq: int) -> Line | None:
        """Give one thing heard; None where the store does not hold it any more."""
        if (log, seq) not in self._lines:
            for entry in islice(self._desk.device.opened(log, seq - 1), READ_AHEAD):
                self._read(entry)
        return self._lines.get((log, seq))

    def _read(self, entry: OpenedEntry) -> Line | None:
        if entry.kind is not Kind.APPLICATION or entry.problem is not None:
            return None
        line = self._lines[entry.channel, entry.seq] = read_line(entry)
        while len(self._lines) > MOST_LINES:
            self._lines.popitem(last=False)
        return line


def _is_about(line: Line) -> bool:
    return isinstance(line.content, GoodsPart | RoutePart | Event)
