"""A push in Chromium: what the service worker shows of it, and what is left when the person comes."""

from __future__ import annotations

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
# Until a notification of a tag is there, with a count in its words or without.
UNTIL = """async ([tag, counted]) => {
  const registration = await navigator.serviceWorker.ready
  const there = (shown) => shown.some((one) => one.tag === tag && one.body.includes("(") === counted)
  while (!there(await registration.getNotifications())) await new Promise((done) => setTimeout(done, 20))
}"""
pytestmark = pytest.mark.asyncio(loop_scope="session")


async def deliver(session: CDPSession, origin: str, registration: str, data: str) -> None:
    """Hand a push to the service worker as the browser does once it has opened it."""
    given = {"origin": origin, "registrationId": registration, "data": data}
    await session.send("ServiceWorker.deliverPushMessage", given)


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
        number = await registered(page, session)
        for operation, urgency, count in (
            ("STOP-III", "urgent", 3),
            ("STOP-III", "priority", 1),
            ("HYGIEA", "urgent", 1),
        ):
            said = json.dumps({"operation": operation, "urgency": urgency, "count": count}).ljust(128)
            await deliver(session, served.url, number, said)
            await page.evaluate(UNTIL, [operation, count > 1])
        shown = {one["tag"]: one for one in await page.evaluate(SHOWN)}
        assert shown.keys() == {"STOP-III", "HYGIEA"}
        assert shown["STOP-III"] == {
            "title": "Pratique",
            "body": "Du nouveau dans STOP-III",
            "silent": False,
            "tag": "STOP-III",
            "lang": "fr",
            "dir": "ltr",
            "data": {"operation": "STOP-III"},
        }
        assert shown["HYGIEA"]["silent"]
        await deliver(session, served.url, number, "<img src=x onerror=alert(1)>")
        await page.evaluate(UNTIL, ["pratique", False])
        shown = {one["tag"]: one for one in await page.evaluate(SHOWN)}
        assert shown["pratique"]["body"] == "Quelque chose vous attend" and shown["pratique"]["silent"]
        await context.close()
