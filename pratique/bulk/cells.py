"""Read a spreadsheet or a CSV file as rows of plain cells; nothing is interpreted yet."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

from pratique.bulk.guard import MAX_COLUMNS, MAX_ROWS, check_size, check_workbook, refused

Cell = str | float | int | bool | datetime | date | time | timedelta
SHEET = "shipments"
SUFFIXES = (".xlsx", ".ods", ".csv")
_MAX_CELL = 32_767


@dataclass(frozen=True)
class Table:
    """The rows of one sheet; the first is row 1 of the file. With semicolons between cells a comma is a decimal."""

    path: Path
    sheet: str
    rows: list[list[Cell]]
    decimal_comma: bool = False


def read_table(path: Path) -> Table:
    """Read the sheet `shipments` (or the only one) of an XLSX or ODS file, or a CSV file.

    Formula cells give the value that was saved with them.
    Raises  PratiqueError("bad_input")
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise refused(path, f"is not one of {', '.join(SUFFIXES)}", "save it as XLSX or as CSV UTF-8")
    try:
        return _read_csv(path) if suffix == ".csv" else _read_workbook(path)
    except OSError as error:
        raise refused(path, f"cannot be read: {(error.strerror or '?').lower()}") from None


def _read_workbook(path: Path) -> Table:
    from python_calamine import CalamineError, CalamineWorkbook

    check_workbook(path)
    try:
        with CalamineWorkbook.from_path(path) as workbook:
            names = workbook.sheet_names
            if SHEET not in names and len(names) != 1:
                raise refused(path, f"has no sheet {SHEET!r}; it has {', '.join(map(repr, names[:10]))}")
            name = SHEET if SHEET in names else names[0]
            rows: list[list[Cell]] = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise refused(path, f"cannot be read as a spreadsheet ({error})") from None
    return Table(path, name, rows)


def _read_csv(path: Path) -> Table:
    check_size(path)
    data = path.read_bytes()
    try:
        text = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        raise refused(path, "is not UTF-8", "in the spreadsheet, save it as CSV UTF-8") from None
    first, _, rest = text.partition("\n")
    rows: list[list[Cell]] = []
    said = first.strip().lower()
    if said.startswith("sep=") and len(said) == 5:  # how spreadsheets name the separator to each other
        text, separator = rest, said[4]
        rows.append([])
    else:
        separator = max(";,\t", key=lambda sign: first.count(sign))
    csv.field_size_limit(_MAX_CELL * 4)
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
            if len(rows) >= MAX_ROWS or len(row) > MAX_COLUMNS:
                raise refused(path, f"has more than {MAX_ROWS} rows or {MAX_COLUMNS} columns", "split the file")
            rows.append([unquoted(cell) for cell in row])
    except csv.Error as error:
        raise refused(path, f"is not a whole CSV file; row {len(rows) + 1}: {error}") from None
    return Table(path, "", rows, decimal_comma=separator == ";")


def quoted(text: str) -> str:
    """Write a text so that no spreadsheet takes it for a formula; a negative number stays as it is."""
    return f"'{text}" if re.match(r"'*[=+\-@\t\r]", text) and not re.fullmatch(r"-\d+(\.\d+)?", text) else text


def unquoted(cell: str) -> str:
    """Take back what `quoted` did."""
    return cell[1:] if re.match(r"'+[=+\-@\t\r]", cell) else cell
