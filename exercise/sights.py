"""Show what each party may see of a consignment, from its own store; parties that see the same are told together."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from exercise.commands import pratique
from exercise.founding import ENROLLED, Places
from exercise.steps import paragraph

Lines = list[dict[str, Any]]


def read_all(places: Places) -> dict[str, Lines]:
    """Give every line that each party can open, in all its channels, as far as its screen or its gateway has read."""

    def read(party: str) -> Lines:
        lines: Lines = pratique("read", "--offline", "--store", places.store(party))["lines"]
        return lines

    labels = [party.label for party in ENROLLED]
    with ThreadPoolExecutor(len(labels)) as pool:
        return dict(zip(labels, pool.map(read, labels), strict=True))


def print_sights(seen: dict[str, Lines], reference: str, transit: str) -> None:
    """Print what each party may see of a consignment.

    Takes   transit: the party whose lane is the route lane
    """
    about = {party: [line for line in lines if reference in _names(line)] for party, lines in seen.items()}
    groups: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for party, lines in about.items():
        told = [line for line in lines if len(_parties(line)) > 1]
        groups.setdefault(tuple(_acts(told, reference, transit)), []).append(party)
    for acts, parties in groups.items():
        _print(", ".join(party.upper() for party in parties), acts)
    for party, lines in about.items():
        if own := [line for line in lines if _parties(line) == [party]]:
            _print(f"{party.upper()} alone, in its own lane", _acts(own, reference, transit))


def _print(who: str, acts: Any) -> None:
    print(f"\n  {who}" + ("" if acts else ": nothing"))
    for at, lane, party, text in acts:
        paragraph(text, f"    {at}  {lane:5}  {party:3}  ")


def _acts(lines: Lines, reference: str, transit: str) -> list[tuple[str, ...]]:
    """Give one row for each act, though it stands in several lanes; the fullest copy speaks."""
    copies: dict[Any, Lines] = {}
    for line in lines:
        copies.setdefault(_act(line), []).append(line)
    rows: list[tuple[str, ...]] = []
    for same in copies.values():
        lanes = {
            "own" if len(_parties(line)) == 1 else "route" if transit in _parties(line) else "goods" for line in same
        }
        fullest = max(same, key=lambda line: len(line["text"]))
        at = time.strftime("%H:%M:%S", time.gmtime(fullest["at_ms"] / 1000))
        text = fullest["text"].replace(f" about {reference}", "").replace(f" {reference}", "")
        rows.append(
            (
                at,
                "both" if len(lanes) > 1 else lanes.pop(),
                fullest["party"].upper(),
                text.removeprefix(f"{reference} "),
            )
        )
    return rows


def _act(line: dict[str, Any]) -> tuple[Any, ...]:
    """Give what copies of one act in several lanes have in common: an event its id, a part its version."""
    content = line["content"]
    if line["type"] == "prenotification":
        return (line["party"], content["version"])
    return (line["party"], content["id"]) if "id" in content else (line["channel"], line["seq"])


def _names(line: dict[str, Any]) -> tuple[Any, ...]:
    content = line["content"] or {}
    return (content.get("about"), content.get("reference"))


def _parties(line: dict[str, Any]) -> list[str]:
    return [party.lower() for party in line["channel_title"].removeprefix("lane ").split()]
