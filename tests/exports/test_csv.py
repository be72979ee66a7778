"""CSV: the board a row a consignment, a consignment a row a value; nothing that a spreadsheet runs."""

from __future__ import annotations

import copy
import csv
import io
import re

from pratique.contents.fields import instant_ms
from pratique.exports.csv_table import BOARD_COLUMNS, CONSIGNMENT_COLUMNS, board_csv, consignment_csv
from tests.exports.story import FORM, REFERENCE, whole_story

NOW = instant_ms("2026-11-27T10:00Z")


def read(text: str) -> list[list[str]]:
    """Read CSV back."""
    return list(csv.reader(io.StringIO(text, newline="")))


def test_the_board_is_a_row_a_consignment() -> None:
    header, row = read(board_csv([whole_story().consignment()], NOW))
    assert tuple(header) == BOARD_COLUMNS
    told = dict(zip(header, row, strict=True))
    assert (told["reference"], told["state"], told["outcome"]) == (REFERENCE, "CLOSED", "DISCREPANCY")
    assert (told["origin"], told["transit"], told["destination"]) == ("BE", "AE", "KE")
    assert (told["doses"], told["lots"]) == ("175500", "SBX4471 SBX4472 SBX4490")
    assert told["transport_documents"] == "176-12345675"


def test_a_consignment_is_a_row_a_value() -> None:
    header, *rows = read(consignment_csv(whole_story().consignment(), NOW, "fr"))
    assert tuple(header) == CONSIGNMENT_COLUMNS
    told = {(section, path): value for section, path, _, value in rows}
    assert told["form", "goods[0].lots[2].batch"] == "SBX4490"
    assert told["form", "temperature.min_c"] == "-90"
    assert told["member", "ke.answer"] == "NO_OBJECTION_WITH_CONDITIONS"
    assert told["counted", "SBX4490.counted_doses"] == "34500"
    assert told["change", "v2.legs[1].flight"] == "EK719 > EK721"
    labels = {path: label for _, path, label, _ in rows}
    assert "Lot" in labels["goods[0].lots[2].batch"]


def test_no_cell_is_a_formula() -> None:
    form = copy.deepcopy(FORM)
    form["goods"][0]["product"] = '=HYPERLINK("http://evil.example","x")'
    form["consignor"]["name"], form["consignee"]["name"] = "@SUM(1)", "\t=1"
    form["note"] = "+1\n=2"
    one = whole_story(form).consignment()
    for text in (board_csv([one], NOW), consignment_csv(one, NOW, "en")):
        cells = [cell for row in read(text) for cell in row]
        assert any("HYPERLINK" in cell for cell in cells)
        begin = {cell[0] for cell in cells if cell and not cell.lstrip("-").replace(".", "").isdigit()}
        assert not begin & set("=+-@\t\r")


def test_no_piece_of_a_cell_is_a_formula_where_spreadsheets_cut_at_semicolons() -> None:
    form = copy.deepcopy(FORM)
    form["goods"][0]["product"] = 'Vaccine; =HYPERLINK("http://evil.example";"x");'
    form["note"] = "first\n=1+1;@SUM(1)\t+2"
    one = whole_story(form).consignment()
    for text in (board_csv([one], NOW), consignment_csv(one, NOW, "en")):
        assert "HYPERLINK" in text
        pieces = [piece.lstrip(' "') for line in text.splitlines() for piece in re.split(r"[;\t]", line)]
        assert not [piece for piece in pieces if piece[:1] in ("=", "+", "-", "@")]
