"""Write down the story of one consignment: who says what in which lane, and what the board must then show."""

from __future__ import annotations

import copy
import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pratique.contents.fields import make_reference
from pratique.templates import load

HOUR_MS = 3_600_000
DAY_H = 24.0
BEGAN_MS = 1795176000000  # 2026-11-20T12:00Z
REFERENCE = make_reference("STOP-III", "be", 2026, 1)
OTHER = make_reference("STOP-III", "be", 2026, 2)
OF_TRANSIT = make_reference("STOP-III", "ae", 2026, 1)
LOGS = {"goods": "a1" * 32, "ae": "b2" * 32, "sg": "c3" * 32, "stray": "d4" * 32}
SEALS = {"BEBRU": ["BE-CU-0098127"], "AEDXB": ["AE-FZ-5521"], "SGSIN": ["SG-7781"]}


def instant(hours: float) -> str:
    """Give an instant field so many hours after the first entry."""
    return datetime.fromtimestamp((BEGAN_MS + hours * HOUR_MS) / 1000, UTC).strftime("%Y-%m-%dT%H:%MZ")


def leg(places: str, leaves_h: float, arrives_h: float, mode: str = "air", **more: Any) -> dict[str, Any]:
    """Give one leg of a form."""
    start, end = places.split("-")
    by = {"air": {"flight": "EK184"}, "sea": {"vessel": "MV Kilimo", "voyage": "112W"}}.get(mode, {"vehicle": "B-123"})
    times = {"etd_at": instant(leaves_h), "eta_at": instant(arrives_h)}
    made = {"mode": mode, "from_place": start, "to_place": end, **times, **by, "seals": SEALS.get(start, ["S-1"])}
    return {**made, **({"awb": "176-12345675"} if mode == "air" else {}), **more}


THROUGH_AE = [leg("BEBRU-AEDXB", 96, 103), leg("AEDXB-KENBO", 110, 114)]
THROUGH_TWO = [leg("BEBRU-AEDXB", 96, 103), leg("AEDXB-SGSIN", 110, 117), leg("SGSIN-KENBO", 120, 131)]
DIRECT = [leg("BEBRU-KENBO", 96, 104)]


def form(legs: list[dict[str, Any]] | None = None, **changed: Any) -> dict[str, Any]:
    """Give the whole form of a small consignment."""
    lots = [
        {"batch": "SBX4471", "expiry": "2027-09-30", "vials": 100, "doses": 600},
        {"batch": "SBX4472", "expiry": "2027-10-31", "vials": 50, "doses": 300},
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
        "gtin": "05412345000013",
        "lots": lots,
    }
    made = {
        "consignor": {"name": "Scheldt Biologics NV", "country": "BE"},
        "consignee": {"name": "Uhuru National Vaccine Store", "country": "KE"},
        "emergency_phone": "+3222101234",
        "customs": {"procedure": "export"},
        "goods": [line],
        "packages": {"type": "BX", "count": 26, "gross_kg": 192.5},
        "temperature": {"band": "ULT", "min_c": -90, "max_c": -60, "coolant": "dry_ice", "dry_ice_kg": 60},
        "legs": copy.deepcopy(legs or THROUGH_AE),
    }
    return {**made, **changed}


@dataclass
class Tale:
    """One vector.

    Takes   moves: the transition of the table that it shows; allowed: whether it happens; told: what must come of it,
            written by hand; seen: the same for readers of some lanes only, by the lanes' names
    """

    file: str
    name: str
    moves: int | None = None
    allowed: bool = True
    mode: str = "INFORM"
    coordinators: tuple[str, ...] = ()
    entries: list[dict[str, Any]] = field(default_factory=list)
    told: dict[str, Any] = field(default_factory=dict)
    seen: dict[tuple[str, ...], dict[str, Any]] = field(default_factory=dict)
    now_h: float | None = None
    delivered: list[tuple[str, str, int]] = field(default_factory=list)
    reference: str = REFERENCE
    last: dict[str, int] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)

    def entry(self, party: str, lane: str, at_h: float, type_: str, body: dict[str, Any]) -> None:
        """Put one entry into a lane."""
        seq = 1 + max((one["seq"] for one in self.entries if one["log"] == LOGS[lane]), default=4)
        at_ms = round(BEGAN_MS + at_h * HOUR_MS)
        self.entries.append(
            {"log": LOGS[lane], "seq": seq, "at_ms": at_ms, "party": party, "type": type_, "body": body}
        )

    def part(
        self, lane: str, whole: dict[str, Any], at_h: float = 0, *, by: str = "be", version: int = 1, **more: Any
    ) -> Tale:
        """Send one part: of the goods lane the whole form, of another lane what that transit Member may know."""
        inner = [one["to_place"][:2].lower() for one in whole["legs"][:-1]]
        end = whole["legs"][-1]["to_place"][:2].lower()
        reply = {"reply_at": instant(48)} if self.mode == "REPLY" else {}
        head = {"version": version, "template": "prenotification/1", "mode": self.mode, "kind": "departure"}
        parties = {"origin": whole["legs"][0]["from_place"][:2].lower(), "destination": end}
        deadlines = {"deadlines": {"acknowledge_at": instant(24), **reply}}
        if lane == "goods" or more.get("part") == "goods":
            own = {"part": "goods", "addressee": end, "transit": inner, "form": whole}
        else:
            own = {"part": "route", "addressee": lane, "form": load("prenotification/1").project(whole, lane)}
        self.entry(
            by,
            lane,
            at_h,
            "prenotification",
            {"reference": self.reference, **head, **parties, **deadlines, **own, **more},
        )
        self.last[lane] = self.entries[-1]["seq"]
        return self

    def sent(self, whole: dict[str, Any] | None = None, at_h: float = 0, **more: Any) -> Tale:
        """Send every part of a form, the goods part first."""
        whole = whole or form()
        lanes = ["goods", *(one["to_place"][:2].lower() for one in whole["legs"][:-1])]
        for number, lane in enumerate(lanes):
            self.part(lane, whole, at_h + number / 3600, **more)
        return self

    def say(self, party: str, lanes: str, at_h: float, type_: str, id: str = "", **fields: Any) -> Tale:
        """Say one event in one lane or several (`goods ae`): everywhere with the same id."""
        name = id or f"{len(self.ids)}"
        known = self.ids.setdefault(name, hashlib.sha256(f"{self.file}/{name}".encode()).hexdigest()[:32])
        if str(fields.get("query", "")).startswith("@"):
            fields["query"] = self.ids[fields["query"][1:]]
        given = fields.pop("follows", None)
        for number, lane in enumerate(lanes.split()):
            follows = given or {"log": LOGS[lane], "seq": self.last.get(lane, 5)}
            body = {"id": known, "about": self.reference, "follows": follows, **fields}
            self.entry(party, lane, at_h + number / 3600, type_, body)
        return self

    def moved(self, party: str, lanes: str, at_h: float, step: str, **fields: Any) -> Tale:
        """Report one step of the journey."""
        return self.say(party, lanes, at_h, "movement", step=step, happened_at=instant(at_h), **fields)

    def counted(self, at_h: float, outcome: str = "MATCHED", lanes: str = "goods", **fields: Any) -> Tale:
        """Count on arrival; the transit Members get the token."""
        lots = [{"batch": "SBX4471", "doses": 600}, {"batch": "SBX4472", "doses": 300}]
        counts = {"lots": lots} if outcome in ("MATCHED", "DISCREPANCY") else {}
        said = {"outcome": outcome, "counted_at": instant(at_h), **counts, **fields}
        self.say("ke", "goods", at_h, "reconciliation", id="count", **said)
        for lane in lanes.split()[1:]:
            self.say("ke", lane, at_h + 0.001, "status", id="count", state="CLOSED", outcome=outcome)
        return self

    def shows(self, *lanes: str, now_h: float | None = None, **told: Any) -> Tale:
        """Say what must come of it, for a reader of all lanes or of the ones named."""
        if lanes:
            self.seen[lanes] = told
        else:
            self.told, self.now_h = told, now_h
        return self

    def now_ms(self) -> int:
        """Give the instant at which the board is asked: the last entry's, if no other is told."""
        if self.now_h is not None:
            return round(BEGAN_MS + self.now_h * HOUR_MS)
        return max(int(one["at_ms"]) for one in self.entries)


def written(vector: dict[str, Any]) -> str:
    """Write a vector: one line for each entry and each consignment, so that a change shows."""
    lines = []
    for key, value in vector.items():
        if isinstance(value, list) and value and isinstance(value[0], dict):
            inner = ",\n".join(f"  {json.dumps(one, ensure_ascii=False)}" for one in value)
            lines.append(f' "{key}": [\n{inner}\n ]')
        else:
            lines.append(f' "{key}": {json.dumps(value, ensure_ascii=False)}')
    return "{\n" + ",\n".join(lines) + "\n}\n"
