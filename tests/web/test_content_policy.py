"""Hold the browser to the content policy against a script that got in and against a stranger's page (P-3, P-8)."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.faults.parties import Parties
from tests.serving import Served, serving
from tests.web.browsers import need_pages
from tests.web.pages import t
from tests.web.strangers import Stranger, stranger

pytestmark = pytest.mark.asyncio(loop_scope="session")

RUN = (Path(__file__).parent / "tries.js").read_text(encoding="utf-8")
# These say nothing to the script; that they did nothing is seen by `ran` and by the stranger.
SILENT = {
    *("attribute", "javascript: link", "frame elsewhere", "object elsewhere", "style elsewhere", "style of text"),
    *(
        "script of nodes",
        "javascript: frame",
        "picture elsewhere",
        "form elsewhere",
        "beacon elsewhere",
        "javascript: address",
        "execCommand",
    ),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def other() -> AsyncIterator[Stranger]:
    """Give another origin."""
    async with stranger() as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def served(tmp_path: Path, sqlite_database_url: str) -> AsyncIterator[Served]:
    """Give a server with the built pages."""
    need_pages()
    async with serving(tmp_path / "server", sqlite_database_url, Parties().root) as made:
        yield made


@pytest_asyncio.fixture(loop_scope="session")
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    """Give a browser profile that nothing is in."""
    made = await browser.new_context()
    yield made
    await made.close()


async def door(page: Page, url: str) -> None:
    """Open the application, whose worker and service worker run by then."""
    await page.goto(url)
    await expect(page.get_by_role("textbox", name=t("enrol.invitation"))).to_be_visible()
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")


async def test_a_script_that_got_in_makes_no_code_and_reaches_nobody(
    served: Served, context: BrowserContext, other: Stranger
) -> None:
    page = await context.new_page()
    await door(page, served.url)
    other.asked.clear()
    found = await page.evaluate(RUN, other.url)
    assert found["ran"] == 0, found
    assert {name for name, how in found["told"].items() if how == "done"} <= SILENT, found
    assert len(found["told"]) >= 40
    assert other.asked == []
    assert page.url.startswith(served.url)


async def test_no_page_of_another_origin_frames_it_or_holds_its_window(
    served: Served, context: BrowserContext, other: Stranger
) -> None:
    page = await context.new_page()
    await door(page, served.url)
    other.pages["/frame"] = f"<iframe src='{served.url}/' width=600 height=400></iframe><p>framed"
    stranger_page = await context.new_page()
    await stranger_page.goto(f"{other.url}/frame")
    await expect(stranger_page.get_by_text("framed")).to_be_visible()
    (frame,) = [one for one in stranger_page.frames if one is not stranger_page.main_frame]
    await frame.wait_for_load_state()
    assert await frame.locator("#app").count() == 0
    # A window that the stranger opened: neither knows the other.
    async with context.expect_page() as coming:
        await stranger_page.evaluate(f"() => {{ globalThis.opened = window.open('{served.url}/#/enrol') }}")
    opened = await coming.value
    await expect(opened.get_by_role("textbox", name=t("enrol.invitation"))).to_be_visible()
    assert await opened.evaluate("window.opener === null && window.name === ''")
    assert await stranger_page.evaluate("opened.closed")
    # What reaches the window all the same is not listened to.
    said = [{"reload": True}, {"today": True}, {"release": {"state": "refused", "code": "x", "detail": "post9q"}}]
    said += [{"kind": "act", "name": "logout", "given": {"revoke": False}}, {"id": 1, "good": True, "answer": "post9q"}]
    before = await opened.evaluate("performance.timeOrigin")
    await opened.evaluate(f"for (const one of {json.dumps(said)}) window.postMessage(one, '*')")
    await opened.evaluate("new Promise((done) => setTimeout(done, 100))")
    assert await opened.evaluate("performance.timeOrigin") == before
    assert "post9q" not in await opened.evaluate("document.documentElement.textContent")
    assert opened.url.endswith("#/enrol")


async def test_a_stranger_s_page_makes_this_browser_forget_nothing(
    served: Served, context: BrowserContext, other: Stranger
) -> None:
    page = await context.new_page()
    await door(page, served.url)
    held = "caches.keys().then((names) => names.sort().join())"
    before = await page.evaluate(held)
    assert "pratique" in before
    other.pages["/say-goodbye"] = f"<form method=post action='{served.url}/goodbye'></form><p>here"
    stranger_page = await context.new_page()
    await stranger_page.goto(f"{other.url}/say-goodbye")
    for credentials in ("omit", "include"):
        ask = f"fetch('{served.url}/goodbye', {{method: 'POST', mode: 'no-cors', credentials: '{credentials}'}})"
        await stranger_page.evaluate(f"{ask}.then(() => 'given', () => 'refused')")
    async with stranger_page.expect_navigation():
        await stranger_page.evaluate("document.forms[0].submit()")
    assert await page.evaluate(held) == before
    assert await page.evaluate("navigator.serviceWorker.getRegistrations().then((all) => all.length)") == 1
