"""Write the empty file that people fill in: XLSX with pick lists and explanations, or CSV."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pratique import codes
from pratique.bulk.cells import SHEET, quoted
from pratique.bulk.columns import Column, Columns
from pratique.errors import PratiqueError

if TYPE_CHECKING:
    from pratique.templates.template import Template

FIRST_ROW = 4
# Longer lists are looked up, not picked from.
MOST_PICKED = 400
_LAST_ROW = 20_000
_FORMATS = {"day": "yyyy-mm-dd", "gs1-day": "yyyy-mm-dd", "utc-instant": "yyyy-mm-dd hh:mm"}
OPTIONS = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": False}


def write_template(path: Path, template: Template, language: str) -> None:
    """Write an empty file in one language: row 1 the template's codes, row 2 labels, row 3 help.

    Raises  PratiqueError("usage"), if the name ends in neither .xlsx nor .csv
    """
    columns = Columns(template).offered
    match path.suffix.lower():
        case ".xlsx":
            _write_workbook(path, template, columns, language)
        case ".csv":
            texts = [label_and_help(template, column, language) for column in columns]
            rows = [
                [column.header for column in columns],
                [f"# {label}" if at == 0 else label for at, (label, _) in enumerate(texts)],
                [f"# {help_}" if at == 0 else help_ for at, (_, help_) in enumerate(texts)],
            ]
            write_csv(path, rows)
        case _:
            raise PratiqueError("usage", f"{path} ends in neither .xlsx nor .csv")


def write_csv(path: Path, rows: Iterable[Iterable[str]], separator: str = ",") -> None:
    """Write rows as spreadsheets like it: UTF-8 with its mark, and nothing that they take for a formula."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=separator).writerows([quoted(cell) for cell in row] for row in rows)


@cache
def words() -> dict[str, Any]:
    """Give the texts of bulk files in six languages."""
    told: dict[str, Any] = json.loads(files("pratique.bulk").joinpath("words.json").read_text(encoding="utf-8"))
    return told


def label_and_help(template: Template, column: Column, language: str) -> tuple[str, str]:
    """Give what stands in rows 2 and 3 of a column."""
    if column.level == "own":
        label, help_ = words()["own"][column.header][language]
    else:
        text = template.text(column.field, language)
        number = next((step + 1 for step in column.path if isinstance(step, int)), None)
        label, help_ = text.full if number is None else f"{text.full} ({number})", text.help
    return (f"{label} *" if column.required else label), help_


def _write_workbook(path: Path, template: Template, columns: list[Column], language: str) -> None:
    import xlsxwriter  # type: ignore[import-untyped]

    try:
        with xlsxwriter.Workbook(str(path), OPTIONS) as workbook:
            workbook.set_properties({"title": template.id, "comments": f"template {template.id}, {language}"})
            sheet, listed, explained = (workbook.add_worksheet(name) for name in (SHEET, "codes", "help"))
            if language == "ar":
                for one in (sheet, listed, explained):
                    one.right_to_left()
            ranges = _write_codes(workbook, listed, columns, language)
            _write_head(workbook, sheet, template, columns, language)
            for at, column in enumerate(columns):
                _offer_values(sheet, at, column, ranges)
            _write_help(workbook, explained, path, language)
    except xlsxwriter.exceptions.FileCreateError as error:
        raise PratiqueError("bad_input", f"{path} cannot be written: {error}") from None


def _write_head(workbook: Any, sheet: Any, template: Template, columns: list[Column], language: str) -> None:
    base = {"font_name": "Calibri", "valign": "top", "text_wrap": True, "border": 1, "border_color": "#CFD8DF"}
    code = workbook.add_format({**base, "font_size": 8, "font_color": "#5A6874", "bg_color": "#F2F5F7"})
    label = workbook.add_format({**base, "bold": True, "font_color": "#FFFFFF", "bg_color": "#0B4F6C"})
    optional = workbook.add_format({**base, "bold": True, "font_color": "#0B4F6C", "bg_color": "#E2EEF4"})
    small = workbook.add_format({**base, "font_size": 8, "italic": True, "font_color": "#5A6874"})
    kinds: dict[str, Any] = {}
    for at, column in enumerate(columns):
        kind = _number_format(column)
        if kind not in kinds:
            kinds[kind] = workbook.add_format({"num_format": kind, "font_name": "Calibri"})
        sheet.set_column(at, at, 22 if column.level == "own" else 19, kinds[kind])
    texts = [label_and_help(template, column, language) for column in columns]
    sheet.set_row(0, 24)
    for at, column in enumerate(columns):
        sheet.write_string(0, at, column.header, code)
    sheet.set_row(1, 46)
    for at, (text, _) in enumerate(texts):
        sheet.write_string(1, at, f"# {text}" if at == 0 else text, label if columns[at].required else optional)
    sheet.set_row(2, 70)
    for at, (_, text) in enumerate(texts):
        sheet.write_string(2, at, f"# {text}" if at == 0 else text, small)
    sheet.freeze_panes(FIRST_ROW - 1, 1)


def _number_format(column: Column) -> str:
    if column.many or column.node.get("type") == "string":
        # As text: a spreadsheet then keeps leading zeros, long numbers, and batch numbers that look like dates.
        return _FORMATS.get(str(column.node.get("format", "")), "@")
    return "0" if column.node.get("type") == "integer" else "General"


def _picked(column: Column) -> list[tuple[str, str]] | None:
    """Give the list and code of every value that may be picked in a column, or None."""
    name = column.code_list or column.header
    if "enum" in column.node:
        return [(name, str(code)) for code in column.node["enum"]]
    if column.code_list and len(known := codes.codes(column.code_list)) <= MOST_PICKED:
        return [(name, code) for code in known]
    return None


def _write_codes(workbook: Any, sheet: Any, columns: list[Column], language: str) -> dict[str, str]:
    """List every code that can be picked; give the range of each list."""
    bold = workbook.add_format({"bold": True, "bottom": 2})
    text = workbook.add_format({"num_format": "@"})
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 30, text)
    sheet.set_column(2, 2, 70)
    for at, title in enumerate(words()["codes"][language]):
        sheet.write_string(0, at, title, bold)
    sheet.freeze_panes(1, 0)
    ranges: dict[str, str] = {}
    row = 1
    for column in columns:
        name = column.code_list or column.header
        picked = _picked(column)
        if picked is None or name in ranges:
            continue
        first = row
        for _, one in picked:
            sheet.write_string(row, 0, name)
            sheet.write_string(row, 1, one, text)
            sheet.write_string(row, 2, codes.name(column.code_list, one, language) if column.code_list else one)
            row += 1
        ranges[name] = f"=codes!$B${first + 1}:$B${row}"
    return ranges


def _offer_values(sheet: Any, at: int, column: Column, ranges: dict[str, str]) -> None:
    name = column.code_list or column.header
    if name not in ranges or column.many:
        return
    rule = {"validate": "list", "source": ranges[name], "error_type": "stop" if "enum" in column.node else "warning"}
    sheet.data_validation(FIRST_ROW - 1, at, _LAST_ROW, at, rule)


def _write_help(workbook: Any, sheet: Any, path: Path, language: str) -> None:
    title, *sentences = words()["help"][language]
    sheet.set_column(0, 0, 100)
    sheet.write_string(0, 0, title, workbook.add_format({"bold": True, "font_size": 14, "font_color": "#0B4F6C"}))
    wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
    for row, sentence in enumerate(sentences, start=2):
        sheet.write_string(row, 0, sentence, wrapped)
    code = workbook.add_format({"font_name": "Consolas"})
    sheet.write_string(len(sentences) + 3, 0, f"pratique import {path.name} --dry-run", code)
    sheet.write_string(len(sentences) + 4, 0, f"pratique import {path.name}", code)
