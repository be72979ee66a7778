"""Look at a workbook's ZIP before anything is unpacked into memory: sizes as they really are, and how far its cells go.

A spreadsheet reader lays out every cell between the first and the last: two cells at opposite corners of a sheet
would ask for 17 billion. The sizes that a ZIP states about itself are not believed; they are counted.
"""

from __future__ import annotations

import copy
import re
import zipfile
from pathlib import Path

from pratique.errors import PratiqueError

MAX_FILE_BYTES = 32 << 20
MAX_UNPACKED_BYTES = 512 << 20
MAX_PARTS = 500
MAX_ROWS = 60_000
MAX_COLUMNS = 400
_CHUNK = 1 << 20
_CELL = re.compile(rb"\br\s*=\s*[\"']\s*([A-Za-z]{1,9})?([0-9]{1,20})\s*[\"']")
_ODS_REPEAT = re.compile(rb"number-(rows|columns)-repeated\s*=\s*[\"']([0-9]{1,20})[\"']")


def check_size(path: Path) -> None:
    """Refuse a file that is larger than a bulk file has reason to be."""
    if (size := path.stat().st_size) > MAX_FILE_BYTES:
        raise refused(path, f"is {size} bytes long; at most {MAX_FILE_BYTES} are read")


def check_workbook(path: Path) -> None:
    """Refuse a workbook that would unpack into too much.

    Raises  PratiqueError("bad_input")
    """
    check_size(path)
    try:
        with zipfile.ZipFile(path) as packed:
            parts = packed.infolist()
            if len(parts) > MAX_PARTS:
                raise refused(path, f"holds {len(parts)} parts; a workbook of one sheet has a dozen")
            left = MAX_UNPACKED_BYTES
            for part in parts:
                left = _measure(path, packed, part, left)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError) as error:
        raise refused(path, f"is not a whole XLSX or ODS file ({error})") from None


def _measure(path: Path, packed: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> int:
    if part.flag_bits & 0x1:
        raise refused(path, "is protected by a password; save it without one")
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise refused(path, "is packed in a way that spreadsheets do not use")
    counted = copy.copy(part)
    counted.file_size = left + 2 * _CHUNK  # read on past what the ZIP states, as other readers would
    sheet = re.fullmatch(r"xl/worksheets/[^/]+\.xml", part.filename)
    ods = part.filename == "content.xml"
    tail = b""
    with packed.open(counted) as unpacked:
        while chunk := unpacked.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise refused(path, f"unpacks to more than {MAX_UNPACKED_BYTES} bytes")
            if sheet or ods:
                (_check_cells if sheet else _check_repeats)(path, tail + chunk)
                tail = chunk[-64:]
    return left


def _check_cells(path: Path, xml: bytes) -> None:
    for column, row in sorted(set(_CELL.findall(xml)), reverse=True):
        if int(row) > MAX_ROWS or column_number(column.decode()) > MAX_COLUMNS:
            what = f"has a cell at {column.decode()}{row.decode()}"
            limits = f"at most {MAX_ROWS} rows and {MAX_COLUMNS} columns are read"
            raise refused(path, f"{what}; {limits}", "delete what stands far outside the table, or split the file")


def _check_repeats(path: Path, xml: bytes) -> None:
    # Empty rows and columns to the sheet's end are written as one repetition; readers drop those.
    for what, times in set(_ODS_REPEAT.findall(xml)):
        if int(times) > (1_048_576 if what == b"rows" else 16_384):
            raise refused(path, "repeats a row or column more often than a sheet has room for")


def column_number(letters: str) -> int:
    """Give the number of a column: A is 1, AA is 27; no letters, 0."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """Give the letters of a column: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def refused(path: Path, what: str, hint: str = "") -> PratiqueError:
    """Say why a whole file is not read."""
    return PratiqueError("bad_input", f"{path} {what}", hint)
