"""Set devices of the browser beside Python ones in one deployment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.web.peers import Peer
from tests.world import World


@dataclass
class Scene:
    """A deployment with Python devices and a peer that holds the browser's."""

    world: World
    web: Peer

    async def enrol(self, name: str, party: str) -> str:
        """Enrol a device of the browser, approved by the Python officer; give its URI."""
        officer = self.world.officers[party]
        ticket = await officer.invite("ncp", "officer")
        told = await self.web.ask(name, "enrol", ticket=ticket.text(), label=f"web{name}")
        assert told["fingerprint"] == told["again"]
        assert not await self.web.ask(name, "finish"), "a device is enrolled before anybody approved it"
        await officer.approve(ticket.id, told["fingerprint"])
        assert await self.web.ask(name, "finish")
        uri: str = told["uri"]
        return uri

    async def state(self, name: str, channel: bytes) -> dict[str, Any]:
        """Give what a device of the browser knows of a channel."""
        states = {one["id"]: one for one in await self.web.ask(name, "states")}
        found: dict[str, Any] = states[channel.hex()]
        return found
