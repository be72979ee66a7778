"""Play one consignment through three Members: BE announces and sends, AE lets it through, KE counts what arrives."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from exercise.commands import Watcher, pratique
from exercise.founding import Places
from exercise.steps import Steps, paragraph


@dataclass(frozen=True)
class Voyage:
    """What was played: the reference, and how long the alert took to each screen."""

    reference: str
    alert_s: dict[str, float]


def play(places: Places, consignment: Path, operation: str, steps: Steps) -> Voyage:
    """Send, acknowledge, carry and count; AE and KE watch live while it happens."""
    store = places.store
    watchers = {party: Watcher(store(party)) for party in ("ae", "ke")}
    try:
        for watcher in watchers.values():
            watcher.wait(lambda shown: "watching" in shown)
        steps.step("AE and KE watch their screens")
        before = time.time()
        sent = pratique("prenotify", consignment, "--operation", operation, "--store", store("be"))
        reference = str(sent["reference"])
        lanes = " and ".join(f"{lane['part']} lane {' '.join(lane['parties']).upper()}" for lane in sent["lanes"])
        steps.step(f"BE sends pre-notification {reference}: {lanes}")
        alert_s = {}
        for party, watcher in watchers.items():
            at, shown = watcher.wait(lambda shown: _announces(shown, reference))
            alert_s[party] = at - shown["at_ms"] / 1000
            steps.step(
                f"{party.upper()} sees the alert {max(alert_s[party], 0):.2f} s after it was saved: {shown['text']}"
            )
        steps.step(f"(from BE's key press to KE's screen: {at - before:.1f} s, lanes and keys made on the way)")
        _act(steps, "KE acknowledges", "ack", reference, "--store", store("ke"))
        _move(steps, places, "be", reference, "DEPARTED", "BEBRU")
        _move(steps, places, "ae", reference, "TRANSIT_IN", "AEDXB")
        _move(steps, places, "ae", reference, "TRANSIT_OUT", "AEDXB")
        _move(steps, places, "ke", reference, "ARRIVED", "KENBO")
        count = pratique("reconcile", reference, "--as-announced", "--store", store("ke"))
        doses = sum(lot["doses"] for lot in count["lots"])
        steps.step(f"KE counts {len(count['lots'])} lots, {doses:,} doses, and closes it as {count['outcome']}")
        watchers["ae"].wait(lambda shown: _moved(shown, reference, "ARRIVED"))
        steps.step("AE has seen on its screen that the consignment arrived")
    finally:
        for watcher in watchers.values():
            watcher.close()
    return Voyage(reference, alert_s)


def _announces(shown: dict[str, Any], reference: str) -> bool:
    return shown.get("type") == "prenotification" and (shown.get("content") or {}).get("reference") == reference


def _moved(shown: dict[str, Any], reference: str, step: str) -> bool:
    content = shown.get("content") or {}
    return (content.get("about"), content.get("step")) == (reference, step)


def _move(steps: Steps, places: Places, party: str, reference: str, step: str, place: str) -> None:
    what = f"{party.upper()} reports {step} at {place}"
    _act(steps, what, "move", reference, step, "--place", place, "--store", places.store(party))


def _act(steps: Steps, what: str, *command: str | Path) -> None:
    pratique(*command)
    steps.step(what)


def print_timelines(places: Places, parties: tuple[str, ...], reference: str) -> None:
    """Print what each party may see of a consignment, from its own store."""
    print(f"\nWhat each party may see of {reference}, and in which lane (UTC):")
    with ThreadPoolExecutor(len(parties)) as pool:
        read = list(
            pool.map(lambda party: pratique("read", "--about", reference, "--store", places.store(party)), parties)
        )
    for party, lines in zip(parties, (one["lines"] for one in read), strict=True):
        print(f"\n{party.upper()}" + ("" if lines else "  nothing: it sits in no lane of this consignment"))
        for line in lines:
            at = time.strftime("%H:%M:%S", time.gmtime(line["at_ms"] / 1000))
            lane = line["channel_title"].removeprefix("lane ")
            text = line["text"].replace(f" {reference}", "").removeprefix(f"{reference} ")
            paragraph(text, f"  {at}  {lane:8}  {line['party'].upper():2}  ")
