"""A push in Chromium: what the service worker shows of it, and what is left when the person comes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, CDPSession, Page

from tests.faults.parties import Parties
from tests.serving import serving
from tests.web.browsers import need_pages

READY = "() => navigator.serviceWorker.ready.then(() => true)"
SHOWN = """async () => {
  const {active} = await navigator.serviceWorker.ready
  const shown = await (await navigator.serviceWorker.getRegistration()).getNotifications()
  return active && shown.map((one) => Object.fromEntries(NAMES.map((name) => [name, one[name]])))
}""".replace("NAMES", json.dumps(["title", "body", "silent", "tag", "lang", "dir", "data"]))
# Kept as the page's worker keeps it (web/src/sw/notices.ts).
WISH = """async (record) => {
  await (await caches.open("pratique-notices")).put("/", new Response(JSON.stringify(record)))
}"""
pytestmark = pytest.mark.asyncio(loop_scope="session")


class Screen:
    """The notifications as the browser shows them.

    It tells of each, because asking for the list while one is on its way to the screen makes Chromium forget that one.
    """

    def __init__(self, session: CDPSession) -> None:
        self._session = session
        self._shown: asyncio.Queue[str] = asyncio.Queue()
        session.on("BackgroundService.backgroundServiceEventReceived", self._hear)

    async def watch(self) -> None:
        """Begin to hear of them."""
        await self._session.send("BackgroundService.setRecording", {"shouldRecord": True, "service": "notifications"})
        await self._session.send("BackgroundService.startObserving", {"service": "notifications"})

    async def deliver(self, origin: str, registration: str, data: str) -> None:
        """Hand a push to the service worker as the browser does once it has opened it; until it is shown."""
        given = {"origin": origin, "registrationId": registration, "data": data}
        await self._session.send("ServiceWorker.deliverPushMessage", given)
        await self._shown.get()

    def _hear(self, told: dict[str, Any]) -> None:
        if told["backgroundServiceEvent"]["eventName"] == "Notification displayed":
            self._shown.put_nowait(told["backgroundServiceEvent"]["instanceId"])


async def registered(page: Page, session: CDPSession) -> str:
    """Give the id of the page's service worker."""
    found: list[str] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda told: found.extend(_ids(told)))
    await session.send("ServiceWorker.enable")
    while not found:
        await page.wait_for_timeout(20)
    return found[0]


def _ids(told: Any) -> list[str]:
    return [one["registrationId"] for one in told["registrations"]]


async def test_a_push_shows_the_operation_and_nothing_else(
    browser: Browser, tmp_path: Path, sqlite_database_url: str
) -> None:
    given = {"pages": need_pages()}
    async with serving(tmp_path / "server", sqlite_database_url, Parties().root, **given) as served:
        context = await browser.new_context(locale="en-GB")
        await context.grant_permissions(["notifications"], origin=served.url)
        page = await context.new_page()
        await page.goto(served.url)
        await page.evaluate(READY)
        await page.evaluate(WISH, {"language": "fr", "quiet": None, "least": {"HYGIEA": "none"}})
        session = await context.new_cdp_session(page)
        number, screen = await registered(page, session), Screen(session)
        await screen.watch()
        for operation, urgency, count in (
            ("STOP-III", "urgent", 3),
            ("STOP-III", "priority", 1),
            ("HYGIEA", "urgent", 1),
        ):
            said = json.dumps({"operation": operation, "urgency": urgency, "count": count}).ljust(128)
            await screen.deliver(served.url, number, said)
        shown = {one["tag"]: one for one in await page.evaluate(SHOWN)}
        assert shown.keys() == {"STOP-III urgent", "STOP-III", "HYGIEA urgent"}
        assert shown["STOP-III"] == {
            "title": "Pratique",
            "body": "Du nouveau dans STOP-III",
            "silent": False,
            "tag": "STOP-III",
            "lang": "fr",
            "dir": "ltr",
            "data": {"operation": "STOP-III"},
        }
        assert shown["HYGIEA urgent"]["silent"] and shown["STOP-III urgent"]["body"].endswith("(3)")
        await screen.deliver(served.url, number, "<img src=x onerror=alert(1)>")
        shown = {one["tag"]: one for one in await page.evaluate(SHOWN)}
        assert shown["pratique"]["body"] == "Quelque chose vous attend" and shown["pratique"]["silent"]
        await context.close()
