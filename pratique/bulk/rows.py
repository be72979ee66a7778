"""Read a bulk file into announcements: header row, rows of one shipment together, every wrong cell named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pratique.bulk.cells import Cell, Table, read_table
from pratique.bulk.coercion import CellRefused, coerce, is_empty, several
from pratique.bulk.columns import IGNORED, NATIONAL_REFERENCE, Column, Columns
from pratique.bulk.guard import column_letters, refused
from pratique.bulk.places import RowProblem
from pratique.bulk.shipments import Shipment

if TYPE_CHECKING:
    from pratique.contents.content import Problem
    from pratique.contents.prenotification import Announcement
    from pratique.templates.template import Template

_HEADER_WITHIN = 10


@dataclass
class Row:
    """One shipment of the file; `number` is its first row, `announcement` None where its rows make none."""

    number: int
    national_reference: str
    announcement: Announcement | None
    problems: list[RowProblem]
    shipment: Shipment


@dataclass
class Reading:
    """What a file says: its shipments in order, what is wrong with the table as a whole, and where columns stand."""

    table: Table
    header_row: int
    letters: dict[str, str]
    problems: list[RowProblem]
    rows: list[Row]

    def placed(self, problem: RowProblem, row: Row) -> RowProblem:
        """Give a problem with its column's letters and its shipment."""
        column = self.letters.get(problem.header, "")
        return replace(problem, column=column, national_reference=row.national_reference)

    def at(self, problem: Problem, row: Row) -> RowProblem:
        """Say where in the file a problem or finding of a shipment's announcement stands."""
        return self.placed(row.shipment.at(problem), row)

    def wrong(self, row: Row, problems: Iterable[Problem]) -> list[RowProblem]:
        """Give everything wrong with a shipment: its cells, and what a check of its announcement found.

        A cell that could not be read is not told as missing too, and rules that need its value say nothing.
        """
        unread = {(problem.row, problem.header) for problem in row.problems}
        found = [self.at(problem, row) for problem in problems if not (unread and problem.code == "rule")]
        return sorted({*row.problems, *(one for one in found if (one.row, one.header) not in unread)})


def read_rows(path: Path, template: Template) -> Reading:
    """Read a file; what the template's rules say is not asked yet.

    Raises  PratiqueError("bad_input"), where the file as a whole is not readable
    """
    table = read_table(path)
    start, columns, problems = _headers(table, Columns(template))
    shipments: dict[str, Shipment] = {}
    reading = Reading(
        table, start, {column.header: column_letters(at + 1) for at, column in columns.items()}, problems, []
    )
    for number, cells in _filled_rows(table, start):
        _take(reading, shipments, columns, number, cells)
    for shipment in shipments.values():
        announcement = shipment.announcement(template.id)
        row = Row(shipment.row, shipment.national_reference, announcement, [], shipment)
        row.problems = sorted({reading.placed(problem, row) for problem in shipment.problems})
        reading.rows.append(row)
    return reading


def _headers(table: Table, known: Columns) -> tuple[int, dict[int, Column], list[RowProblem]]:
    """Find the header row; give its number, the column at each place, and what is wrong with it."""
    number = next((at for at in range(1, _HEADER_WITHIN + 1) if NATIONAL_REFERENCE in _named(table, at).values()), 0)
    named = _named(table, number)
    if NATIONAL_REFERENCE not in named.values():
        raise refused(
            table.path,
            f"has no header row with {NATIONAL_REFERENCE} in its first {_HEADER_WITHIN} rows",
            "begin from `pratique template prenotification`, and leave its first row as it is",
        )
    columns: dict[int, Column] = {}
    problems = []
    for at, header in named.items():
        column = known.find(header)
        letters = column_letters(at + 1)
        if header in IGNORED or header.startswith("#"):
            continue
        if column is None:
            text = "is not a column of this template; take it out, or begin its name with #"
            problems.append(RowProblem(number, letters, header[:80], "unknown_column", text))
        elif any(one.header == header for one in columns.values()):
            problems.append(RowProblem(number, letters, header, "duplicate_column", "stands twice"))
        else:
            columns[at] = column
    unnamed = [at for at in range(max(map(len, table.rows))) if at not in named]
    for row, cells in _filled_rows(table, number) if unnamed else ():
        for at in [at for at in unnamed if at < len(cells) and not is_empty(cells[at])]:
            unnamed.remove(at)
            problems.append(
                RowProblem(number, column_letters(at + 1), "", "no_header", f"has a value in row {row} and no header")
            )
    return number, columns, problems


def _named(table: Table, number: int) -> dict[int, str]:
    cells = table.rows[number - 1] if 0 < number <= len(table.rows) else []
    return {at: cell.strip().lower() for at, cell in enumerate(cells) if isinstance(cell, str) and cell.strip()}


def _filled_rows(table: Table, header_row: int) -> Iterator[tuple[int, list[Cell]]]:
    """Give the rows below the header with something in them; a row whose first value begins with # is a remark."""
    for number, cells in enumerate(table.rows[header_row:], start=header_row + 1):
        first = next((cell for cell in cells if not is_empty(cell)), None)
        if first is not None and not (isinstance(first, str) and first.lstrip().startswith("#")):
            yield number, cells


def _take(
    reading: Reading, shipments: dict[str, Shipment], columns: dict[int, Column], number: int, cells: list[Cell]
) -> None:
    values: list[tuple[Column, Any]] = []
    wrong: list[RowProblem] = []
    for at, cell in enumerate(cells):
        if cell == "" or (column := columns.get(at)) is None or is_empty(cell):
            continue
        try:
            value: Any = (
                several(cell, column.node)
                if column.many
                else coerce(cell, column.node, decimal_comma=reading.table.decimal_comma)
            )
        except CellRefused as refusal:
            wrong.append(RowProblem(number, "", column.header, refusal.code, str(refusal)))
        else:
            values.append((column, value))
    reference = next((value for column, value in values if column.header == NATIONAL_REFERENCE), "")
    # Rows without a reference are not taken for one shipment.
    shipment = shipments.setdefault(reference or f"#{number}", Shipment(reference, number))
    if not reference and not any(one.header == NATIONAL_REFERENCE for one in wrong):
        text = "is missing; it tells which rows are one shipment, and a later file which one to amend"
        wrong.append(RowProblem(number, "", NATIONAL_REFERENCE, "missing", text))
    shipment.add(number, values)
    shipment.problems += wrong
