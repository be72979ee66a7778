"""EPCIS events have the shape of the standard (2.0, clause 7 and its JSON binding), and say only what was reported."""

from __future__ import annotations

import copy
import re
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest

from pratique.contents.fields import instant_ms
from pratique.exports.epcis import CONTEXT, lot_uri, to_epcis
from tests.exports.story import FORM, REFERENCE, Story, part, whole_story

NOW = instant_ms("2026-11-27T10:00Z")
BUSINESS_STEPS = {"departing", "arriving", "accepting", "holding", "receiving"}
DISPOSITIONS = {"in_transit", "in_progress", "conformant", "non_conformant", "mismatch_quantity"}
TRANSACTIONS = {None, "bol", "inv", "recadv"}
KNOWN = {
    "type", "eventID", "eventTime", "eventTimeZoneOffset", "action", "bizStep", "disposition", "readPoint",
    "bizLocation", "epcList", "quantityList", "bizTransactionList", "sourceList", "destinationList",
}  # fmt: skip


def check(document: dict[str, Any]) -> list[dict[str, Any]]:
    """Hold a document to what the standard demands of every ObjectEvent; give the events."""
    context, own = document["@context"]
    assert context == CONTEXT
    assert (document["type"], document["schemaVersion"]) == ("EPCISDocument", "2.0")
    instant(document["creationDate"])
    events: list[dict[str, Any]] = document["epcisBody"]["eventList"]
    for event in events:
        assert event["type"] == "ObjectEvent"
        instant(event["eventTime"])
        assert re.fullmatch(r"[+-]\d{2}:\d{2}", event["eventTimeZoneOffset"])
        assert event["action"] == "OBSERVE"
        assert "ilmd" not in event  # only where action is ADD
        assert event["epcList"] or event["quantityList"]
        assert event["bizStep"] in BUSINESS_STEPS
        assert event.get("disposition") in {None, *DISPOSITIONS}
        uri(event["eventID"])
        for place in ("readPoint", "bizLocation"):
            if place in event:
                assert list(event[place]) == ["id"]
                uri(event[place]["id"])
        for unit in event["epcList"]:
            uri(unit)
        for quantity in event["quantityList"]:
            assert set(quantity) <= {"epcClass", "quantity", "uom"}
            uri(quantity["epcClass"])
            assert quantity["quantity"] >= 0
            assert re.fullmatch(r"[A-Z0-9]{2,3}", quantity["uom"])
        for transaction in event["bizTransactionList"]:
            assert transaction.get("type") in TRANSACTIONS
            uri(transaction["bizTransaction"])
        # What is not the standard's has a prefix that the context explains.
        assert all(name.split(":")[0] in own for name in event.keys() - KNOWN)
    assert len({event["eventID"] for event in events}) == len(events)
    assert [event["eventTime"] for event in events] == sorted(event["eventTime"] for event in events)
    return events


def instant(text: str) -> None:
    """Hold that a text is an instant with an offset."""
    assert datetime.fromisoformat(text).tzinfo is not None


def uri(text: str) -> None:
    """Hold that a text is a URI: a scheme, and nothing that a URI does not have."""
    assert urlsplit(text).scheme
    assert re.fullmatch(r"[A-Za-z0-9:/?#\[\]@!$&'()*+,;=._~%-]+", text)


def test_a_whole_story_is_told_in_order() -> None:
    left, came, counted = check(to_epcis(whole_story().consignment(), NOW))
    assert [one["bizStep"] for one in (left, came, counted)] == ["departing", "arriving", "receiving"]
    assert left["readPoint"]["id"].endswith("#BEBRU")
    assert "bizLocation" not in left
    assert came["bizLocation"]["id"].endswith("#KENBO")
    assert left["eventTime"] == "2026-11-24T21:55:00Z"
    assert left["epcList"] == ["https://id.gs1.org/00/106141412345678908"]
    assert [one["quantity"] for one in left["quantityList"]] == [70200, 70200, 35100]
    assert [one["quantity"] for one in counted["quantityList"]] == [70200, 69600, 34500]
    assert counted["disposition"] == "mismatch_quantity"
    assert left["pratique:lots"][0]["itemExpirationDate"] == "2027-03-31"
    names = [one["bizTransaction"] for one in left["bizTransactionList"]]
    assert names == [
        f"pratique:reference/{REFERENCE}",
        "pratique:transport-document/176-12345675",
        "pratique:invoice/SB-2026-4471",
    ]


def test_a_plan_is_no_event() -> None:
    announced = Story().say("be", "2026-11-23T10:00Z", "prenotification", part(1, FORM)).consignment()
    assert check(to_epcis(announced, NOW)) == []


def test_without_gs1_numbers_an_event_is_about_the_consignment() -> None:
    form = copy.deepcopy(FORM)
    del form["goods"][0]["gtin"], form["packages"]["sscc"]
    (left, *_) = check(to_epcis(whole_story(form).consignment(), NOW))
    assert left["epcList"] == [f"pratique:consignment/{REFERENCE}"]
    assert left["quantityList"] == []


@pytest.mark.parametrize(
    ("batch", "written"), [("A/1", "A%2F1"), ("5%", "5%25"), ('"?', "%22%3F"), ("A-1.b_", "A-1.b_")]
)
def test_any_batch_number_makes_one_uri(batch: str, written: str) -> None:
    assert lot_uri("5412345000013", batch) == f"https://id.gs1.org/01/05412345000013/10/{written}"
    uri(lot_uri("5412345000013", batch))
