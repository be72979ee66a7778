"""Gather the rows of one shipment into one announcement, and remember from which cell each value came.

row 4   REF-1   consignor …   goods A …   lot 1        shipment REF-1: goods A: lot 1
row 5   REF-1                             lot 2                                 lot 2
row 6   REF-1                 goods B …   lot 3                        goods B: lot 3
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pratique.bulk.columns import REASON, Column, Step, header_of
from pratique.bulk.places import RowProblem
from pratique.contents.content import ContentRefused, Problem
from pratique.contents.prenotification import Announcement, Override
from pratique.templates.paths import joined

Values = dict[tuple[Step, ...], tuple[Any, int, str]]  # path → value, row, header
# A template has no more lines of goods; beyond it a row is not compared with every line before it.
_MOST_LINES = 50


class Shipment:
    """One shipment of the file."""

    def __init__(self, national_reference: str, row: int) -> None:
        self.national_reference = national_reference
        self.row = row
        self.problems: list[RowProblem] = []
        self.reasons: dict[int, str] = {}
        self._own: Values = {}
        self._shared: Values = {}
        self._lines: list[tuple[Values, list[Values], int]] = []  # goods values, lots, first row
        self._cells: dict[str, tuple[int, str]] = {}  # path of a value → row, header
        self._items: dict[str, tuple[int, str]] = {}  # path of an item of a list → row, how its headers begin

    def add(self, row: int, values: Iterable[tuple[Column, Any]]) -> None:
        """Take the values of one row."""
        goods: Values = {}
        lot: Values = {}
        for column, value in values:
            told = (value, row, column.header)
            if column.header == REASON:
                self.reasons[row] = value
            elif column.level == "goods":
                goods[column.path] = told
            elif column.level == "lot":
                lot[column.path] = told
            else:
                self._agree(self._own if column.level == "own" else self._shared, column, told)
        if goods or lot:
            lots = self._line(goods, row)
            if lot:
                lots.append(lot)

    def _agree(self, known: Values, column: Column, told: tuple[Any, int, str]) -> None:
        value, row, header = told
        before = known.setdefault(column.path, told)
        if before[0] != value:
            text = f"differs from row {before[1]}; all rows of one shipment say the same, or nothing"
            self.problems.append(RowProblem(row, "", header, "contradiction", text))

    def _line(self, goods: Values, row: int) -> list[Values]:
        """Give the lots of the line that a row belongs to: the last if it names no goods, else the one it matches."""
        if self._lines and not goods:
            return self._lines[-1][1]
        for known, lots, _ in self._lines if len(self._lines) <= _MOST_LINES else self._lines[-1:]:
            shared = known.keys() & goods.keys()
            if shared and all(known[path][0] == goods[path][0] for path in shared):
                known.update({path: told for path, told in goods.items() if path not in known})
                return lots
        self._lines.append((goods, [], row))
        return self._lines[-1][1]

    def announcement(self, template: str) -> Announcement | None:
        """Give the announcement that the rows make; None where its envelope is wrong, with the problems noted."""
        form = self._nested(self._shared, ())
        if self._lines:
            form["goods"] = [self._goods(index, *line) for index, line in enumerate(self._lines)]
        own = {str(path[0]): value for path, (value, _, _) in self._own.items()}
        for path, (_, row, header) in self._own.items():
            self._cells[str(path[0])] = (row, header)
        try:
            return Announcement.check({"template": template, **own, "form": form})
        except ContentRefused as refused:
            self.problems += [self.at(problem) for problem in refused.problems]
            return None

    def _goods(self, index: int, values: Values, lots: list[Values], row: int) -> dict[str, Any]:
        here: tuple[Step, ...] = ("goods", index)
        self._items[joined(*here)] = (row, "goods")
        line = self._nested(values, here)
        if lots:
            line["lots"] = []
        for number, lot in enumerate(lots):
            place = (*here, "lots", number)
            self._items[joined(*place)] = (next(iter(lot.values()))[1], "lot")
            line["lots"].append(self._nested(lot, place))
        return line

    def _nested(self, values: Values, above: tuple[Step, ...]) -> dict[str, Any]:
        """Build the objects and lists that paths name; leg1 and leg3 without leg2 make two legs."""
        root: dict[str, Any] = {}
        numbers: dict[tuple[Step, ...], list[int]] = {}
        for path in values:
            for at, step in enumerate(path):
                if isinstance(step, int) and step not in (known := numbers.setdefault(path[:at], [])):
                    known.append(step)
        for known in numbers.values():
            known.sort()
        for path, (value, row, header) in values.items():
            node: Any = root
            made: list[Step] = []
            for at, step in enumerate(path[:-1]):
                following = path[at + 1]
                if isinstance(step, int):
                    index = numbers[path[:at]].index(step)
                    made.append(index)
                    while len(node) <= index:
                        node.append({})
                    node = node[index]
                    self._items.setdefault(joined(*above, *made), (row, header.rpartition(".")[0].partition(".")[0]))
                else:
                    made.append(step)
                    node = node.setdefault(step, [] if isinstance(following, int) else {})
            node[path[-1]] = value
            self._cells[joined(*above, *made, path[-1])] = (row, header)
        return root

    def at(self, problem: Problem) -> RowProblem:
        """Say in which row and under which header a problem of the announcement stands."""
        row, header = self._place(problem.path.removeprefix("form."))
        return RowProblem(row, "", header, problem.code or "wrong_form", problem.text)

    def _place(self, path: str) -> tuple[int, str]:
        if path in self._cells:
            return self._cells[path]
        if (value := path.rpartition("[")[0]) in self._cells:  # one of several values in a cell
            return self._cells[value]
        item, rest = path, ""
        while item and item not in self._items:
            cut = max(item.rfind("."), item.rfind("["))
            item, rest = (item[:cut], item[cut:] + rest) if cut > 0 else ("", path)
        if item:
            row, begins = self._items[item]
            return row, f"{begins}{rest}" if rest.startswith(".") and "[" not in rest else header_of(path)
        for cell, place in self._cells.items():
            if cell.startswith((f"{path}.", f"{path}[")):
                return place
        return self.row, header_of(path) if path else ""

    def reasoned(self, announcement: Announcement, findings: Iterable[Problem], reason: str) -> Announcement:
        """Give the announcement with a reason for each finding whose row has one (or the reason given for all)."""
        overrides = [
            Override(field=finding.path, reason=said)
            for finding in findings
            if (said := self.reasons.get(self.at(finding).row) or reason)
        ]
        return announcement.model_copy(update={"overrides": (*announcement.overrides, *overrides)})
