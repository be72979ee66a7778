"""Give benchmarks a real Chromium beside Python desks of one operation, reached through a link."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.async_api import Page, expect

from benchmarks.web.link import Link, linked
from tests.databases import SqliteTemplate
from tests.web.browsers import chromium
from tests.web.pages import Officer, t
from tests.web.stage import Stage, staged

WAIT_MS = 600_000


@dataclass
class Bench:
    """An operation of Python desks, and the browsers that reach its server through a link."""

    stage: Stage
    link: Link

    async def enrol(self, party: str) -> Officer:
        """Enrol a browser of a party through the link; it is in and live."""
        officer = await self.stage.enrol(party)
        officer.page.set_default_timeout(WAIT_MS)
        await self.stage.let_in()
        return officer

    async def fresh(self) -> Page:
        """Give a window of a browser that was never here."""
        page = (await self.stage.window("ke")).page
        page.set_default_timeout(WAIT_MS)
        return page


class LinkedStage(Stage):
    """A stage whose browsers go through the link."""

    link: Link

    @property
    def url(self) -> str:
        """Where the web client is reached."""
        return self.link.url


@asynccontextmanager
async def bench(parties: Sequence[str] = ("be", "ae", "ke")) -> AsyncIterator[Bench]:
    """Give it; searched for nothing at its end, everything is closed."""
    with tempfile.TemporaryDirectory(prefix="pratique-web-bench-") as name:
        folder = Path(name)
        async with (
            chromium() as browser,
            staged(folder, SqliteTemplate(folder).copy(folder), browser, parties) as stage,
            linked(stage.desks.world.server.port) as link,
        ):
            through = LinkedStage(stage.desks, browser, stage.contexts)
            through.link = link
            yield Bench(through, link)


async def is_today(page: Page) -> None:
    """Wait until Today shows what needs the officer."""
    await expect(page.get_by_role("heading", level=1, name=t("today.title"))).to_be_visible(timeout=WAIT_MS)
    await expect(page.locator(".skeleton")).to_have_count(0, timeout=WAIT_MS)


async def is_live(page: Page) -> None:
    """Wait until the browser has caught up and follows."""
    await expect(page.locator(".rail .sync")).to_contain_text(t("shell.sync_live"), timeout=WAIT_MS)
