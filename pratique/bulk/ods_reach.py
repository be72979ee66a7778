"""See how far the cells of an ODS file reach, while it is unpacked: a reader lays out all of them.

A few bytes can say "sixteen thousand times this cell, and a million times this row". Empty ends cost nothing; what
has a value, and everything before it, does.
"""

from __future__ import annotations

from collections.abc import Mapping
from xml.parsers import expat

_CELLS = frozenset({"table:table-cell", "table:covered-table-cell"})
_MOST_TIMES = 1 << 24  # beyond what a sheet has room for; more digits are not counted


class NotOds(ValueError):
    """A content.xml that spreadsheets do not write."""


class OdsReach:
    """Counts while it is fed.

    Takes   rows, columns: how far the farthest value lies; cells: how many a reader lays out, of all sheets
    """

    def __init__(self) -> None:
        self.rows = self.columns = self.cells = 0
        self._row = self._column = self._last_row = self._last_column = self._times = 0
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartDoctypeDeclHandler = self._refuse

    def feed(self, chunk: bytes, final: bool = False) -> None:
        """Take the next bytes; raises `NotOds`."""
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as error:
            raise NotOds(expat.errors.messages.get(error.code, "wrong XML")) from None

    def _start(self, name: str, attributes: Mapping[str, str]) -> None:
        if name == "table:table":
            self._row = self._last_row = self._last_column = 0
        elif name == "table:table-row":
            self._column, self._times = 0, _times(attributes.get("table:number-rows-repeated"))
            self._row += self._times
        elif name in _CELLS:
            self._column += _times(attributes.get("table:number-columns-repeated"))
            if any(one.startswith("office:") or one == "table:formula" for one in attributes):
                self._value()
        elif self._times:  # inside a cell: its text
            self._value()

    def _end(self, name: str) -> None:
        if name == "table:table-row":
            self._times = 0
        elif name == "table:table":
            self.cells += self._last_row * self._last_column

    def _value(self) -> None:
        self._last_row, self._last_column = self._row, max(self._last_column, self._column)
        self.rows, self.columns = max(self.rows, self._row), max(self.columns, self._column)

    def _refuse(self, *_: object) -> None:
        raise NotOds("it declares a document type")


def _times(text: str | None) -> int:
    if text is None:
        return 1
    if not text.isascii() or not text.isdigit():
        raise NotOds("a repetition is no number")
    return min(int(text[:9]), _MOST_TIMES) or 1
