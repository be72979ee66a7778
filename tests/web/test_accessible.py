"""Hold every page to WCAG 2.2 AA by axe: light, dark, and in Arabic from right to left."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, Literal

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, expect

from pratique.contents.acknowledgement import Acknowledgement
from pratique.contents.query import Query
from tests.architecture.sources import ROOT
from tests.databases import SqliteTemplate
from tests.desk.desks import announced
from tests.web.pages import t
from tests.web.stage import Stage, staged
from tests.web.watching_pages import arrive

pytestmark = pytest.mark.asyncio(loop_scope="session")
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
RUN = """async (only) => {
  const {violations} = await axe.run(document, {runOnly: only, resultTypes: ["violations"]})
  return violations.map(({id, nodes}) => ({id, where: nodes.slice(0, 4).map((one) => one.target.join(" ")),
    why: nodes[0].failureSummary}))
}"""
EVERY = {"type": "tag", "values": TAGS}
# In the dark the same elements have other colours.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
LOOKS: dict[str, tuple[Literal["light", "dark"], str, Any]] = {
    "light": ("light", "en", EVERY),
    "dark": ("dark", "en", COLOURS),
    "arabic": ("light", "ar", EVERY),
}


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def office(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: SqliteTemplate, browser: Browser
) -> AsyncIterator[tuple[Stage, Page, list[str]]]:
    """Give a browser with something on every page, and the addresses of the pages."""
    assert AXE.is_file(), "axe-core is not installed (make web)"
    folder = tmp_path_factory.mktemp("accessible")
    async with staged(folder, sqlite_template.copy(folder), browser, ("be", "ke")) as stage:
        d = stage.desks
        channel = await d["be"].device.create_channel(d.operation.id, title="Seals at BRU", offices=["ke/ncp"])
        await d["be"].device.post(channel, "message", b'{"text":"Broken seal BE-778812","mentions":["ke"]}')
        reference = (await d["be"].announce(announced(("BEBRU", "KENBO"), mode="REPLY"))).reference
        await d["ke"].sync()
        await d["ke"].report(reference, Acknowledgement, {})
        await d["ke"].report(reference, Query, {"text": "Which cold store?"})
        draft = await d["ke"].save_draft(announced(("KENBO", "BEBRU"), national="KE-7"))
        (ke,) = await stage.enrol_all("ke")
        operation = d.operation.id.hex()
        places = ["today", "consignments", "consignments?look=list", f"consignments/{reference}"]
        places += [f"consignments/new?draft={draft}", "channels", f"channels/{channel.hex()}", "search?q=seal"]
        places += [
            "operations",
            *(f"operations/{operation}?tab={tab}" for tab in ("members", "channels", "desk", "form")),
        ]
        places += [f"party?tab={tab}" for tab in ("devices", "approvals", "log", "key")] + ["settings", "nowhere"]
        await ke.context.add_init_script(path=AXE)
        await ke.page.reload()
        await ke.unlock()
        await ke.is_live()
        yield stage, ke.page, places


async def looked(page: Page, only: Any = EVERY) -> list[dict[str, Any]]:
    """Give what axe finds on the page as it stands."""
    found: list[dict[str, Any]] = await page.evaluate(RUN, only)
    return found


@pytest.mark.parametrize("look", LOOKS)
async def test_axe_finds_nothing(office: tuple[Stage, Page, list[str]], look: str) -> None:
    stage, page, places = office
    scheme, language, only = LOOKS[look]
    await page.emulate_media(color_scheme=scheme)
    await page.goto(f"{stage.url}/#/settings")
    await page.get_by_role("main").locator("select").filter(has_text="Français").select_option(language)
    await expect(page.locator("html")).to_have_attribute("lang", language)
    found: dict[str, Any] = {}
    for place in places:
        await arrive(page, f"{stage.url}/#/{place}")
        if violations := await looked(page, only):
            found[place] = violations
    assert len(places) >= 18
    assert found == {}


async def test_axe_finds_nothing_on_dialogs_and_at_the_door(office: tuple[Stage, Page, list[str]]) -> None:
    stage, page, _ = office
    await page.goto(f"{stage.url}/#/settings")
    await page.get_by_role("main").locator("select").filter(has_text="Français").select_option("en")
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    found: dict[str, Any] = {}
    await page.goto(f"{stage.url}/#/channels")
    await page.get_by_role("button", name=t("channels.new")).first.click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    found["new channel"] = await looked(page)
    await page.keyboard.press("Escape")
    await page.keyboard.press("Control+k")
    await expect(page.get_by_role("dialog")).to_be_visible()
    found["palette"] = await looked(page)
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name=t("shell.lock")).first.click()
    await expect(page.get_by_role("heading", level=1, name=t("unlock.title"))).to_be_visible()
    found["locked"] = await looked(page)
    stranger = await stage.window("ke")
    await stranger.context.add_init_script(path=AXE)
    await stranger.page.goto(f"{stage.url}/#/enrol")
    await stranger.is_outside()
    found["outside"] = await looked(stranger.page)
    assert {name: one for name, one in found.items() if one} == {}
