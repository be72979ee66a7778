"""Say what is pictured: every page by its address, and every main dialog by the button that opens it."""

from __future__ import annotations

import functools
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Locator, Page

from exercise.commands import ROOT
from exercise.screens.scene import Scene

Words = Callable[[str], str]
Step = Callable[[Page, Words], Awaitable[None]]


@functools.cache
def words(language: str) -> Words:
    """Give what a page says in a language: `words("ar")("channels.new")`."""

    @functools.cache
    def catalogue(area: str) -> dict[str, str]:
        file = ROOT / "web" / "src" / "i18n" / language / f"{area}.json"
        return dict(json.loads(file.read_text(encoding="utf-8")))

    def say(key: str) -> str:
        area, _, name = key.partition(".")
        return catalogue(area)[name]

    return say


@dataclass(frozen=True)
class Shot:
    """One picture: whose window, which address, and what is pressed before."""

    name: str
    who: str
    address: str
    step: Step | None = None
    anew: bool = False
    """Whether the page is loaded again: what was typed or brought to it before is gone."""

    @property
    def whole(self) -> bool:
        """Whether the page is shown to its end; a dialog covers the window."""
        return self.step is None


def press(*keys: str, role: str = "button") -> Step:
    """Press buttons by what is written on them, one after the other."""

    async def pressed(page: Page, say: Words) -> None:
        for key in keys:
            await _of(page, role, say(key)).click()

    return pressed


def type_keys(*pressed: str) -> Step:
    """Press keys."""

    async def typed(page: Page, _: Words) -> None:
        await page.locator("main").first.focus()
        for key in pressed:
            await page.keyboard.press(key)

    return typed


def _of(page: Page, role: str, name: str) -> Locator:
    found = page.get_by_role("tab" if role == "tab" else "button", name=name)
    return found.filter(visible=True).first


async def _who(page: Page, say: Words) -> None:
    await page.get_by_title(say("channels.who")).filter(visible=True).last.click()


async def _photo(page: Page, _: Words) -> None:
    await page.locator(".timeline button.picture").first.scroll_into_view_if_needed()
    await page.locator(".timeline button:has(img)").first.click()
    await page.locator("dialog img").wait_for()


async def _seats(page: Page, say: Words) -> None:
    await page.locator(".page header button").filter(visible=True).first.click()


async def _palette(page: Page, say: Words) -> None:
    await page.locator("main").first.focus()
    await page.keyboard.press("Control+k")
    await page.keyboard.type("vaccine")
    await page.get_by_role("option").nth(2).wait_for()


async def _device(page: Page, say: Words) -> None:
    await page.locator("main table button, main li button, main .list button").filter(visible=True).first.click()


async def _sync(page: Page, say: Words) -> None:
    await page.locator("button:has(.sync), button.sync, .sync button, .sync summary").filter(visible=True).first.click()


async def _lock(page: Page, say: Words) -> None:
    lock = page.get_by_role("button", name=say("shell.lock")).filter(visible=True)
    if await lock.count() == 0:
        # On a phone it stands in the menu of the bar.
        await page.locator("nav.bar button.more").click()
        lock = page.get_by_role("menuitem", name=say("shell.lock"))
    await lock.first.click()
    await page.locator(".door").wait_for()


def shots(scene: Scene) -> list[Shot]:
    """Give them in the order in which somebody would walk."""
    one, channel = f"/consignments/{scene.reference}", f"/channels/{scene.channel}"
    operation = f"/operations/{scene.operation}"

    def party(name: str, *more: str) -> Step:
        async def opened(page: Page, say: Words) -> None:
            await _of(page, "tab", say(f"party.tab_{name}")).click()
            for key in more:
                await _of(page, "button", say(key)).click()

        return opened

    return [
        Shot("enrol", "guest", "/enrol", anew=True),
        Shot("enrol-ticket", "guest", f"/enrol/{scene.ticket}"),
        Shot("enrol-compare", "newcomer", "/enrol"),
        Shot("today", "ke", "/today"),
        Shot("today-sync", "ke", "/today", _sync),
        Shot("palette", "ke", "/today", _palette),
        Shot("keys", "ke", "/today", type_keys("?")),
        Shot("consignments", "ke", "/consignments"),
        Shot("consignment", "ke", one),
        Shot("consignment-held", "ke", f"/consignments/{scene.held}"),
        Shot("consignment-counted", "ke", f"/consignments/{scene.counted}"),
        Shot("announce", "ke", "/consignments/new"),
        Shot("channels", "ke", "/channels"),
        Shot("channels-new", "ke", "/channels", press("channels.new")),
        Shot("channel", "ke", channel),
        Shot("channel-who", "ke", channel, _who),
        Shot("channel-seats", "ke", channel, _seats),
        Shot("channel-photo", "ke", channel, _photo),
        Shot("search", "ke", "/search?q=vaccine"),
        Shot("operations", "ke", "/operations"),
        Shot("operation", "ke", operation),
        Shot("operation-desk", "ke", operation, press("operations.tab_desk", role="tab")),
        Shot("operation-channels", "ke", operation, press("operations.tab_channels", role="tab")),
        Shot("party-devices", "ke", "/party"),
        Shot("party-device", "ke", "/party", _device),
        Shot("party-approvals", "ke", "/party", party("approvals")),
        Shot("party-invite", "ke", "/party", party("approvals", "party.invite")),
        Shot("party-approve", "ke", "/party", party("approvals", "party.compare")),
        Shot("party-log", "ke", "/party", party("log")),
        Shot("party-key", "ke", "/party", party("key")),
        Shot("settings", "ke", "/settings"),
        Shot("settings-logout", "ke", "/settings", press("settings.logout")),
        Shot("missing", "ke", "/nowhere"),
        Shot("ocu-today", "ocu", "/today"),
        Shot("ocu-operation", "ocu", operation),
        Shot("ocu-form", "ocu", operation, press("operations.tab_form", role="tab")),
        Shot("ocu-found", "ocu", "/operations/new"),
        Shot("ocu-amend", "ocu", f"{operation}/amend"),
        Shot("ocu-adapt", "ocu", f"{operation}/adapt"),
        Shot("unlock", "ke", "/today", _lock),
    ]
