"""Hold strict JSON to the vectors and to the standard parser."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.wire import strict_json
from pratique.wire.strict_json import JsonRefused
from tests.wire.vectors import load, names

CASES = load("strict_json")["cases"]
TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.one_of(st.integers(-(2**53) + 1, 2**53 - 1), st.floats(allow_nan=False, allow_infinity=False))
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), NUMBERS, TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=20,
)
PIECES = st.sampled_from(
    [b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"\\u", b"d800", b"null", b"NaN", b"-", b"0", b"1e9", b".", b" "]
)


@pytest.mark.parametrize("case", CASES, ids=names(CASES))
def test_vector(case: dict[str, Any]) -> None:
    data = base64.b64decode(case["json"])
    if case["expect"] == "ok":
        found = strict_json.loads(data)
        assert (found, type(found)) == (case["value"], type(case["value"]))
        return
    with pytest.raises(JsonRefused) as refused:
        strict_json.loads(data)
    assert refused.value.code == case["expect"]


@given(VALUES)
def test_what_is_written_is_read(value: object) -> None:
    assert strict_json.loads(strict_json.dumps(value)) == value


@given(st.one_of(st.binary(max_size=60), st.lists(st.one_of(PIECES, st.binary(max_size=3)), max_size=30).map(b"".join)))
def test_noise_is_refused_cleanly_or_means_what_it_says(data: bytes) -> None:
    try:
        value = strict_json.loads(data)
    except JsonRefused:
        return
    assert json.loads(data.decode()) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_no_infinite_number_is_written(value: float) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        strict_json.dumps({"a": value})
