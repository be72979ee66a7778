"""Set browsers of officers beside Python desks, in one operation on one real server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, BrowserContext, ViewportSize

from pratique.contents.message import Message
from pratique.wire.entries import Kind
from tests.desk.desks import Desks, desks
from tests.web.browsers import need_pages
from tests.web.pages import Officer

WINDOW: ViewportSize = {"width": 1280, "height": 900}


@dataclass
class Stage:
    """An operation of Python desks, and the windows that were opened."""

    desks: Desks
    browser: Browser
    contexts: list[BrowserContext] = field(default_factory=list)

    @property
    def url(self) -> str:
        """Where the web client is served."""
        return self.desks.world.url

    async def window(self, party: str, url: str = "") -> Officer:
        """Open a browser profile that nothing is in; `url` where it comes to the server by a line of its own."""
        context = await self.browser.new_context(
            viewport=WINDOW, locale="en-GB", timezone_id="Europe/Brussels", reduced_motion="reduce"
        )
        self.contexts.append(context)
        return Officer(party, await context.new_page(), url or self.url)

    async def enrol(self, party: str, person: str = "officer", url: str = "") -> Officer:
        """Invite, enrol and approve a browser, as `window` opens it."""
        officer = self.desks.world.officers[party]
        ticket = await officer.invite("ncp", person)
        one = await self.window(party, url)
        shown = await one.begin(ticket.text())
        await officer.approve(ticket.id, shown)
        await one.come_in()
        return one

    async def enrol_all(self, *parties: str) -> list[Officer]:
        """Enrol one browser of each party, at the same time."""
        made = await asyncio.gather(*(self.enrol(party) for party in parties))
        await self.let_in()
        return list(made)

    async def discussion(self, party: str, title: str, *offices: str, history: str = "full") -> bytes:
        """Let a party's Python device open a channel with other offices; give its id."""
        device = self.desks[party].device
        own = device.uri.office_id
        return await device.create_channel(
            self.desks.operation.id,
            title=title,
            offices=sorted({own, *offices}),
            history="full" if history == "full" else "from_join",
        )

    def devices_in(self, party: str, channel: bytes) -> tuple[str, ...]:
        """Name the devices that hold a leaf of a channel, as a party's Python device knows it."""
        return next(state.devices for state in self.desks[party].device.channels() if state.id == channel)

    async def read(self, party: str, channel: bytes) -> list[str]:
        """Give the messages of a channel as a party's Python device reads them; nothing in it may be refused."""
        device = self.desks[party].device
        await device.sync()
        opened = [one for one in device.opened(channel) if one.kind is Kind.APPLICATION]
        assert [one.problem for one in opened if one.problem] == []
        return [Message.read(one.body).text for one in opened if one.type == "message"]

    async def let_in(self) -> None:
        """Let the Python devices give every newcomer its leaves."""
        await self.desks.coordinator.sync()
        await self.desks.sync()


@asynccontextmanager
async def staged(
    folder: Path, database_url: str, browser: Browser, parties: Sequence[str] = ("be", "ae", "ke"), **given: object
) -> AsyncIterator[Stage]:
    """Give a stage; every window is closed at its end."""
    need_pages()
    async with desks(folder, database_url, parties, **given) as made:  # type: ignore[arg-type]
        stage = Stage(made, browser)
        try:
            yield stage
        finally:
            await asyncio.gather(*(context.close() for context in stage.contexts))
