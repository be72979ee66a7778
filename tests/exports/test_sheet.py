"""The printed sheet: two pages, archivable and tagged, in six languages, and no text of others is markup."""

from __future__ import annotations

import copy
import json
import re
import zlib
from typing import Any

import pytest

from pratique.contents.fields import instant_ms
from pratique.exports.cells import LANGUAGES, grouped, word
from pratique.exports.pdf import STANDARDS, to_pdf, to_png
from pratique.exports.sheet import sheet
from tests.exports.story import DEADLINES, FORM, REFERENCE, ROUTE_LANE, Story, whole_story

NOW = instant_ms("2026-11-27T10:00Z")
HOSTILE = (
    "#panic()",
    '= Heading *bold* _it_ $x^2$ `raw` <label> @ref https://evil.example \\ #eval("1")',
    '#read("/etc/passwd") #include "x.typ" #sys.inputs',
    "\u202eright to left\u202c \u2066isolated \u200f \ufeff",
    "[#text(fill: red)[x]] } ] ) \"' /* */ // \\u{41}",
    "a" * 200,
)


def pages(pdf: bytes) -> int:
    """Count the pages."""
    return len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf + _unpacked(pdf)))


def _unpacked(pdf: bytes) -> bytes:
    found = b""
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            found += zlib.decompress(stream)
        except zlib.error:
            continue
    return found


def claims(pdf: bytes) -> set[str]:
    """Give the standards that a PDF says it follows."""
    whole = pdf + _unpacked(pdf)
    named = {"ua-1": rb"pdfuaid:part>1<", "a-3a": rb"pdfaid:part>3<"}
    return {name for name, mark in named.items() if re.search(mark, whole)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_whole_story_is_two_pages_in_each_language(language: str) -> None:
    told = sheet(whole_story().consignment(), language, NOW)
    pdf = to_pdf(told)
    assert pages(pdf) == 2
    assert claims(pdf) == set(STANDARDS)
    assert f"/Lang({language})".encode() in pdf


def test_the_sheet_tells_the_whole_story() -> None:
    told = json.dumps(sheet(whole_story().consignment(), "en", NOW), ensure_ascii=False)
    for said in (
        REFERENCE, "BE-CU-0098127", "Closed", "Discrepancy", "Version 2", "BEBRU", "Nairobi", "EK721", "176-12345675",
        "300241 (HS 2022)", "SBX4490", "175\u00a0500", "Scheldt Biologics NV", "−90\u00a0°C", "Keep",
        "No objection, with conditions", "Cold room 2 only.", "Yes, around the clock.", "−600", "Alarm", "packing list",
        "600 doses broken in box 14.", "Material change", "2026-11-25 14:40", "2026-11-25 22:40", "EK719",
    ):  # fmt: skip
        assert said in told, said


def test_the_transit_view_prints_without_goods_lots_or_traders() -> None:
    form = {
        "goods": [{"product_class": "vaccines", "hs_edition": 2022, "hs_code": "300241", "quantity": 5, "unit": "E27"}],
        "temperature": {"band": "ULT", "min_c": -90, "max_c": -60},
        "legs": [{key: leg[key] for key in leg if key != "awb"} for leg in FORM["legs"]],
    }
    body = {
        "part": "route", "reference": REFERENCE, "template": "prenotification/1", "mode": "REPLY", "origin": "be",
        "addressee": "ae", "destination": "ke", "deadlines": DEADLINES, "form": form,
    }  # fmt: skip
    one = Story().say("be", "2026-11-23T10:00Z", "prenotification", body, ROUTE_LANE).consignment()
    told = sheet(one, "fr", NOW)
    assert word("word.transit_view", "fr") in [notice["title"] for notice in told["notices"]]
    assert pages(to_pdf(told)) == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_others_is_markup(text: str) -> None:
    form: dict[str, Any] = copy.deepcopy(FORM)
    form["note"] = form["consignor"]["name"] = form["legs"][0]["carrier"] = text
    form["goods"][0]["product"] = form["documents"][0]["issuer"] = text
    told = sheet(whole_story(form).consignment(), "ar", NOW)
    assert claims(to_pdf(told)) == set(STANDARDS)
    assert len(to_png(told, ppi=20)) in (2, 3)


def test_no_text_turns_its_neighbours_round() -> None:
    def looks(name: str) -> list[bytes]:
        form = copy.deepcopy(FORM)
        form["consignor"]["name"] = name
        return to_png(sheet(whole_story(form).consignment(), "en", NOW), ppi=40)

    assert looks("\u202eelbaes\u2066") == looks("?elbaes?")
    assert looks("sealed") != looks("elbaes")


def test_signs_that_no_font_has_print_without_the_claim_to_be_archivable() -> None:
    form = copy.deepcopy(FORM)
    form["consignor"]["name"] = "武汉生物制品研究所"
    pdf = to_pdf(sheet(whole_story(form).consignment(), "en", NOW))
    assert pdf.startswith(b"%PDF-")
    assert claims(pdf) == set()


def test_every_word_is_said_in_every_language() -> None:
    from pratique.exports import cells

    for key, spoken in cells._words().items():
        assert set(spoken) == set(LANGUAGES), key
        assert all(spoken.values()), key


def test_numbers_read_the_same_everywhere() -> None:
    assert [grouped(one) for one in (0, 1234567, 1924.5, -60, 0.25)] == [
        "0", "1\u00a0234\u00a0567", "1\u00a0924.5", "−60", "0.25",
    ]  # fmt: skip
    assert grouped(600, signed=True) == "+600"
