"""Fill in bulk files as people and systems do: announcements laid out as rows, written as XLSX or CSV."""

from __future__ import annotations

import copy
import csv
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]

from pratique.bulk.columns import Columns, header_of
from pratique.contents.prenotification import Announcement
from pratique.templates import newest
from pratique.templates.paths import values
from tests.exports.story import FORM

TEMPLATE = newest("prenotification")
HEADERS = [column.header for column in Columns(TEMPLATE).offered]
Row = dict[str, Any]


def announcement(number: int, **around: Any) -> Announcement:
    """Give one of many consignments: its own reference, batches and flight."""
    form = copy.deepcopy(FORM)
    for line in form["goods"]:
        for at, lot in enumerate(line["lots"]):
            lot["batch"] = f"L{number:04}{at}"
    form["legs"][0]["flight"] = f"EK{number % 9999 + 1}"
    return Announcement.check({"national_reference": f"BE-{number:06}", "form": form, **around})


def rows_of(one: Announcement) -> list[Row]:
    """Lay an announcement out: its first lot's row says everything, the further ones only reference and lot."""
    shared: Row = {"national_reference": one.national_reference, "kind": one.kind, "mode": one.mode, "tlp": one.tlp}
    goods: dict[int, Row] = {}
    lots: dict[tuple[int, int], Row] = {}
    for field in TEMPLATE.fields():
        for path, value in values(one.form, field.path):
            numbers = [int(step.partition("]")[0]) for step in path.split("[")[1:]]
            header = header_of(path)
            row = (
                lots.setdefault((numbers[0], numbers[1]), {})
                if header.startswith("lot.")
                else goods.setdefault(numbers[0], {})
                if path.startswith("goods[")
                else shared
            )
            row[header] = f"{row[header]};{value}" if field.path.endswith("[]") and header in row else value
    rows = [{**(goods[line] if number == 0 else {}), **lot} for (line, number), lot in sorted(lots.items())]
    rows = rows or [goods[line] for line in sorted(goods)]
    return [
        {**(shared if at == 0 else {}), **row, "national_reference": one.national_reference}
        for at, row in enumerate(rows)
    ]


def write(
    path: Path, rows: Iterable[Row], headers: Sequence[str] = HEADERS, above: Sequence[Sequence[str]] = ()
) -> Path:
    """Write rows under headers; `above` are further rows right below the header."""
    laid = [list(headers), *above, *([row.get(header, "") for header in headers] for row in rows)]
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(laid)
        return path
    return workbook(path, lambda sheet, book: fill(sheet, laid, book))


def fill(sheet: Any, rows: Sequence[Sequence[Any]], book: Any) -> None:
    """Write cells as a spreadsheet keeps them: text as text, numbers as numbers, instants as dates."""
    date = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    for number, row in enumerate(rows):
        for at, cell in enumerate(row):
            match cell:
                case "":
                    pass
                case str():
                    sheet.write_string(number, at, cell)
                case datetime():
                    sheet.write_datetime(number, at, cell, date)
                case _:
                    sheet.write(number, at, cell)


def workbook(path: Path, make: Callable[[Any, Any], None], name: str = "shipments") -> Path:
    """Write a workbook of one sheet."""
    with xlsxwriter.Workbook(str(path)) as book:
        make(book.add_worksheet(name), book)
    return path
