"""Every error of a file that a person wrote names line and field."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.cli.announcing import read_shipment
from pratique.contents.content import ContentRefused
from pratique.contents.positions import read_json
from pratique.errors import PratiqueError

EXAMPLE = Path(__file__).parents[2] / "examples" / "vaccine-consignment.json"

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text('aä"\\\n{}[],: ', max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab.", max_size=2), inner, max_size=3),
    max_leaves=12,
)


@given(values, st.sampled_from([None, 0, 2]))
def test_it_reads_what_json_reads(value: object, indent: int | None) -> None:
    assert read_json(json.dumps(value, indent=indent).encode())[0] == value


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('{"a": 1,\n\n "a": 2}', 3),
        ('{"a": [1,\n2,\n]}', 3),
        ('{\n"a" 1}', 2),
        ('{\n"a": 1\n"b": 2}', 3),
        ('{"a":\n"no end', 2),
        ('{"a": 1}\n\nmore', 3),
        ("{'a': 1}", 1),
        ("[" * 40 + "]" * 40, 1),
        ("", 1),
        ("[\n1,\nundefined]", 3),
    ],
)
def test_broken_json_names_the_line(text: str, line: int) -> None:
    with pytest.raises(ContentRefused) as refused:
        read_json(text.encode())
    assert refused.value.code == "malformed_json"
    assert [problem.path for problem in refused.value.problems] == [f"line {line}"]


@pytest.mark.parametrize(
    "data", [b'"\xff"', b"\xef\xbb\xbf{}", b"[NaN]", b'"\\ud800"', b"[1e999]", b"12345678901234567890"]
)
def test_what_has_no_one_meaning_is_refused(data: bytes) -> None:
    with pytest.raises(ContentRefused):
        read_json(data)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            '"expiry": "2027-04-30"',
            '"expiry": "2027-04-31"',
            "goods[0].lots[2].expiry: is not a day of the calendar",
        ),
        ('"to_place": "KENBO"', '"to_place": "KEN"', "legs[1].to_place: must be a UN/LOCODE"),
        ('"vials": 5850', '"vials": 5851', "goods[0].lots[2].doses: must be 35106: 5851 vials of 6 doses"),
        ('"from_place": "AEDXB"', '"from_place": "AEAUH"', "legs[1].from_place: must be AEDXB, where"),
        ('"min_c": -90, ', "", "temperature.min_c: is missing"),
        ('"mode": "INFORM"', '"mode": "SHOUT"', "mode: must be one of INFORM or REPLY"),
        ('"note"', '"notes"', "notes: is not a field of this form"),
        ('"doses": 35100', '"doses": "35100"', "goods[0].lots[2].doses: must be a whole number"),
    ],
)
def test_a_wrong_field_names_file_line_and_field(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert text.count(old) >= 1
    file = tmp_path / "consignment.json"
    line = text[: text.index(old)].count("\n") + 1
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PratiqueError) as refused:
        read_shipment(file, [])
    assert refused.value.code == "bad_input"
    assert f"{file}:{line} {said}" in refused.value.detail


def test_all_wrong_fields_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "consignment.json"
    text = EXAMPLE.read_text(encoding="utf-8").replace('"BEBRU"', '"brussels"').replace('"SBX4471"', '""')
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PratiqueError) as refused:
        read_shipment(file, [])
    assert refused.value.detail.count("\n") == 1


def test_a_wrong_check_digit_asks_for_a_reason_and_never_blocks(tmp_path: Path) -> None:
    file = tmp_path / "consignment.json"
    file.write_text(EXAMPLE.read_text(encoding="utf-8").replace("176-12345675", "176-12345676", 1), encoding="utf-8")
    with pytest.raises(PratiqueError) as refused:
        read_shipment(file, [])
    assert refused.value.code == "needs_reason"
    assert f"{file}:43 legs[0].awb:" in refused.value.detail
    shipment = read_shipment(file, ["legs[0].awb=as printed on the paper"])
    assert [(one.field, one.reason) for one in shipment.overrides] == [("legs[0].awb", "as printed on the paper")]
