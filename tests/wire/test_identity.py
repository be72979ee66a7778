"""Hold names to the vectors."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.wire.identity import DeviceUri, NameRefused, check_office_id, office_party, party_host
from tests.wire.vectors import load, names

FILE = load("identity")


@pytest.mark.parametrize("case", FILE["devices"], ids=names(FILE["devices"]))
def test_device(case: dict[str, Any]) -> None:
    if case["expect"] == "ok":
        uri = DeviceUri.parse(case["uri"])
        assert uri == DeviceUri(**case["parts"])
        assert (str(uri), uri.host, uri.office_id) == (case["uri"], case["host"], case["office_id"])
        return
    with pytest.raises(NameRefused) as refused:
        DeviceUri.parse(case["uri"])
    assert refused.value.code == case["expect"]


@pytest.mark.parametrize("case", FILE["offices"], ids=names(FILE["offices"]))
def test_office(case: dict[str, Any]) -> None:
    if case["expect"] == "ok":
        assert check_office_id(case["office"]) == case["office"]
        assert office_party(case["office"]) == case["party"]
        return
    with pytest.raises(NameRefused) as refused:
        check_office_id(case["office"])
    assert refused.value.code == case["expect"]


@given(st.one_of(st.text(max_size=80), st.from_regex(r"pratique://[a-z.-]{1,20}/[a-z]{1,5}/[a-z.]{1,9}/[0-9a-z]{1,9}")))
def test_what_is_read_is_written_as_it_was(text: str) -> None:
    try:
        uri = DeviceUri.parse(text)
    except NameRefused:
        return
    assert str(uri) == text


def test_a_refusal_does_not_quote_the_name() -> None:
    with pytest.raises(NameRefused) as refused:
        DeviceUri.parse("pratique://secret<script>.stop.example/ncp/w.otieno/7f3a")
    assert "secret" not in str(refused.value)


def test_party_host() -> None:
    assert party_host("ke", "stop.example") == "ke.stop.example"
    for party, deployment in (("KE", "stop.example"), ("ke", "stop"), ("", "stop.example"), ("k.e", "stop.example")):
        with pytest.raises(NameRefused):
            party_host(party, deployment)
