"""Contents follow the vectors, which the web client runs too."""

import json
from pathlib import Path
from typing import Any

import pytest

from pratique.contents.check_digits import awb_holds, gs1_holds
from pratique.contents.content import ContentRefused
from pratique.contents.fields import make_reference, reference_party
from pratique.contents.registry import READERS, read_content
from pratique.contents.shipment import Shipment, route_parties
from tests.contents.cases import vectors
from tests.contents.samples import form, part
from tests.contents.told import told

VECTORS = Path(__file__).parents[2] / "vectors" / "contents"


def load(name: str) -> Any:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", load("contents.json"), ids=lambda case: case["name"])
def test_a_content_is_read_or_refused_at_its_fields(case: dict[str, Any]) -> None:
    body = case["body"].encode()
    if case["expect"] == "ok":
        content = read_content(case["type"], body)
        assert content is not None
        assert read_content(case["type"], content.write()) == content
        return
    with pytest.raises(ContentRefused) as refused:
        read_content(case["type"], body)
    assert [problem.path for problem in refused.value.problems] == case["fields"]


def test_the_file_holds_the_cases_and_each_type_is_read_once_and_refused_once() -> None:
    assert load("contents.json") == vectors(), "python -m tests.contents.cases"
    for expected in ("ok", "refused"):
        assert {case["type"] for case in vectors() if case["expect"] == expected} == set(READERS)


def test_the_other_file_holds_what_is_written_and_said() -> None:
    assert load("told.json") == told(), "python -m tests.contents.told"


def test_what_is_wrong_has_a_code() -> None:
    def codes(type_name: str, said: dict[str, Any]) -> dict[str, str]:
        with pytest.raises(ContentRefused) as refused:
            read_content(type_name, json.dumps(said).encode())
        return {problem.path: problem.code for problem in refused.value.problems}

    assert codes("desk", {"weekend": [9], "colour": "red", "duty_phone": "0"}) == {
        "weekend[0]": "out_of_range",
        "colour": "unknown_field",
        "duty_phone": "wrong_form",
    }
    assert codes("draft", {"draft": "2d" * 16, "state": "RETURNED"}) == {"comment": "rule"}
    assert codes("policy", {"four_eyes": None}) == {"four_eyes": "wrong_form"}
    assert codes("claim", {"endpoint": "3c" * 16, "state": "CLAIMED"}) == {"items": "missing"}
    assert codes("prenotification", part("goods", lambda p: p["form"].pop("goods"))) == {"form.goods": "missing"}


def test_an_unknown_type_is_no_content() -> None:
    assert read_content("horoscope", b"{}") is None


def test_check_digits() -> None:
    digits = load("check_digits.json")
    assert [awb_holds(one["value"]) for one in digits["awb"]] == [one["holds"] for one in digits["awb"]]
    assert [gs1_holds(one["value"]) for one in digits["gtin"]] == [one["holds"] for one in digits["gtin"]]


def test_references() -> None:
    for one in load("check_digits.json")["reference"]:
        reference = make_reference(one["group"], one["country"], one["year"], one["number"])
        assert (reference, reference_party(reference)) == (one["reference"], one["country"].lower())


def test_a_form_is_read_by_name() -> None:
    shipment = Shipment.of(form())
    assert route_parties(shipment.legs) == ("be", "ae", "ke")
    assert [(line.doses, lot.batch) for line, lot in shipment.lots()] == [(600, "SBX4471")]
    assert (shipment.consignee, shipment.temperature and shipment.temperature.band) == (
        "Uhuru National Vaccine Store",
        "ULT",
    )
    of_transit = Shipment.of(part("route")["form"])
    assert (of_transit.consignee, list(of_transit.lots())) == (None, [])
    assert [leg.etd_ms for leg in of_transit.legs] == [leg.etd_ms for leg in shipment.legs]
    assert Shipment.of({"legs": [{"mode": "air", "from_place": "BEBRU", "to_place": "KENBO"}]}).legs[0].eta_ms is None
