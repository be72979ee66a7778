"""Play the beginning of one voyage: BE announces and sends, AE and KE take note; the rest is left to who tries it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from exercise.commands import pratique
from exercise.dates import moved_to_now
from exercise.founding import EXAMPLES, Places
from exercise.steps import Steps

NATIONAL_REFERENCE, NEXT_NATIONAL_REFERENCE = "BE-2026-EXP-004471", "BE-2026-EXP-004472"


def play(places: Places, steps: Steps) -> str:
    """Send, acknowledge, depart; give the reference."""
    sent = pratique("prenotify", write_consignment(places), "--store", places.store("be"))
    reference = str(sent["reference"])
    lanes = "; ".join(f"{lane['part']} lane {' '.join(lane['parties']).upper()}" for lane in sent["lanes"])
    steps.step("BE", f"sends pre-notification {reference}: {lanes}")

    def acknowledge(party: str) -> None:
        pratique("ack", reference, "--store", places.store(party))

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(acknowledge, ("ae", "ke")))
    steps.step("all", "AE, which sees its own leg, and KE, which sees everything, acknowledge")
    way = ("--place", "BEBRU", "--document", "176-12345675")
    pratique("move", reference, "DEPARTED", *way, "--store", places.store("be"))
    steps.step("BE", "reports DEPARTED at BEBRU; now it is in the air, and your turn")
    return reference


def write_consignment(places: Places) -> Path:
    """Write the consignment that is played; and beside it the same under another number, to be sent by who tries it."""
    example: dict[str, Any] = moved_to_now(json.loads((EXAMPLES / "vaccine-consignment.json").read_bytes()))
    played = places.folder / "be" / "played.json"
    for file, number in (
        (played, NATIONAL_REFERENCE),
        (places.folder / "consignment.json", NEXT_NATIONAL_REFERENCE),
    ):
        announcement = {**example, "national_reference": number}
        file.write_text(json.dumps(announcement, indent=2) + "\n", encoding="utf-8")
    return played
