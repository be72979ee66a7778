"""Check digits follow the vectors, and say what python-stdnum says."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum import ean, imo, iso6346, lei
from stdnum.iso7064 import mod_97_10 as other_mod_97_10

from pratique.contents.check_digits import (
    CHECKS,
    container_holds,
    container_is_european,
    imo_holds,
    lei_holds,
    mod_97_10,
)
from pratique.contents.fields import make_reference, reference_party

VECTORS: dict[str, Any] = json.loads(
    (Path(__file__).parents[2] / "vectors" / "contents" / "check_digits.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", sorted(CHECKS))
def test_vectors(name: str) -> None:
    assert {case["holds"] for case in VECTORS[name]} == {True, False}
    assert [CHECKS[name](case["value"]) for case in VECTORS[name]] == [case["holds"] for case in VECTORS[name]]


def test_references_and_their_check() -> None:
    for one in VECTORS["mod_97_10"]:
        assert mod_97_10(one["text"]) == one["check"]
    for one in VECTORS["reference"]:
        reference = make_reference(one["group"], one["country"], one["year"], one["number"])
        assert (reference, reference_party(reference)) == (one["reference"], one["country"].lower())


def test_a_european_unit_is_told_from_a_container() -> None:
    right = [number for digit in range(10) if container_holds(number := f"CSQA305438{digit}")]
    assert len(right) == 1 and container_is_european(right[0])
    assert not container_is_european("CSQU3054383")


digits = st.text("0123456789", min_size=7, max_size=7)


@given(st.text("0123456789", min_size=13, max_size=13))
def test_gtin_as_stdnum(number: str) -> None:
    assert CHECKS["gtin"](number) == ean.is_valid(number)


@given(digits)
def test_imo_as_stdnum(number: str) -> None:
    assert imo_holds(number) == imo.is_valid(number)


@given(st.from_regex(r"[A-Z]{3}[UJZ][0-9]{7}", fullmatch=True))
def test_container_as_stdnum(number: str) -> None:
    assert container_holds(number) == iso6346.is_valid(number)


@given(st.from_regex(r"[A-Z0-9]{18}[0-9]{2}", fullmatch=True), st.booleans())
def test_lei_as_stdnum(number: str, right: bool) -> None:
    if right:
        number = number[:18] + mod_97_10(number[:18])
    # ISO 7064 makes the digits 02 to 98; the other library takes 00, 01 and 99 for the ones they are congruent to.
    assume(number[18:] not in ("00", "01", "99"))
    assert lei_holds(number) == lei.is_valid(number)
    assert mod_97_10(number[:18]) == other_mod_97_10.calc_check_digits(number[:18])
