"""Play one vaccine consignment from announcement to count, each party by its own processes.

BE ── goods lane ──▶ KE (gateway, national system)        BE ── route lane ──▶ AE (a person)        OCU reads along
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from exercise.commands import pratique
from exercise.dates import for_people, moved_to_now, read, write
from exercise.founding import EXAMPLES, Places
from exercise.national import NationalSide
from exercise.running import Watcher
from exercise.steps import Steps

SCREENS = ("be", "ae", "ocu")
SHORT, SHORT_DOSES, FEWER_DOSES = "SBX4490", 33_930, 33_528
DELAY = timedelta(hours=9)
Wanted = Callable[[dict[str, Any]], bool]


@dataclass
class Story:
    """What is played, and what was said on the way: the search for plaintext looks for all of it."""

    places: Places
    operation: str
    steps: Steps
    reference: str = ""
    said: list[Any] = field(default_factory=list)
    screens: dict[str, Watcher] = field(default_factory=dict)
    gateway_before: bytes = b""

    def play(self) -> None:
        """Play all of it."""
        file = self._write_consignment()
        with ThreadPoolExecutor(len(SCREENS) + 1) as pool:
            screens = pool.map(self._screen, SCREENS)
            checking = pool.submit(self._do, "be", "prenotify", file, "--check")
            national = NationalSide(self.places)
            self.gateway_before = national.before
            try:
                self.screens = dict(zip(SCREENS, screens, strict=True))
                self.steps.step("KE", f"starts its gateway on {national.url}, and its national system behind it")
                self.steps.step("all", "watch their screens: BE, AE and OCU")
                self._announce(file, checking.result())
                self._ask(national)
                self._amend(national)
                self._carry(national)
                self._count(national)
            finally:
                everything: tuple[Watcher | NationalSide, ...] = (*self.screens.values(), national)
                list(pool.map(lambda running: running.close(), everything))

    def _screen(self, party: str) -> Watcher:
        watcher = Watcher(self.places.store(party))
        watcher.wait(lambda shown: "watching" in shown)
        return watcher

    def _write_consignment(self) -> Path:
        announcement = moved_to_now(json.loads((EXAMPLES / "vaccine-consignment.json").read_bytes()))
        file = self.places.folder / "be" / "consignment.json"
        file.write_text(json.dumps(announcement, indent=2), encoding="utf-8")
        self.said.append(announcement)
        return file

    def _announce(self, file: Path, checked: dict[str, Any]) -> None:
        self.steps.chapter("The announcement")
        by = {party: for_people(one["acknowledge_at"]) for party, one in checked["deadlines"].items()}
        self.steps.step("BE", "checks it; before sending it sees until when (UTC) each addressee should acknowledge:")
        self.steps.tell(", ".join(f"{party.upper()} {until}" for party, until in by.items()))
        sent = self._do("be", "prenotify", file)
        self.reference = str(sent["reference"])
        lanes = "; ".join(f"{lane['part']} lane {' '.join(lane['parties']).upper()}" for lane in sent["lanes"])
        self.steps.step("BE", f"sends pre-notification {self.reference}: {lanes}")
        self.steps.tell("with each part goes a reminder plan for the server: instants and offices, no words")
        at, shown = self._seen("ae", lambda shown: shown["type"] == "prenotification")
        self.steps.step("AE", f"sees it {max(at - shown['at_ms'] / 1000, 0):.2f} s after it was saved: {shown['text']}")

    def _ask(self, national: NationalSide) -> None:
        self.steps.step("KE", f"its national system says: {national.wait('acknowledged')}")
        self._do("ae", "ack", self.reference)
        self.steps.step("AE", "sees its own leg, no lot and no trader; acknowledges")
        question = "Is the dry ice topped up before the second flight?"
        national.report(self.reference, "query", text=question)
        self._seen("be", lambda shown: shown["type"] == "query")
        self.steps.step("KE", f"asks, from its national system: {question!r}")
        answer = "Yes, in Dubai; the airline has confirmed it."
        self._do("be", "reply", self.reference, answer)
        self.steps.step("BE", f"replies: {answer!r}; only the lane of the question reads both")

    def _amend(self, national: NationalSide) -> None:
        self.steps.chapter("A change")
        later = write(read(self.said[0]["form"]["legs"][0]["etd_at"]) + DELAY)
        changes = ("--lot", f"{SHORT}={SHORT_DOSES}", "--etd", later, "--set", "legs[0].flight=EK188")
        amended = self._do("be", "amend", self.reference, *changes, "--yes")
        self.steps.step("BE", f"amends it: version {amended['version']}. The material changes ask everybody again:")
        for change in amended["changes"]:
            weight = " (material)" if change["material"] else ""
            self.steps.tell(f"{change['path']}: {change['before']} → {change['after']}{weight}")
        self._seen("ae", lambda shown: (shown["content"] or {}).get("version") == 2)
        self.steps.step("KE", f"its national system says: {national.wait('acknowledged')}")
        self._do("ae", "ack", self.reference)
        self.steps.step("AE", "acknowledges version 2, too")

    def _carry(self, national: NationalSide) -> None:
        self.steps.chapter("The way")
        for party, step, place in (("be", "DEPARTED", "BEBRU"), ("ae", "TRANSIT_IN", "AEDXB")):
            self._move(party, step, place)
        self._move("ae", "TRANSIT_OUT", "AEDXB")
        national.report(self.reference, "movement", step="ARRIVED", happened_at=_now(), place="KENBO")
        self.steps.step("KE", "its national system reports ARRIVED at KENBO")

    def _move(self, party: str, step: str, place: str) -> None:
        document = ("--document", "176-12345675") if step == "DEPARTED" else ()
        self._do(party, "move", self.reference, step, "--place", place, *document)
        self.steps.step(party.upper(), f"reports {step} at {place}")

    def _count(self, national: NationalSide) -> None:
        self.steps.chapter("The count")
        lots = [{"batch": lot["batch"], "doses": lot["doses"]} for lot in self.said[0]["form"]["goods"][0]["lots"]]
        lots[-1] |= {"doses": FEWER_DOSES, "missing_doses": SHORT_DOSES - FEWER_DOSES, "temperature": "ALARM"}
        said = {"outcome": "DISCREPANCY", "counted_at": _now(), "lots": lots, "arrival_report": "KE-VAR-2026-0313"}
        self.said.append(said)
        national.report(self.reference, "reconciliation", **said)
        missing = SHORT_DOSES - FEWER_DOSES
        self.steps.step("KE", f"counts: {SHORT} is {missing} doses short and its indicator shows an alarm: DISCREPANCY")
        for party in SCREENS:
            _, shown = self._seen(party, lambda shown: shown["urgency"] == "urgent" and _closes(shown))
            self.steps.step(party.upper(), f"is alerted as {shown['urgency']}: {shown['text']}")

    def _do(self, party: str, *command: Any) -> Any:
        return pratique(*command, "--store", self.places.store(party))

    def _seen(self, party: str, wanted: Wanted) -> tuple[float, dict[str, Any]]:
        return self.screens[party].wait(lambda shown: "type" in shown and wanted(shown))


def _closes(shown: dict[str, Any]) -> bool:
    return shown["type"] == "reconciliation" or (shown["content"] or {}).get("state") == "CLOSED"


def _now() -> str:
    return write(datetime.now(UTC))
