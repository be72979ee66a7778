"""Turn one cell into the value its field wants, where that cannot be misread; say what went wrong where it can.

Spreadsheets lose leading zeros, round long numbers, and make dates of batch numbers. What is certainly the same is
taken (300241.0 is the HS code 300241); what may be something else is refused with a word on how to type it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from pratique.bulk.cells import Cell

JSON = str | int | float | bool
# Beyond this a spreadsheet's number has lost its last digits.
_EXACT = 10**15
_YES = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_AS_TEXT = "format the column as text and type it again"


class CellRefused(ValueError):
    """A cell that is not taken, with a stable code."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


def is_empty(cell: Cell) -> bool:
    """Say whether a cell holds nothing."""
    return isinstance(cell, str) and not cell.strip()


def coerce(cell: Cell, node: Mapping[str, Any], *, decimal_comma: bool = False) -> JSON:
    """Give a cell's value for one field.

    Takes   node: the field's schema; decimal_comma: the file separates cells by semicolons, so a comma is a decimal
    Raises  CellRefused
    """
    if isinstance(cell, float) and not math.isfinite(cell):
        raise CellRefused("wrong_form", "is no number that can be counted with")
    match _wanted(node):
        case "integer":
            return _whole(cell)
        case "number":
            return _number(cell, decimal_comma)
        case "boolean":
            return _truth(cell)
        case "day" | "gs1-day":
            return _day(cell, gs1=node.get("format") == "gs1-day")
        case "utc-instant":
            return _instant(cell)
        case _:
            return _text(cell, node)


def several(cell: Cell, node: Mapping[str, Any]) -> list[JSON]:
    """Give the values of a cell that holds several, separated by semicolons or line ends."""
    if not isinstance(cell, str):
        return [coerce(cell, node)]
    return [coerce(part, node) for part in re.split(r"[;\n]", cell) if part.strip()]


def _wanted(node: Mapping[str, Any]) -> str:
    return str(node["format"] if "format" in node else node.get("type", "string"))


def _text(cell: Cell, node: Mapping[str, Any]) -> str:
    match cell:
        case bool():
            raise CellRefused("wrong_form", f"is true or false where text is wanted; {_AS_TEXT}")
        case int() | float():
            return _digits(cell, node)
        case datetime() | date() | time() | timedelta():
            raise CellRefused("became_date", f"the spreadsheet has made a date or time of it; {_AS_TEXT}")
    text = cell.strip()
    if re.fullmatch(r"\d([.,]\d+)?E\+?\d+", text) and "pattern" in node and not re.search(node["pattern"], text):
        raise CellRefused("rounded", f"the spreadsheet has rounded a long number; {_AS_TEXT}")
    if "enum" in node and text not in node["enum"]:
        return next((choice for choice in node["enum"] if choice.casefold() == text.casefold()), text)
    return text


def _digits(cell: float, node: Mapping[str, Any]) -> str:
    """Write a number that stands where text is wanted, as a person typed it."""
    if abs(cell) >= _EXACT:
        raise CellRefused("rounded", f"the spreadsheet has rounded a long number; {_AS_TEXT}")
    digits = str(int(cell)) if cell == int(cell) else repr(cell)
    if node.get("x-list", "").startswith("hs") and len(digits) % 2:
        return f"0{digits}"  # chapters 01 to 09; HS codes have an even number of digits
    if node.get("x-check") == "gtin" and digits.isdigit():
        return digits.zfill(14)
    return digits


def _whole(cell: Cell) -> int:
    match cell:
        case bool():
            pass
        case int():
            return cell
        case float() if cell == int(cell) and abs(cell) < _EXACT:
            return int(cell)
        case str() if re.fullmatch(r"-?\d{1,15}", text := _ungrouped(cell)):
            return int(text)
    raise CellRefused("wrong_form", "must be a whole number, written without dots or commas")


def _number(cell: Cell, decimal_comma: bool) -> float:
    match cell:
        case bool():
            pass
        case int():
            return cell
        case float():
            return int(cell) if cell == int(cell) and abs(cell) < _EXACT else cell
        case str():
            text = _ungrouped(cell).replace(",", ".") if decimal_comma else _ungrouped(cell)
            if re.fullmatch(r"-?\d{1,15}", text):
                return int(text)
            if re.fullmatch(r"-?\d{1,15}\.\d{1,15}", text):
                return float(text)
    raise CellRefused("wrong_form", "must be a number such as 1924.5")


def _ungrouped(text: str) -> str:
    """Take the blanks out that some languages put between thousands; a dot or comma there could be a decimal."""
    return re.sub(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(\D|$))", "", text.strip()).replace("\u2212", "-")


def _truth(cell: Cell) -> bool:
    if isinstance(cell, bool):
        return cell
    said = str(int(cell)) if isinstance(cell, float) and cell == int(cell) else str(cell).strip().lower()
    if said not in _YES:
        raise CellRefused("wrong_form", "must be true or false")
    return _YES[said]


def _day(cell: Cell, *, gs1: bool) -> str:
    match cell:
        case datetime() if cell.time() == time():
            return cell.date().isoformat()
        case date() if not isinstance(cell, datetime):
            return cell.isoformat()
        case str():
            text = cell.strip()
            if gs1 and re.fullmatch(r"\d{6}", text):
                return f"20{text[:2]}-{text[2:4]}-{text[4:]}"
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ]00:00(:00)?Z?", text):
                return text[:10]
            if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
                return text
    raise CellRefused("wrong_form", "must be a date such as 2027-03-31")


def _instant(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return _written(cell)
    if isinstance(cell, str):
        text = cell.strip().upper().replace(" UTC", "Z")
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?", text):
            try:
                return _written(datetime.fromisoformat(text))
            except ValueError:
                raise CellRefused("wrong_form", "is not a time of the calendar") from None
    raise CellRefused("wrong_form", "must be a UTC time such as 2026-08-12T21:40Z")


def _written(at: datetime) -> str:
    """Write an instant; one without an offset is UTC, as the column says. Spreadsheets are off by microseconds."""
    try:
        utc = (at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)) + timedelta(milliseconds=500)
    except OverflowError:
        raise CellRefused("wrong_form", "is not a time of the calendar") from None
    return utc.strftime("%Y-%m-%dT%H:%M:%SZ" if utc.second else "%Y-%m-%dT%H:%MZ")
