"""Cells that spreadsheets have changed: taken where they can mean one thing only, refused in words where not."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from pratique.bulk.cells import quoted, unquoted
from pratique.bulk.coercion import CellRefused, coerce, several
from pratique.templates.schema import node_at
from tests.bulk.filling import TEMPLATE

naive = datetime.fromisoformat  # as a spreadsheet gives it: without an offset


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        ("goods[].hs_code", 300241.0, "300241"),
        ("goods[].hs_code", 90111.0, "090111"),
        ("goods[].hs_code", " 300241 ", "300241"),
        ("goods[].gtin", 5412345000013.0, "05412345000013"),
        ("goods[].gtin", "5412345000013", "5412345000013"),
        ("goods[].lots[].batch", 12345.0, "12345"),
        ("goods[].lots[].batch", "00123", "00123"),
        ("goods[].lots[].batch", "-1+2", "-1+2"),
        ("goods[].lots[].vials", 11700.0, 11700),
        ("goods[].lots[].vials", "11 700", 11700),
        ("goods[].lots[].vials", "11\u202f700", 11700),
        ("goods[].lots[].expiry", naive("2027-03-31"), "2027-03-31"),
        ("goods[].lots[].expiry", date(2027, 3, 31), "2027-03-31"),
        ("goods[].lots[].expiry", "270300", "2027-03-00"),
        ("goods[].lots[].expiry", "2027-03-31 00:00:00", "2027-03-31"),
        ("legs[].etd_at", naive("2026-11-24T21:39:59.999999"), "2026-11-24T21:40Z"),
        ("legs[].etd_at", "2026-11-24 21:40", "2026-11-24T21:40Z"),
        ("legs[].etd_at", "2026-11-24T21:40:30+02:00", "2026-11-24T19:40:30Z"),
        ("legs[].mode", "Air", "air"),
        ("temperature.min_c", "-90", -90),
        ("temperature.min_c", "\u221290", -90),
        ("packages.gross_kg", 1924.5, 1924.5),
        ("share.observers", "Yes", True),
        ("share.observers", 0.0, False),
        ("goods[].hs_edition", "2022", 2022),
    ],
)
def test_what_can_mean_one_thing_only_is_taken(field: str, cell: Any, value: Any) -> None:
    found = coerce(cell, node_at(TEMPLATE.schema, field) or {})
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [
        ("goods[].lots[].batch", naive("2026-03-21"), "became_date"),
        ("goods[].lots[].batch", True, "wrong_form"),
        ("packages.sscc[]", 106141412345678908.0, "rounded"),
        ("legs[].etd_at", "0001-01-01T00:00+14:00", "wrong_form"),
        ("legs[].etd_at", naive("9999-12-31T23:59:59.9"), "wrong_form"),
        ("goods[].gtin", "5.41235E+12", "rounded"),
        ("goods[].lots[].vials", "1,170", "wrong_form"),
        ("goods[].lots[].vials", 1.5, "wrong_form"),
        ("goods[].lots[].vials", True, "wrong_form"),
        ("packages.gross_kg", "1,924", "wrong_form"),
        ("packages.gross_kg", "nan", "wrong_form"),
        ("goods[].lots[].expiry", 46112.0, "wrong_form"),
        ("goods[].lots[].expiry", "31/03/2027", "wrong_form"),
        ("legs[].etd_at", "2026-11-24", "wrong_form"),
        ("legs[].etd_at", "2026-13-24T21:40Z", "wrong_form"),
        ("legs[].etd_at", naive("2026-11-24").time(), "wrong_form"),
        ("share.observers", "perhaps", "wrong_form"),
    ],
)
def test_what_may_be_something_else_is_refused(field: str, cell: Any, code: str) -> None:
    with pytest.raises(CellRefused) as refused:
        coerce(cell, node_at(TEMPLATE.schema, field) or {})
    assert refused.value.code == code


def test_one_cell_holds_several_values() -> None:
    node = node_at(TEMPLATE.schema, "legs[].seals[]") or {}
    assert several("BE 1; BE-2;\nBE 3;", node) == ["BE 1", "BE-2", "BE 3"]
    assert several(98127.0, node) == ["98127"]


@pytest.mark.parametrize("text", ["=1+1", "+32", "-1+2", "@x", "\tx", "\rx", "'=1", "''@"])
def test_no_text_is_taken_for_a_formula_and_every_text_comes_back(text: str) -> None:
    assert quoted(text).startswith("'")
    assert unquoted(quoted(text)) == text


@pytest.mark.parametrize("text", ["-90", "-1.5", "it's", "'quoted'", "", "a=b"])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert quoted(text) == text
    assert unquoted(text) == text
