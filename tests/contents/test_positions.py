"""Every error of a file that a person wrote names line and field."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.contents.content import ContentRefused
from pratique.contents.positions import read_json

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


def test_every_field_has_its_line_and_a_missing_one_that_of_what_holds_it() -> None:
    form = {"goods": [{"lots": [{"batch": "A"}, {"batch": "B", "doses": 6}]}, {}], "note": "x"}
    text = json.dumps(form, indent=1)
    _, positions = read_json(text.encode())
    lines = text.split("\n")
    for path, sign in (("goods", '"goods"'), ("goods[0].lots[0].batch", '"A"'), ("goods[0].lots[1].doses", '"doses"')):
        assert sign in lines[positions.line(path) - 1]
    assert positions.line("goods[0].lots[1].expiry") == positions.line("goods[0].lots[1]")
    assert positions.line("goods[1].lots[7].expiry") == positions.line("goods[1]")
    assert positions.line("legs[0].awb") == 1
