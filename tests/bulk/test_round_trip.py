"""What is filled in is what is announced: template, filled file, announcement, in XLSX, ODS-like and CSV."""

from __future__ import annotations

import csv
import re
import time
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from pratique.bulk.rows import Reading, read_rows
from pratique.bulk.writing import write_template
from pratique.contents.prenotification import Announcement
from pratique.templates import LANGUAGES
from tests.bulk.filling import HEADERS, TEMPLATE, announcement, rows_of, write

DEFAULTS = {"kind": "departure", "mode": "INFORM", "tlp": "TLP:AMBER+STRICT"}


def announcements(reading: Reading) -> list[Announcement | None]:
    """Give what a file announces, after saying what is wrong with it."""
    assert reading.problems == []
    assert [problem for row in reading.rows for problem in row.problems] == []
    return [row.announcement for row in reading.rows]


def two_goods() -> Announcement:
    """Give a consignment with two lines of goods, a diluent, loggers and everything numbered."""
    one = announcement(7, mode="REPLY", tlp="TLP:RED", kind="departure")
    line = one.form["goods"][0]
    second = {
        **line,
        "product": "Typhoid conjugate",
        "lots": [{"batch": "T1", "expiry": "2027-01-31", "vials": 10, "doses": 60}],
    }
    second["diluents"] = [
        {"batch": "D1", "expiry": "2027-01-31", "count": 10},
        {"batch": "D2", "expiry": "2027-02-28", "count": 1},
    ]
    one.form["goods"] = [line, second]
    one.form["temperature"]["loggers"] = [
        {"serial": "0099", "lithium_battery": True},
        {"type": "Q-tag", "serial": "=1+1"},
    ]
    one.form["share"] = {"lots_with_transit": True}
    one.form["consignor"]["identifier"] = {"scheme": "LEI", "value": "5493001KJTIIGC8Y1R12"}
    return one


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_what_is_filled_in_is_what_is_announced(tmp_path: Path, kind: str) -> None:
    expected = [announcement(1), two_goods(), announcement(2)]
    file = write(tmp_path / f"filled.{kind}", [row for one in expected for row in rows_of(one)])
    assert announcements(read_rows(file, TEMPLATE)) == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_each_languages_template_opens_and_is_filled_in(tmp_path: Path, language: str, kind: str) -> None:
    empty = tmp_path / f"empty.{kind}"
    write_template(empty, TEMPLATE, language)
    reading = read_rows(empty, TEMPLATE)
    assert (list(reading.letters), reading.problems, reading.rows) == (HEADERS, [], [])
    labels = [str(cell) for cell in reading.table.rows[1]]
    assert any(TEMPLATE.text("goods[].lots[].batch", language).label in label for label in labels)
    above = [[str(cell) for cell in row] for row in reading.table.rows[1:3]]
    filled = write(tmp_path / f"filled.{kind}", rows_of(announcement(1)), above=above)
    assert announcements(read_rows(filled, TEMPLATE)) == [announcement(1)]


def test_a_workbook_explains_itself(tmp_path: Path) -> None:
    file = tmp_path / "empty.xlsx"
    write_template(file, TEMPLATE, "ar")
    with CalamineWorkbook.from_path(file) as book:
        assert book.sheet_names == ["shipments", "codes", "help"]
        codes = book.get_sheet_by_name("codes").to_python()
    assert ["modes", "air", "جوي"] in [row[:3] for row in codes]
    sheet = zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode()
    assert 'rightToLeft="1"' in sheet
    assert "<pane " in sheet
    mode = re.search(r'type="list".*?sqref="([A-Z]+)4:[A-Z]+\d+".*?<formula1>(codes![^<]+)', sheet)
    assert mode is not None


def test_a_hidden_field_has_no_column_and_a_demanded_one_a_star(tmp_path: Path) -> None:
    from pratique.contents.adaptation import Adaptation

    said = {"template": "prenotification", "hide": ["importer"], "require": ["final_recipient"]}
    adapted = TEMPLATE.adapted(Adaptation.check(said))
    file = tmp_path / "empty.csv"
    write_template(file, adapted, "en")
    header, labels, *_ = list(csv.reader(file.read_text(encoding="utf-8-sig").splitlines()))
    assert "importer" not in header
    assert labels[header.index("final_recipient")].endswith(" *")
    assert not labels[header.index("clearing_agent")].endswith(" *")


def test_semicolons_and_decimal_commas_are_one_convention(tmp_path: Path) -> None:
    file = tmp_path / "fr.csv"
    rows = [
        HEADERS,
        [str(rows_of(announcement(1))[0].get(header, "")).replace("1924.5", "1924,5") for header in HEADERS],
    ]
    with file.open("w", encoding="utf-8-sig", newline="") as target:
        csv.writer(target, delimiter=";").writerows(rows)
    (found,) = announcements(read_rows(file, TEMPLATE))
    assert found is not None
    assert found.form["packages"]["gross_kg"] == 1924.5


def test_rows_of_one_shipment_may_stand_apart_and_dates_may_be_dates(tmp_path: Path) -> None:
    one, other = rows_of(announcement(1)), rows_of(announcement(2))
    one[0]["leg1.etd_at"] = datetime.fromisoformat("2026-11-24T21:40")
    one[1]["lot.expiry"] = datetime.fromisoformat("2027-03-31")
    one[0]["goods.gtin"] = 5412345000013
    file = write(tmp_path / "apart.xlsx", [one[0], *other, *one[1:]])
    assert announcements(read_rows(file, TEMPLATE)) == [announcement(1), announcement(2)]


def many(tmp_path: Path, count: int) -> float:
    file = write(tmp_path / "many.xlsx", (row for number in range(count) for row in rows_of(announcement(number))))
    start = time.process_time()
    reading = read_rows(file, TEMPLATE)
    took = time.process_time() - start
    found = announcements(reading)
    assert len(found) == count
    assert found[-1] == announcement(count - 1)
    return took


def test_300_consignments_are_read(tmp_path: Path) -> None:
    many(tmp_path, 300)


@pytest.mark.full
def test_5000_consignments_are_read_in_seconds(tmp_path: Path) -> None:
    assert many(tmp_path, 5000) < 30


def test_the_example_is_right() -> None:
    reading = read_rows(Path(__file__).parents[2] / "examples" / "shipments.csv", TEMPLATE)
    forms = [TEMPLATE.filled(one.form) for one in announcements(reading) if one is not None]
    assert len(forms) == 3
    assert [TEMPLATE.problems(form) or TEMPLATE.findings(form) for form in forms] == [()] * 3
