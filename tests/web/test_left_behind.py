"""Audit what a browser keeps of a session with real content: sealed rows, looks, and nothing that tells of it (P-4)."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, CDPSession, FilePayload, Page, expect

from exercise.canary import search
from exercise.searching import said_in
from pratique.wire.entries import Urgency
from tests.desk.desks import announced
from tests.web.pages import PASSPHRASE, Officer, t
from tests.web.stage import staged
from tests.world import DEPLOYMENT, stored

pytestmark = pytest.mark.asyncio(loop_scope="session")

# Everything that a page of this origin can read of what is kept here, as text; keys by what can be done with them.
DUMP = (Path(__file__).parent / "dump.js").read_text(encoding="utf-8")
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


async def kept(page: Page) -> dict[str, Any]:
    """Give what is kept, place by place."""
    found: dict[str, Any] = await page.evaluate(DUMP)
    return found


def marks(passphrase: str = PASSPHRASE) -> set[str]:
    """Give what somebody typed or read in this session."""
    values = said_in([announced(("BEBRU", "KENBO")).model_dump(mode="json", exclude_none=True)])
    return {one for one in values if len(one) > 6} | {TITLE, TOLD, UNSENT, SOUGHT, PHOTO, passphrase}


async def history_of(page: Page) -> str:
    """Give the addresses and titles that the browser keeps of this window."""
    session: CDPSession = await page.context.new_cdp_session(page)
    told = await session.send("Page.getNavigationHistory")
    await session.detach()
    return json.dumps(told["entries"])


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
            found = await kept(page)
            # Rows, and many of them; else the look is into the wrong place.
            assert found["rows"] > 40, found["rows"]
            assert found["open_keys"] == [], "a key that anybody could carry away"
            everything = json.dumps(found["texts"], ensure_ascii=False).encode()
            told = list(search(sought | {sent.reference}, [(state, everything)]))
            assert told == [], (state, told)
            assert found["local"].keys() <= {"pratique.look", "pratique.keys"}, found["local"]
            assert found["session"] == {} and found["name"] == ""
            around = json.dumps([found["title"], found["timings"], console]) + await history_of(page)
            assert search(sought, [("around", around.encode())]) == [], state
        assert TOLD not in await page.content(), "a locked page still holds what was read"
        # What this browser wrote and looked for stands nowhere on the server either.
        server = stored(sqlite_database_url)
        assert search({TITLE, TOLD, UNSENT, SOUGHT, PHOTO, PASSPHRASE}, server) == []
        assert search({f"ke.{DEPLOYMENT}"}, server), "what is public is not found: the search looks in the wrong place"
        await ke.unlock()
        await ke.is_live()
        await ke.log_out()
        left = await kept(page)
        assert (left["databases"], left["rows"], left["caches"], left["session"]) == ([], 0, [], {})
        places = [(name, json.dumps(value).encode()) for name, value in left.items()]
        assert search(sought, places) == []
        # The document that is still open remembers which of its addresses it showed, until it is closed.
        assert search({sent.reference}, [one for one in places if one[0] != "timings"]) == []
