"""Files that are broken, wrong or made to harm: refused in words, in time, and before they are unpacked."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pratique.bulk import guard
from pratique.bulk.annotating import write_annotated
from pratique.bulk.rows import read_rows
from pratique.errors import PratiqueError
from tests.bulk.filling import HEADERS, TEMPLATE, announcement, fill, rows_of, workbook, write


def repacked(tmp_path: Path, change: Callable[[zipfile.ZipFile, dict[str, bytes]], None]) -> Path:
    """Give a right workbook with its parts changed."""
    right = write(tmp_path / "right.xlsx", rows_of(announcement(1)))
    with zipfile.ZipFile(right) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    wrong = tmp_path / "wrong.xlsx"
    with zipfile.ZipFile(wrong, "w", zipfile.ZIP_DEFLATED) as packed:
        change(packed, parts)
        for name, data in parts.items():
            packed.writestr(name, data)
    return wrong


def refusal(file: Path) -> str:
    """Give the words in which a file is refused."""
    with pytest.raises(PratiqueError) as refused:
        read_rows(file, TEMPLATE)
    assert refused.value.code == "bad_input"
    assert str(file) in refused.value.detail
    return refused.value.detail


def bomb(packed: zipfile.ZipFile, parts: dict[str, bytes]) -> None:
    parts["xl/sharedStrings.xml"] = b" " * (guard.MAX_UNPACKED_BYTES + 1)


def test_a_zip_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MAX_UNPACKED_BYTES", 4 << 20)
    assert "unpacks to more than" in refusal(repacked(tmp_path, bomb))


def test_the_sizes_that_a_zip_states_are_not_believed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MAX_UNPACKED_BYTES", 4 << 20)
    file = repacked(tmp_path, bomb)
    stated = (4 << 20) + 1
    data = file.read_bytes()
    assert data.count(stated.to_bytes(4, "little")) == 2
    file.write_bytes(data.replace(stated.to_bytes(4, "little"), (99).to_bytes(4, "little")))
    assert "unpacks to more than" in refusal(file)


def test_a_cell_at_the_far_corner_asks_for_no_memory(tmp_path: Path) -> None:
    def far(sheet: Any, book: Any) -> None:
        fill(sheet, [HEADERS, ["x"]], book)
        sheet.write_string(1_048_575, 16_383, "far")

    assert "has a cell at XFD1048576" in refusal(workbook(tmp_path / "far.xlsx", far))


def test_two_cells_that_ask_for_millions_between_them(tmp_path: Path) -> None:
    def far(sheet: Any, book: Any) -> None:
        fill(sheet, [HEADERS, ["x"]], book)
        sheet.write_string(guard.MAX_ROWS - 1, guard.MAX_COLUMNS - 1, "far")

    assert "is a table of 24000000 cells" in refusal(workbook(tmp_path / "wide.xlsx", far))


def ods(file: Path, rows: str, before: str = "") -> Path:
    """Write the least that a reader takes for an ODS file."""
    named = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    sheet = f'<table:table table:name="shipments">{rows}</table:table>'
    body = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("META-INF/manifest.xml", "<manifest/>")
        document = f"<office:document-content {named}>{body}</office:document-content>"
        packed.writestr("content.xml", f'<?xml version="1.0"?>{before}{document}')
    return file


def row(*cells: str, times: int = 1) -> str:
    """Write one row of an ODS sheet, so many times."""
    return f'<table:table-row table:number-rows-repeated="{times}">{"".join(cells)}</table:table-row>'


def cell(text: str, times: int = 1) -> str:
    """Write one cell, so many times."""
    inner = f"<text:p>{text}</text:p>" if text else ""
    kind = ' office:value-type="string"' if text else ""
    return f'<table:table-cell table:number-columns-repeated="{times}"{kind}>{inner}</table:table-cell>'


def test_an_ods_file_whose_ends_are_empty_is_read(tmp_path: Path) -> None:
    rows = row(cell("national_reference"), cell("", 16_383)) + row(cell("R1"), cell("", 3), cell("", 16_380))
    reading = read_rows(ods(tmp_path / "small.ods", rows + row(cell("", 16_384), times=1_048_574)), TEMPLATE)
    assert [one.national_reference for one in reading.rows] == ["R1"]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (row(cell("x", 16_000), times=2), "has a cell at WQJ"),
        (row(cell("x"), times=1_000_000), "has a cell at A1000000"),
        (row(cell("", 16_000), cell("x")), "has a cell at WQK1"),
        (row(cell("x", 400), times=60_000), "is a table of 24000000 cells"),
        ('<table:table-row><table:table-cell table:number-columns-repeated="x"/></table:table-row>', "no number"),
    ],
)
def test_an_ods_file_that_repeats_its_cells_too_often(tmp_path: Path, rows: str, said: str) -> None:
    assert said in refusal(ods(tmp_path / "wide.ods", rows))


def test_an_ods_file_declares_nothing(tmp_path: Path) -> None:
    entity = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    assert "declares a document type" in refusal(ods(tmp_path / "entity.ods", row(cell("&a;")), entity))


@pytest.mark.parametrize("number", [b"INF", b"1e999", b"nan"])
def test_a_number_that_is_none_is_told_at_its_cell(tmp_path: Path, number: bytes) -> None:
    rows = rows_of(announcement(1))
    rows[0]["packages.count"] = 4711
    with (
        zipfile.ZipFile(write(tmp_path / "counted.xlsx", rows)) as right,
        zipfile.ZipFile(tmp_path / "endless.xlsx", "w") as wrong,
    ):
        for name in right.namelist():
            wrong.writestr(name, right.read(name).replace(b"<v>4711</v>", b"<v>" + number + b"</v>"))
    reading = read_rows(tmp_path / "endless.xlsx", TEMPLATE)
    (problem,) = reading.rows[0].problems
    assert (problem.row, problem.header, problem.code) == (2, "packages.count", "wrong_form")
    annotated = write_annotated(reading, reading.rows[0].problems)
    assert stat.S_IMODE(annotated.stat().st_mode) == 0o600


def test_formulas_are_the_values_saved_with_them(tmp_path: Path) -> None:
    rows = rows_of(announcement(1))

    def formulas(sheet: Any, book: Any) -> None:
        fill(sheet, [HEADERS, *([row.get(header, "") for header in HEADERS] for row in rows)], book)
        sheet.write_formula(1, HEADERS.index("lot.doses"), "=6*11700", value=70200)
        sheet.write_formula(1, HEADERS.index("note"), '=WEBSERVICE("http://evil.example/")', value="kept")

    (row,) = read_rows(workbook(tmp_path / "formulas.xlsx", formulas), TEMPLATE).rows
    assert row.announcement is not None
    assert row.announcement.form["goods"][0]["lots"][0]["doses"] == 70200
    assert row.announcement.form["note"] == "kept"


def test_a_text_that_looks_like_a_formula_stays_a_text(tmp_path: Path) -> None:
    rows = rows_of(announcement(1))
    rows[0]["consignee.name"] = "=cmd|' /C calc'!A0"
    (row,) = read_rows(write(tmp_path / "text.xlsx", rows), TEMPLATE).rows
    assert row.announcement is not None
    assert row.announcement.form["consignee"]["name"] == "=cmd|' /C calc'!A0"


def test_a_huge_text_is_told_at_its_cell(tmp_path: Path) -> None:
    rows = rows_of(announcement(1))
    rows[0]["consignor.name"] = "x" * 32_000
    reading = read_rows(write(tmp_path / "huge.xlsx", rows), TEMPLATE)
    (row,) = reading.rows
    assert row.announcement is not None
    (problem,) = [reading.at(one, row) for one in TEMPLATE.problems(TEMPLATE.filled(row.announcement.form))]
    assert (problem.row, problem.column, problem.header) == (2, "H", "consignor.name")
    assert len(problem.text) < 200


def test_merged_cells_count_once(tmp_path: Path) -> None:
    rows = rows_of(announcement(1))

    def merged(sheet: Any, book: Any) -> None:
        fill(sheet, [HEADERS, *([row.get(header, "") for header in HEADERS] for row in rows)], book)
        at = HEADERS.index("importer")
        sheet.merge_range(1, at, 3, at, "UNICEF")

    (row,) = read_rows(workbook(tmp_path / "merged.xlsx", merged), TEMPLATE).rows
    assert row.announcement is not None
    assert row.announcement.form["importer"] == "UNICEF"


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_a_table_without_its_header_is_refused(tmp_path: Path, kind: str) -> None:
    file = write(tmp_path / f"headless.{kind}", [], headers=["a", "b"], above=[["1", "2"]])
    assert "has no header row with national_reference" in refusal(file)


def test_unknown_and_double_columns_and_values_without_header_are_told(tmp_path: Path) -> None:
    headers = ["national_reference", "consignor.name", "consignor.nmae", "consignor.name", "# ours", "errors", ""]
    row = dict.fromkeys(headers, "x")
    reading = read_rows(write(tmp_path / "columns.csv", [row], headers=headers), TEMPLATE)
    assert [(one.row, one.column, one.code) for one in reading.problems] == [
        (1, "C", "unknown_column"),
        (1, "D", "duplicate_column"),
        (1, "G", "no_header"),
    ]


def test_the_sheet_is_found_by_its_name(tmp_path: Path) -> None:
    laid = [HEADERS, *([row.get(header, "") for header in HEADERS] for row in rows_of(announcement(1)))]

    def filled(sheet: Any, book: Any) -> None:
        fill(book.add_worksheet("shipments"), laid, book)
        sheet.write_string(0, 0, "something else")

    assert len(read_rows(workbook(tmp_path / "second.xlsx", filled, "notes"), TEMPLATE).rows) == 1

    def elsewhere(sheet: Any, book: Any) -> None:
        book.add_worksheet("more")

    assert "has no sheet 'shipments'; it has 'notes', 'more'" in refusal(
        workbook(tmp_path / "wrong.xlsx", elsewhere, "notes")
    )


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.xlsx", b"not a zip", "is not a whole XLSX or ODS file"),
        ("a.ods", b"PK\x03\x04", "is not a whole XLSX or ODS file"),
        ("a.xls", b"", "is not one of .xlsx, .ods, .csv"),
        ("a.csv", b"national_reference;note\nx;\xe9t\xe9", "is not UTF-8"),
        ("a.csv", b'national_reference\n"open', "is not a whole CSV file"),
        ("a.csv", b"national_reference\n" + b"x" * 200_000, "is not a whole CSV file"),
        ("a.csv", b"", "has no header row"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path: Path, name: str, data: bytes, words: str) -> None:
    file = tmp_path / name
    file.write_bytes(data)
    assert words in refusal(file)


def test_a_large_file_is_not_opened(tmp_path: Path) -> None:
    file = tmp_path / "large.csv"
    with file.open("wb") as target:
        target.truncate(guard.MAX_FILE_BYTES + 1)
    assert "bytes long" in refusal(file)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert "cannot be read" in refusal(tmp_path / "none.csv")
