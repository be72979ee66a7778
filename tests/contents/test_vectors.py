"""Contents follow the vectors, which the web client runs too."""

import json
from pathlib import Path
from typing import Any

import pytest

from pratique.contents.check_digits import awb_holds, gtin_holds
from pratique.contents.content import ContentRefused
from pratique.contents.fields import make_reference, reference_party
from pratique.contents.findings import shipment_findings
from pratique.contents.prenotification import goods_part, read_prenotification, route_part
from pratique.contents.registry import read_content
from pratique.contents.shipment import Shipment

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


def test_an_unknown_type_is_no_content() -> None:
    assert read_content("horoscope", b"{}") is None


def test_check_digits() -> None:
    digits = load("check_digits.json")
    assert [awb_holds(one["value"]) for one in digits["awb"]] == [one["holds"] for one in digits["awb"]]
    assert [gtin_holds(one["value"]) for one in digits["gtin"]] == [one["holds"] for one in digits["gtin"]]
    for one in digits["reference"]:
        reference = make_reference(one["group"], one["country"], one["year"], one["number"])
        assert (reference, reference_party(reference)) == (one["reference"], one["country"].lower())


@pytest.mark.parametrize("case", load("findings.json"), ids=lambda case: case["name"])
def test_what_needs_a_reason(case: dict[str, Any]) -> None:
    found = shipment_findings(Shipment.check(case["shipment"]))
    assert [finding.path for finding in found] == case["findings"]


def test_the_split_over_the_lanes() -> None:
    split = load("split.json")
    shipment = Shipment.check(split["shipment"])
    goods, route = goods_part(shipment, split["reference"]), route_part(shipment, split["reference"])
    assert read_prenotification(json.dumps(split["goods"]).encode()) == goods
    assert read_prenotification(json.dumps(split["route"]).encode()) == route


def texts(value: Any) -> set[str]:
    """Collect every text of a document."""
    if isinstance(value, dict):
        return {text for item in value.values() for text in texts(item)}
    if isinstance(value, list):
        return {text for item in value for text in texts(item)}
    return {value} if isinstance(value, str) else set()


def test_the_transit_view_holds_no_lot_no_trader_and_no_product() -> None:
    shipment = load("split.json")["shipment"]
    hidden = texts([shipment["consignor"], shipment["consignee"], shipment["goods"], shipment["note"]]) - {"vaccines"}
    assert len(hidden) >= 15
    sent = route_part(Shipment.check(shipment), load("split.json")["reference"]).write().decode()
    assert texts(json.loads(sent)) & hidden == set()
    assert "doses" not in sent and "vials" not in sent
