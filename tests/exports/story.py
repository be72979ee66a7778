"""One consignment as opened entries: two versions, a query, a condition, a transit, a count with a discrepancy."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from pratique.contents.fields import instant_ms, make_reference
from pratique.opened import OpenedEntry
from pratique.views.board import Board, fold
from pratique.views.consignment import Consignment
from pratique.wire.entries import Kind, Urgency

REFERENCE = make_reference("STOP-III", "BE", 2026, 1)
GOODS_LANE, ROUTE_LANE = "a1" * 32, "b2" * 32
FORM: dict[str, Any] = {
    "consignor": {"name": "Scheldt Biologics NV", "country": "BE", "address": "Rijksweg 12, 2870 Puurs"},
    "consignee": {"name": "Uhuru National Vaccine Store", "country": "KE", "address": "Cold Chain Road 4, Nairobi"},
    "importer": "UNICEF Supply Division",
    "emergency_phone": "+3225551234",
    "customs": {"procedure": "export", "declaration": "26BE00000012345678"},
    "goods": [
        {
            "product": "Corvanza COVID-19 mRNA vaccine",
            "product_class": "vaccines",
            "hs_edition": 2022,
            "hs_code": "300241",
            "who_status": "EUL",
            "manufacturer": "Scheldt Biologics Manufacturing",
            "country_of_origin": "BE",
            "doses_per_vial": 6,
            "gtin": "05412345000013",
            "quantity": 175500,
            "unit": "E27",
            "lots": [
                {"batch": "SBX4471", "expiry": "2027-03-31", "vials": 11700, "doses": 70200},
                {"batch": "SBX4472", "expiry": "2027-03-31", "vials": 11700, "doses": 70200},
                {"batch": "SBX4490", "expiry": "2027-04-30", "vials": 5850, "doses": 35100},
            ],
        }
    ],
    "packages": {"type": "BX", "count": 26, "gross_kg": 1924.5, "sscc": ["106141412345678908"]},
    "temperature": {"band": "ULT", "min_c": -90, "max_c": -60, "coolant": "dry_ice", "dry_ice_kg": 520},
    "legs": [
        {
            "mode": "air",
            "from_place": "BEBRU",
            "to_place": "AEDXB",
            "etd_at": "2026-11-24T21:40Z",
            "eta_at": "2026-11-25T04:25Z",
            "carrier": "Emirates SkyCargo",
            "flight": "EK184",
            "awb": "176-12345675",
            "seals": ["BE-CU-0098127", "BE-CU-0098128"],
        },
        {
            "mode": "air",
            "from_place": "AEDXB",
            "to_place": "KENBO",
            "etd_at": "2026-11-25T10:35Z",
            "eta_at": "2026-11-25T14:40Z",
            "carrier": "Emirates SkyCargo",
            "flight": "EK719",
            "awb": "176-12345675",
            "seals": ["BE-CU-0098127", "BE-CU-0098128"],
        },
    ],
    "documents": [
        {"kind": "invoice", "number": "SB-2026-4471", "date": "2026-11-20"},
        {"kind": "lot_release_certificate", "number": "FAMHP/2026/8812", "date": "2026-11-18", "issuer": "FAMHP"},
    ],
    "requests": ["keep_cold", "no_x_ray"],
    "note": "Please keep the boxes closed until they reach the cold store.",
}
DEADLINES = {"acknowledge_at": "2026-11-24T10:00:00Z", "reply_at": "2026-11-24T17:40:00Z", "reconcile_days": 3}


def part(version: int, form: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Give the body of a goods part."""
    return {
        "part": "goods",
        "reference": REFERENCE,
        "version": version,
        "template": "prenotification/1",
        "mode": "REPLY",
        "origin": "be",
        "addressee": "ke",
        "destination": "ke",
        "transit": ["ae"],
        "deadlines": DEADLINES,
        "form": form,
        **changed,
    }


class Story:
    """Entries of two lanes, one after the other."""

    def __init__(self) -> None:
        self.entries: list[OpenedEntry] = []

    def say(self, party: str, at: str, type: str, body: dict[str, Any], lane: str = GOODS_LANE) -> Story:
        """Add one entry; an event gets its id and follows the newest entry of its lane."""
        seq = len(self.entries) + 1
        if type != "prenotification":
            before = max((one.seq for one in self.entries if one.channel.hex() == lane), default=1)
            body = {"id": f"{seq:032x}", "about": REFERENCE, "follows": {"log": lane, "seq": before}, **body}
        self.entries.append(
            OpenedEntry(
                channel=bytes.fromhex(lane),
                seq=seq,
                kind=Kind.APPLICATION,
                at_ms=instant_ms(at),
                device=f"pratique://{party}.stop.example/ncp/a.person/0001",
                party=party,
                epoch=1,
                post_id=UUID(int=seq),
                urgency=Urgency.ROUTINE,
                type=type,
                body=json.dumps(body).encode(),
                problem=None,
            )
        )
        return self

    def consignment(self) -> Consignment:
        """Fold the story."""
        return fold(Board(), self.entries).consignments[REFERENCE]


def lot(batch: str, doses: int, **more: Any) -> dict[str, Any]:
    """Give one counted lot."""
    return {"batch": batch, "doses": doses, **more}


def whole_story(form: dict[str, Any] | None = None) -> Story:
    """Tell everything, from the first version to the count."""
    first = json.loads(json.dumps(form or FORM))
    second = json.loads(json.dumps(first))
    second["legs"][1]["flight"] = "EK721"
    second["legs"][1]["eta_at"] = "2026-11-25T22:40Z"
    query = "Is the emergency telephone staffed at night?"
    counted = [
        lot("SBX4471", 70200),
        lot("SBX4472", 69600, damaged_doses=600),
        lot("SBX4490", 34500, temperature="ALARM"),
    ]
    return (
        Story()
        .say("be", "2026-11-23T10:00Z", "prenotification", part(1, first))
        .say("ke", "2026-11-23T11:00Z", "receipt", {"state": "OPENED"})
        .say("ke", "2026-11-23T11:05Z", "acknowledgement", {})
        .say("ke", "2026-11-23T11:10Z", "query", {"text": query})
        .say("be", "2026-11-23T12:00Z", "reply", {"query": f"{4:032x}", "text": "Yes, around the clock."})
        .say("be", "2026-11-23T15:00Z", "prenotification", part(2, second))
        .say("ke", "2026-11-23T16:00Z", "acknowledgement", {})
        .say(
            "ke",
            "2026-11-23T16:10Z",
            "answer",
            {"answer": "NO_OBJECTION_WITH_CONDITIONS", "reason_code": "temperature", "text": "Cold room 2 only."},
        )
        .say("be", "2026-11-24T22:00Z", "movement", {"step": "DEPARTED", "happened_at": "2026-11-24T21:55Z"})
        .say(
            "ke",
            "2026-11-25T23:00Z",
            "movement",
            {"step": "ARRIVED", "happened_at": "2026-11-25T22:50Z", "place": "KENBO"},
        )
        .say(
            "ke",
            "2026-11-27T09:00Z",
            "reconciliation",
            {
                "outcome": "DISCREPANCY",
                "counted_at": "2026-11-27T08:30Z",
                "lots": counted,
                "missing_documents": ["packing list"],
                "short_shipment_notified": False,
                "remark": "600 doses broken in box 14.",
            },
        )
    )
