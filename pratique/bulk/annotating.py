"""Write a copy of a bulk file that shows what is wrong: the same sheet, wrong cells in red, a column `errors`.

People correct the copy and import it in place of the file; the errors column is not read.
"""

from __future__ import annotations

import math
import os
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

from pratique.bulk.cells import SHEET, Cell
from pratique.bulk.guard import column_number
from pratique.bulk.places import RowProblem
from pratique.bulk.rows import Reading
from pratique.bulk.writing import OPTIONS, write_csv

ERRORS = "errors"
_LOOKS: dict[str, dict[str, Any]] = {
    "bold": {"bold": True},
    "said": {"text_wrap": True, "font_color": "#A11B12", "valign": "top"},
    "text": {"num_format": "@"},
    "number": {},
    "date": {"num_format": "yyyy-mm-dd"},
    "datetime": {"num_format": "yyyy-mm-dd hh:mm"},
    "timedelta": {"num_format": "[hh]:mm"},
}


def write_annotated(reading: Reading, problems: Sequence[RowProblem]) -> Path:
    """Write `name.errors.xlsx` (or .csv) beside the file; give its path."""
    path = reading.table.path
    kind = ".csv" if path.suffix.lower() == ".csv" else ".xlsx"
    copy = path.with_name(f"{path.name.removesuffix(path.suffix).removesuffix('.errors')}.errors{kind}")
    # For the owner alone, as every file in which something stands in clear that is sealed on its way.
    os.close(os.open(copy, os.O_WRONLY | os.O_CREAT, 0o600))
    told: dict[int, list[str]] = defaultdict(list)
    for problem in problems:
        place = f"{problem.column} {problem.header}".strip()
        told[problem.row].append(f"{place}: {problem.text} [{problem.code}]" if place else problem.text)
    header = reading.table.rows[reading.header_row - 1]
    at = next((at for at, cell in enumerate(header) if str(cell).strip().lower() == ERRORS), len(header))
    (_write_csv if kind == ".csv" else _write_xlsx)(copy, reading, at, told, problems)
    return copy


def _write_csv(copy: Path, reading: Reading, at: int, told: dict[int, list[str]], _: Sequence[RowProblem]) -> None:
    rows = []
    for number, cells in enumerate(reading.table.rows, start=1):
        row = [str(cell) for cell in cells[:at]] + [""] * (at - len(cells))
        row.append(ERRORS if number == reading.header_row else "; ".join(told.get(number, ())))
        rows.append(row)
    separator = ";" if reading.table.decimal_comma else ","
    write_csv(copy, rows, separator)


def _write_xlsx(
    copy: Path, reading: Reading, at: int, told: dict[int, list[str]], problems: Sequence[RowProblem]
) -> None:
    import xlsxwriter  # type: ignore[import-untyped]

    wrong = {(problem.row, column_number(problem.column)) for problem in problems if problem.column}
    with xlsxwriter.Workbook(str(copy), OPTIONS) as workbook:
        styles = _Styles(workbook)
        sheet = workbook.add_worksheet(SHEET)
        sheet.freeze_panes(reading.header_row, 1)
        sheet.set_column(0, at - 1, 18)
        sheet.set_column(at, at, 90)
        for number, cells in enumerate(reading.table.rows, start=1):
            for place, cell in enumerate(cells[:at]):
                if cell != "" or (number, place + 1) in wrong:
                    _write_cell(sheet, number - 1, place, cell, styles, (number, place + 1) in wrong)
            if number == reading.header_row:
                sheet.write_string(number - 1, at, ERRORS, styles.give("bold"))
            elif number in told:
                sheet.write_string(number - 1, at, "\n".join(told[number])[:32_000], styles.give("said"))


class _Styles:
    """The few formats of a copy, each made once."""

    def __init__(self, workbook: Any) -> None:
        self._workbook = workbook
        self._made: dict[tuple[str, bool], Any] = {}

    def give(self, look: str, wrong: bool = False) -> Any:
        if (look, wrong) not in self._made:
            red = {"bg_color": "#FDE7E5", "font_color": "#A11B12"} if wrong else {}
            self._made[look, wrong] = self._workbook.add_format({**_LOOKS[look], **red})
        return self._made[look, wrong]


def _write_cell(sheet: Any, row: int, at: int, cell: Cell, styles: _Styles, wrong: bool) -> None:
    match cell:
        case bool():
            sheet.write_boolean(row, at, cell, styles.give("number", wrong))
        case int() | float() if math.isfinite(cell):
            sheet.write_number(row, at, cell, styles.give("number", wrong))
        case datetime():
            sheet.write_datetime(row, at, cell, styles.give("datetime", wrong))
        case date():
            sheet.write_datetime(row, at, datetime.combine(cell, time()), styles.give("date", wrong))
        case time() | timedelta():
            sheet.write_datetime(row, at, cell, styles.give("timedelta", wrong))
        case "":
            sheet.write_blank(row, at, None, styles.give("text", wrong))
        case _:
            sheet.write_string(row, at, str(cell), styles.give("text", wrong))
