"""Agree with the Member's other gateways who delivers what: by claims in the lane that only this Member reads.

The first claim in the lane's order counts; it lapses after some minutes unless the delivery is said there too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Literal

from pratique.contents.claim import Claim
from pratique.gateway.settings import Settings
from pratique.views import deliveries
from pratique.wire.entries import Kind

if TYPE_CHECKING:
    from pratique.desk.desk import Desk

MOST_ITEMS = 200
Word = Literal["mine", "delivered"]


class Claims:
    """The claims of this gateway and of its siblings."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._desk = desk
        self._settings = settings
        self._known = deliveries.Deliveries()
        self._after = 0
        self._turn = asyncio.Lock()
        # How far the server's clock is ahead of ours: claims lapse by the server's.
        self._ahead_ms = 0

    async def take(self, endpoint: str, items: Mapping[int, str]) -> dict[int, Word | int]:
        """Claim what is free, and say of each item: mine, delivered by somebody, or when to ask again.

        Raises  PratiqueError: without the server nothing is claimed
        """
        async with self._turn:
            await self._catch_up()
            free = [item for item in items.values() if self._is_free(endpoint, item)]
            if free:
                await self._say(endpoint, free, "CLAIMED")
                await self._catch_up()
        again_ms = self._settings.now_ms() + round(self._settings.idle_s * 1000)
        return {name: self._said(endpoint, item) or again_ms for name, item in items.items()}

    async def say_delivered(self, endpoint: str, items: Collection[str]) -> None:
        """Tell the others that these are done."""
        async with self._turn:
            await self._say(endpoint, items, "DELIVERED")

    async def give_back(self, endpoint: str, items: Collection[str]) -> None:
        """Let the others deliver what was claimed here."""
        async with self._turn:
            await self._say(endpoint, items, "RELEASED")

    def _said(self, endpoint: str, item: str) -> Word | None:
        if self._known.delivered(endpoint, item):
            return "delivered"
        return "mine" if self._owner(endpoint, item) == str(self._desk.device.uri) else None

    def _is_free(self, endpoint: str, item: str) -> bool:
        return self._owner(endpoint, item) is None and not self._known.delivered(endpoint, item)

    def _owner(self, endpoint: str, item: str) -> str | None:
        return self._known.owner(endpoint, item, self._settings.now_ms() + self._ahead_ms)

    async def _say(
        self, endpoint: str, items: Collection[str], state: Literal["CLAIMED", "DELIVERED", "RELEASED"]
    ) -> None:
        said, lane = list(items), await self._own_lane()
        for start in range(0, len(said), MOST_ITEMS):
            claim = Claim(endpoint=endpoint, items=tuple(said[start : start + MOST_ITEMS]), state=state)
            posted = await self._desk.device.post(lane, Claim.TYPE, claim.write())
            self._ahead_ms = posted.at_ms - self._settings.now_ms()

    async def _catch_up(self) -> None:
        """Fold what the lane says now: what the others said before our own last word is then known."""
        lane = await self._own_lane()
        await self._desk.device.sync(lane)
        fresh = [one for one in self._desk.device.opened(lane, self._after) if one.kind is Kind.APPLICATION]
        self._known = deliveries.fold(self._known, fresh)
        self._after = max((one.seq for one in fresh if one.problem is None), default=self._after)

    async def _own_lane(self) -> bytes:
        return await self._desk.outward.own_lane()
