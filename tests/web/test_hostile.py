"""Hostile text is text in every field, and the browser holds to what the content policy says (P-1, P-3, P-8)."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import quote

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Route, expect

from tests.databases import SqliteTemplate
from tests.web.hostile_scene import Scene, hostile
from tests.web.hostile_texts import corpus, short
from tests.web.pages import t
from tests.web.watching_pages import Watched, arrive

pytestmark = pytest.mark.asyncio(loop_scope="session")
MARK = r"x[sl]\d{3}q|party0q"
# What no page shows to an addressee; the sender's own number is never sent to one.
UNSHOWN = {
    *("permit_authority", "office_of_exit", "office_of_entry"),
    *("urgency_reason", "override", "remark", "national"),
}
GO = """async (places) => {
  for (const place of places) {
    location.hash = place
    await new Promise((done) => setTimeout(done, 8))
  }
}"""
# What would turn letters around is shown as a sign of its own.
_OVERRIDES = re.compile("[\u202d\u202e]")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def scene(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: SqliteTemplate, browser: Browser
) -> AsyncIterator[tuple[Scene, Watched]]:
    """Give the filled operation and the watched window of who reads it."""
    folder = tmp_path_factory.mktemp("hostile")
    async with hostile(folder, sqlite_template.copy(folder), browser) as made:
        watched = Watched(made.stage.url)
        await watched.begin(made.reader.context)
        await made.reader.page.reload()
        await made.reader.unlock()
        await made.reader.is_in()
        yield made, watched


def seen(text: str) -> str:
    """Give a text as a person may be shown it."""
    return _OVERRIDES.sub("\ufffd", text)


async def opened(scene: Scene, watched: Watched, place: str, word: str = "") -> str:
    """Open a page, wait for a word of it; fail where any text of it did anything; give the texts on it."""
    page = scene.reader.page
    await arrive(page, f"{scene.stage.url}/#/{place}", word)
    return seen(await watched.look(page, MARK))


def lying(text: str) -> Callable[[Route], Awaitable[None]]:
    """Give a server that answers everything with a problem in these words."""

    async def answer(route: Route) -> None:
        told = {"code": text, "detail": text, "action": text, "title": text, "type": text, "status": 409}
        await route.fulfill(status=409, json=told, content_type="application/problem+json")

    return answer


def missing(texts: list[str], shown: str) -> list[str]:
    """Give the texts that are not on a page."""
    return [text for text in texts if seen(text) not in shown]


async def test_every_text_in_a_channel_is_read_as_it_was_written(scene: tuple[Scene, Watched]) -> None:
    made, watched = scene
    assert len(corpus()) >= 250
    page = made.reader.page
    await opened(made, watched, f"channels/{made.channel}?at=1")
    lines = page.locator(".timeline [data-line]")
    await expect(lines.nth(len(corpus()) + len(short(200)))).to_be_attached()
    shown = seen(await watched.look(page, MARK))
    assert missing([one.text for one in corpus()], shown) == []
    # Each of the shorter ones was a message, a title and the name of a photo.
    few = [one for one in short(200) if shown.count(seen(one.text)) < 3]
    assert few == []


async def test_every_page_shows_hostile_texts_as_texts(scene: tuple[Scene, Watched]) -> None:
    made, watched = scene
    operation = made.stage.desks.operation.id.hex()
    places = ["today", "channels", "consignments", "consignments?look=list", "operations", "settings", "party"]
    places += [f"operations/{operation}?tab={tab}" for tab in ("members", "channels", "desk", "form")]
    places += [f"party?tab={tab}" for tab in ("devices", "approvals", "log", "key")]
    shown = {place: await opened(made, watched, place) for place in places}
    # What is written last, and at the end of the page.
    for place, word in ((made.reference, "reply11"), (f"new?draft={made.draft}", "draft0"), ("new?from=last", "")):
        shown[place] = await opened(made, watched, f"consignments/{place}", word)
    assert seen(short(200)[-1].text).strip() in shown["channels"], "a channel's title"
    everything = "\n".join(shown.values())
    lost = {name: missing(texts, everything) for name, texts in made.placed.items() if name not in UNSHOWN}
    assert {name: texts for name, texts in lost.items() if texts} == {}


async def test_addresses_do_nothing(scene: tuple[Scene, Watched]) -> None:
    made, watched = scene
    page = made.reader.page
    await opened(made, watched, "today")
    rooms = (
        "consignments/{}",
        "channels/{}",
        "operations/{}",
        "search?q={}",
        "enrol/{}",
        "consignments/new?from={}",
        "{}",
    )
    places = [
        "#/" + rooms[at % len(rooms)].format(quote(one.text, safe="") if at % 2 else one.text)
        for at, one in enumerate(corpus()[::2])
        if len(one.text) < 1_000
    ]
    for start in range(0, len(places), 25):
        await page.evaluate(GO, places[start : start + 25])
        await watched.look(page, MARK)
    assert page.url.startswith(f"{made.stage.url}/#")


async def test_what_a_lying_server_says_is_text(scene: tuple[Scene, Watched]) -> None:
    made, watched = scene
    page = made.reader.page
    said = [one for one in short(200) if "\n" not in one.text][::40]
    for one in said:
        await page.route("**/v1/**", lying(one.text))
        await opened(made, watched, "settings")
        await page.get_by_role("button", name=t("settings.doctor_run")).click()
        await expect(page.get_by_role("status").filter(has_text=re.compile(r"\d"))).to_be_visible()
        await watched.look(page, MARK)
        await page.unroute("**/v1/**")


async def test_what_the_service_worker_tells_is_text(scene: tuple[Scene, Watched]) -> None:
    made, watched = scene
    await opened(made, watched, "today")
    for one in short(200)[::20]:
        told = {"release": {"state": "refused", "code": one.text, "detail": one.text}}
        tell = "(data) => navigator.serviceWorker.dispatchEvent(new MessageEvent('message', {data}))"
        await made.reader.page.evaluate(tell, told)
        await expect(made.reader.page.get_by_text(t("shell.update_refused"))).to_be_visible()
        assert seen(await watched.look(made.reader.page, MARK)).count(seen(one.text)) >= 2
