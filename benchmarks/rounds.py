"""Measure variants in alternating rounds, so that a busy machine disturbs all of them alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


async def alternate(variants: Mapping[str, Callable[[], Awaitable[T]]], rounds: int) -> dict[str, list[T]]:
    """Run every variant once per round, each round beginning with another one; give the results by variant."""
    names = list(variants)
    results: dict[str, list[T]] = {name: [] for name in names}
    for number in range(rounds):
        turn = number % len(names)
        for name in (*names[turn:], *names[:turn]):
            results[name].append(await variants[name]())
    return results


async def timed(step: Awaitable[object]) -> float:
    """Wait for a step; give the milliseconds it took."""
    start = time.perf_counter()
    await step
    return (time.perf_counter() - start) * 1000


def median(values: Sequence[float]) -> float:
    """Give the middle value."""
    return statistics.median(values)


def ratio(values: Sequence[float], base: Sequence[float]) -> float:
    """Give the middle of the round-by-round ratios: what two rounds next to each other say of each other."""
    return statistics.median(value / other for value, other in zip(values, base, strict=True))
