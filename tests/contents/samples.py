"""Sample parts and events of one consignment, to change and to break."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from pratique.contents.fields import make_reference
from pratique.templates import load

REFERENCE = make_reference("STOP-III", "be", 2026, 1)
LOG = "a1" * 32
ID = "0f" * 16
HEAD = {"id": ID, "about": REFERENCE, "follows": {"log": LOG, "seq": 5}}
LOTS = [{"batch": "SBX4471", "expiry": "2027-09-30", "vials": 100, "doses": 600}]
WHY = {"reason_code": "documents", "text": "The import permit is missing."}
AT = "2026-11-25T14:47Z"


def form() -> dict[str, Any]:
    """Give a small whole form."""
    times = (("BEBRU", "AEDXB", "2026-11-24T21:40Z", "2026-11-25T04:25Z"), ("AEDXB", "KENBO", "2026-11-25T10:35Z", AT))
    legs = [
        {
            "mode": "air",
            "from_place": a,
            "to_place": b,
            "etd_at": x,
            "eta_at": y,
            "flight": "EK184",
            "awb": "176-12345675",
        }
        for a, b, x, y in times
    ]
    line = {
        "product": "Corvanza COVID-19 mRNA vaccine",
        "product_class": "vaccines",
        "hs_edition": 2022,
        "hs_code": "300241",
        "who_status": "EUL",
        "manufacturer": "Scheldt Biologics",
        "country_of_origin": "BE",
        "doses_per_vial": 6,
        "lots": LOTS,
    }
    return {
        "consignor": {"name": "Scheldt Biologics NV", "country": "BE"},
        "consignee": {"name": "Uhuru National Vaccine Store", "country": "KE"},
        "emergency_phone": "+3222101234",
        "customs": {"procedure": "export"},
        "goods": [line],
        "packages": {"type": "BX", "count": 26, "gross_kg": 192.5},
        "temperature": {"band": "ULT", "min_c": -90, "max_c": -60, "coolant": "dry_ice", "dry_ice_kg": 60},
        "legs": legs,
    }


def part(name: str, change: Callable[[dict[str, Any]], object] = lambda _: None) -> dict[str, Any]:
    """Give one part, changed."""
    head = {"part": name, "reference": REFERENCE, "template": "prenotification/1", "origin": "be", "destination": "ke"}
    deadlines = {"deadlines": {"acknowledge_at": "2026-11-22T12:00Z"}}
    own: dict[str, Any] = {"addressee": "ke", "transit": ["ae"], "form": form()}
    if name == "route":
        own = {"addressee": "ae", "form": load("prenotification/1").project(form(), "ae")}
    made: dict[str, Any] = copy.deepcopy({**head, **deadlines, **own})
    change(made)
    return made


def event(**said: Any) -> dict[str, Any]:
    """Give one event about the consignment."""
    return {**HEAD, **said}
