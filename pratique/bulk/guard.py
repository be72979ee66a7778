"""Look at a workbook's ZIP before anything is unpacked into memory: sizes as they really are, and how far its cells go.

A spreadsheet reader lays out every cell between the first and the last: two cells at opposite corners of a sheet
would ask for 17 billion. The sizes that a ZIP states about itself are not believed; they are counted.
"""

from __future__ import annotations

import copy
import re
import zipfile
from pathlib import Path

from pratique.bulk.ods_reach import OdsReach
from pratique.errors import PratiqueError

MAX_FILE_BYTES = 32 << 20
MAX_UNPACKED_BYTES = 512 << 20
MAX_PARTS = 500
MAX_ROWS = 60_000
MAX_COLUMNS = 400
MAX_CELLS = 8_000_000  # a reader lays out all between the first and the last, also the empty ones
_CHUNK = 1 << 20
FAR = "delete what stands far outside the table, or split the file"
_CELL = re.compile(rb"\br\s*=\s*[\"']\s*([A-Za-z]{1,9})?([0-9]{1,20})\s*[\"']")


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
    tail, rows, columns, reach = b"", 0, 0, OdsReach()
    with packed.open(counted) as unpacked:
        while chunk := unpacked.read(_CHUNK):
            left -= len(chunk)
            if left < 0:
                raise refused(path, f"unpacks to more than {MAX_UNPACKED_BYTES} bytes")
            if sheet:
                rows, columns = _check_cells(path, tail + chunk, rows, columns)
                tail = chunk[-64:]
            elif ods:
                reach.feed(chunk)
                _check_place(path, reach.columns, reach.rows)
                _check_number(path, reach.cells)
    _check_number(path, rows * columns)
    return left


def _check_cells(path: Path, xml: bytes, rows: int, columns: int) -> tuple[int, int]:
    """Give how far the cells reach that were seen so far."""
    for letters, number in sorted(set(_CELL.findall(xml)), reverse=True):
        column, row = column_number(letters.decode()), int(number)
        _check_place(path, column, row)
        rows, columns = max(rows, row), max(columns, column)
    return rows, columns


def _check_place(path: Path, column: int, row: int) -> None:
    if row > MAX_ROWS or column > MAX_COLUMNS:
        what = f"has a cell at {column_letters(column)}{row}"
        limits = f"at most {MAX_ROWS} rows and {MAX_COLUMNS} columns are read"
        raise refused(path, f"{what}; {limits}", FAR)


def _check_number(path: Path, cells: int) -> None:
    if cells > MAX_CELLS:
        raise refused(path, f"is a table of {cells} cells; at most {MAX_CELLS} are read", FAR)


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
