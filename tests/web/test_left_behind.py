"""Audit what a browser keeps of a session with real content: sealed rows, looks, and nothing that tells of it (P-4)."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from playwright.async_api import Browser, FilePayload, expect

from exercise.canary import search
from exercise.searching import said_in
from pratique.wire.entries import Urgency
from tests.desk.desks import announced
from tests.web.auditing import leaves_nothing, tells_nothing
from tests.web.pages import PASSPHRASE, Officer, t
from tests.web.stage import staged
from tests.world import DEPLOYMENT, stored

pytestmark = pytest.mark.asyncio(loop_scope="session")

TITLE, TOLD, UNSENT, SOUGHT = (
    "Quayside seals 55810",
    "Hangar nine at dusk",
    "Half a thought about lot 7",
    "quayside dusk",
)
PHOTO = "pier-camera-0313.png"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def marks(passphrase: str = PASSPHRASE) -> set[str]:
    """Give what somebody typed or read in this session."""
    values = said_in([announced(("BEBRU", "KENBO")).model_dump(mode="json", exclude_none=True)])
    return {one for one in values if len(one) > 6} | {TITLE, TOLD, UNSENT, SOUGHT, PHOTO, passphrase}


async def work(one: Officer, reference: str) -> None:
    """Do what leaves traces: read, write, search, leave a draft."""
    page = one.page
    photo: FilePayload = {"name": PHOTO, "mimeType": "image/png", "buffer": PNG}
    await page.get_by_role("main").locator("input[type=file]").first.set_input_files([photo])
    await expect(page.get_by_role("main").get_by_text(PHOTO)).to_be_visible()
    await one.post(TOLD)
    await expect(page.locator(".timeline").get_by_role("img", name=PHOTO)).to_be_visible()
    await one.write(UNSENT)
    await page.goto(f"{one.url}/#/consignments/{reference}")
    await expect(page.get_by_role("button", name=t("consignments.print"))).to_be_visible()
    await page.goto(f"{one.url}/#/search")
    await page.get_by_role("searchbox").first.fill(SOUGHT)
    await expect(page.get_by_role("main").get_by_role("link").filter(has_text=TITLE).first).to_be_visible()
    await page.keyboard.press("Control+k")
    await page.get_by_role("dialog").get_by_role("combobox").fill(SOUGHT)
    await expect(page.get_by_role("option").filter(has_text=TITLE).first).to_be_visible()
    await page.keyboard.press("Escape")
    await one.open_channel(TITLE)
    await expect(page.get_by_role("textbox", name=t("channels.write"))).to_have_value(UNSENT)


async def test_what_is_kept_tells_nothing(tmp_path: Path, sqlite_database_url: str, browser: Browser) -> None:
    async with staged(tmp_path, sqlite_database_url, browser, ("be", "ke")) as s:
        ke = await s.enrol("ke")
        console: list[str] = []
        ke.context.on("console", lambda message: console.append(message.text))
        await s.let_in()
        await ke.make_channel(TITLE, "be/ncp")
        sent = await s.desks["be"].announce(announced(("BEBRU", "KENBO")), urgency=Urgency.ROUTINE)
        await work(ke, sent.reference)
        page = ke.page
        sought = marks()
        for state in ("open", "locked"):
            if state == "locked":
                await ke.lock()
            # Rows, and many of them; else the look is into the wrong place.
            assert await tells_nothing(page, sought, {sent.reference}, console) > 40, state
        assert TOLD not in await page.content(), "a locked page still holds what was read"
        # What this browser wrote and looked for stands nowhere on the server either.
        server = stored(sqlite_database_url)
        assert search({TITLE, TOLD, UNSENT, SOUGHT, PHOTO, PASSPHRASE}, server) == []
        assert search({f"ke.{DEPLOYMENT}"}, server), "what is public is not found: the search looks in the wrong place"
        await ke.unlock()
        await ke.is_live()
        await ke.log_out()
        await leaves_nothing(page, sought, {sent.reference})
