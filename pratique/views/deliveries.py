"""Which device of a Member delivers which item to its national system: of several gateways, one.

CLAIMED ─▶ DELIVERED          who claims first in the own lane delivers
   └─▶ RELEASED, or five minutes without a word: the next claim counts
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pratique.contents.claim import Claim
from pratique.opened import OpenedEntry

CLAIM_LASTS_MS = 5 * 60_000


@dataclass(frozen=True, order=True)
class Step:
    """What one device said about one item."""

    seq: int
    at_ms: int
    device: str
    state: str


@dataclass(frozen=True)
class Deliveries:
    """Every word about every item, by endpoint and item, in the order of the own lane."""

    steps: Mapping[tuple[str, str], tuple[Step, ...]] = field(default_factory=dict)

    def owner(self, endpoint: str, item: str, now_ms: int) -> str | None:
        """Give the device whose claim is in force at an instant; None where the item is free or delivered."""
        held: Step | None = None
        for step in self.steps.get((endpoint, item), ()):
            if step.state == "DELIVERED":
                return None
            if step.state == "RELEASED":
                held = None if held is not None and held.device == step.device else held
            elif held is None or held.device == step.device or _lapsed(held, step.at_ms):
                held = step
        return None if held is None or _lapsed(held, now_ms) else held.device

    def delivered(self, endpoint: str, item: str) -> bool:
        """Say whether any device has delivered an item."""
        return any(step.state == "DELIVERED" for step in self.steps.get((endpoint, item), ()))


def fold(deliveries: Deliveries, entries: Iterable[OpenedEntry]) -> Deliveries:
    """Fold opened entries of the own lane, in whatever order they come in."""
    fresh: dict[tuple[str, str], set[Step]] = {}
    for entry in entries:
        if (claim := entry.read_as(Claim)) is not None:
            step = Step(entry.seq, entry.at_ms, entry.device, claim.state)
            for item in claim.items:
                fresh.setdefault((claim.endpoint, item), set()).add(step)
    if not fresh:
        return deliveries
    steps = dict(deliveries.steps)
    for key, said in fresh.items():
        steps[key] = tuple(sorted(said.union(steps.get(key, ()))))
    return Deliveries(steps)


def _lapsed(held: Step, at_ms: int) -> bool:
    return at_ms >= held.at_ms + CLAIM_LASTS_MS
