"""Decide what a channel needs: which devices to add, which leaves to remove, when to renew the own leaf; pure.

Every member can do all of it, so an order that all can compute says who goes first; the loser of a race sees it done.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pratique.directory import ActiveDevice
from pratique.wire.membership import Membership
from pratique.wire.tls import encode

DAY_MS = 86_400_000
# Every leaf is renewed at least every 7 days; devices spread over the last one.
UPDATE_MS = 7 * DAY_MS
STOCK = 100
REFILL_BELOW = 25
LIFETIME_S = 28 * 86_400
# A last resort is replaced when less than this is left of its 28 days.
LAST_RESORT_MS = 14 * DAY_MS
MOST_ADDS = 200


@dataclass(frozen=True)
class Need:
    """What a channel needs from one of its members."""

    adds: tuple[str, ...] = ()
    removes: tuple[int, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.adds or self.removes)


def need(member: Membership, offices: Mapping[str, Sequence[ActiveDevice]], at_ms: int) -> Need:
    """Give the active devices of seated offices that hold no leaf, and the leaves that must go.

    Takes   offices: the active, verified devices of seated offices, as far as they are known
    """
    surplus = member.surplus(at_ms)
    kept = {leaf.uri for index, leaf in member.leaves.items() if index not in surplus}
    keys = {leaf.key for index, leaf in member.leaves.items() if index not in surplus}
    missing = sorted(
        device.uri
        for office, devices in offices.items()
        if office in member.seated
        for device in devices
        if device.uri not in kept and device.uri not in member.revoked and device.certificate.key not in keys
    )
    return Need(tuple(missing[:MOST_ADDS]), surplus)


def rank(chain: bytes, own: str, member: Membership) -> int:
    """Give this device's place in the order of who commits first, the same for all who see the same log."""
    uris = (leaf.uri for leaf in member.leaves.values())
    order = sorted(uris, key=lambda uri: hashlib.sha256(encode(chain, uri)).digest())
    return order.index(own) if own in order else len(order)


def update_due(own: str, last_ms: int, now_ms: int) -> bool:
    """Say whether this device's leaf wants a fresh path: between 6 and 7 days after the last, each at its own hour."""
    jitter = int.from_bytes(hashlib.sha256(own.encode() + last_ms.to_bytes(8, "big")).digest()[:8], "big") % DAY_MS
    return now_ms - last_ms >= UPDATE_MS - jitter
