"""Every error of a file is told at once, by row and column, with the template's own codes."""

from __future__ import annotations

from pathlib import Path

from pratique.bulk.annotating import write_annotated
from pratique.bulk.places import RowProblem
from pratique.bulk.rows import Reading, read_rows
from tests.bulk.filling import HEADERS, TEMPLATE, announcement, rows_of, write


def told(reading: Reading) -> list[RowProblem]:
    """Give what the table and the template say is wrong."""
    found = list(reading.problems)
    for row in reading.rows:
        if row.announcement is None:
            found += row.problems
            continue
        form = TEMPLATE.filled(row.announcement.form)
        found += reading.wrong(row, TEMPLATE.problems(form) or TEMPLATE.findings(form))
    return sorted(found)


def brief(problems: list[RowProblem]) -> list[tuple[int, str, str]]:
    """Give row, header and code."""
    return [(one.row, one.header, one.code) for one in problems]


def test_a_right_file_has_nothing_to_tell(tmp_path: Path) -> None:
    file = write(tmp_path / "right.xlsx", [row for n in range(3) for row in rows_of(announcement(n))])
    assert told(read_rows(file, TEMPLATE)) == []


def test_each_wrong_cell_is_told_where_it_stands(tmp_path: Path) -> None:
    one, other = rows_of(announcement(1)), rows_of(announcement(2))
    one[1]["lot.doses"] = 7
    one[0]["leg2.flight"] = ""
    other[2]["lot.vials"] = "many"
    other[0]["consignee.country"] = "Kenya"
    one[0]["leg1.seals"] = "BE-1;BE-1"
    other[1]["lot.expiry"] = ""
    file = write(tmp_path / "wrong.xlsx", [*one, *other])
    found = told(read_rows(file, TEMPLATE))
    assert brief(found) == [
        (2, "goods.quantity", "rule"),
        (2, "leg1.seals", "rule"),
        (2, "leg2.flight", "missing"),
        (3, "lot.doses", "rule"),
        (5, "consignee.country", "wrong_form"),
        (6, "lot.expiry", "missing"),
        (7, "lot.vials", "wrong_form"),
    ]
    letters = {one.header: one.column for one in found}
    assert letters["lot.doses"] == "AX"
    assert {one.national_reference for one in found} == {"BE-000001", "BE-000002"}


def test_rows_that_contradict_each_other_are_told(tmp_path: Path) -> None:
    rows = rows_of(announcement(1))
    rows[1]["consignor.name"] = rows[0]["consignor.name"]
    rows[2]["consignor.name"] = "Someone Else"
    (problem,) = told(read_rows(write(tmp_path / "twice.csv", rows), TEMPLATE))
    assert (problem.row, problem.header, problem.code) == (4, "consignor.name", "contradiction")
    assert "row 2" in problem.text


def test_a_row_without_a_national_reference_joins_no_other(tmp_path: Path) -> None:
    rows = rows_of(announcement(1))
    rows[1]["national_reference"] = rows[2]["national_reference"] = ""
    reading = read_rows(write(tmp_path / "nameless.csv", rows), TEMPLATE)
    assert [row.number for row in reading.rows] == [2, 3, 4]
    assert [(one.row, one.code) for row in reading.rows for one in row.problems] == [(3, "missing"), (4, "missing")]


def test_a_finding_stands_at_its_cell_and_its_rows_reason_answers_it(tmp_path: Path) -> None:
    rows = rows_of(announcement(1))
    rows[0]["leg2.awb"] = "176-12345676"
    rows[0]["packages.sscc"] = "106141412345678908;106141412345678909"
    rows[0]["reason"] = "copied from the paper"
    reading = read_rows(write(tmp_path / "finding.xlsx", rows), TEMPLATE)
    assert brief(told(reading)) == [(2, "packages.sscc", "check_digit"), (2, "leg2.awb", "check_digit")]
    (row,) = reading.rows
    assert row.announcement is not None
    findings = TEMPLATE.findings(row.announcement.form)
    reasoned = row.shipment.reasoned(row.announcement, findings, "")
    assert [(one.field, one.reason) for one in reasoned.overrides] == [
        ("packages.sscc[1]", "copied from the paper"),
        ("legs[1].awb", "copied from the paper"),
    ]
    assert TEMPLATE.findings(row.announcement.form, reasoned.overrides) == ()


def test_two_legs_in_the_columns_of_one_and_three_are_two_legs(tmp_path: Path) -> None:
    rows = rows_of(announcement(1))
    moved = {header: value for header, value in rows[0].items() if header.startswith("leg2.")}
    for header, value in moved.items():
        rows[0][header.replace("leg2", "leg3")] = value
        rows[0][header] = ""
    rows[0]["leg3.flight"] = "?"
    reading = read_rows(write(tmp_path / "gap.csv", rows), TEMPLATE)
    assert brief(told(reading)) == [(2, "leg3.flight", "wrong_form")]


def test_the_annotated_copy_tells_all_and_is_read_again(tmp_path: Path) -> None:
    for kind in ("xlsx", "csv"):
        rows = [*rows_of(announcement(1)), *rows_of(announcement(2))]
        rows[4]["lot.doses"] = "seven"
        rows[0]["consignor.name"] = "=HYPERLINK(1)"
        reading = read_rows(write(tmp_path / f"shipments.{kind}", rows), TEMPLATE)
        copy = write_annotated(reading, told(reading))
        assert copy == tmp_path / f"shipments.errors.{kind}"
        again = read_rows(copy, TEMPLATE)
        assert [row.announcement for row in again.rows] == [row.announcement for row in reading.rows]
        errors = [str(row[len(HEADERS)]) for row in again.table.rows]
        assert errors[0] == "errors"
        assert [bool(said) for said in errors[1:]] == [False] * 4 + [True, False]
        assert "AX lot.doses" in errors[5]
        assert "[wrong_form]" in errors[5]
        assert write_annotated(again, told(again)) == copy
