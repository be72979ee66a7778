"""Take one picture: the window, the language and the light set, the page walked to, its answers awaited."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.async_api import Error, Page, expect

from exercise.screens.scene import Scene
from exercise.screens.shots import Shot, words
from tests.web.pages import PASSPHRASE, Officer

WAIT_MS = 15_000
TURN_MS = 3_000
TALLEST_PX = 6_000


@dataclass(frozen=True)
class Look:
    """How a page is looked at."""

    language: Literal["en", "ar"]
    device: Literal["wide", "desktop", "tablet", "phone"]
    light: Literal["light", "dark"]
    quick: bool = False

    @property
    def name(self) -> str:
        """The folder of its pictures."""
        return f"{self.language}-{self.device}-{self.light}"

    @property
    def width(self) -> int:
        """Unit: px"""
        return {"wide": 1920, "desktop": 1280, "tablet": 820, "phone": 360}[self.device]

    @property
    def height(self) -> int:
        """Unit: px"""
        return {"wide": 1080, "desktop": 800, "tablet": 1180, "phone": 740}[self.device]


LOOKS = (
    Look("en", "desktop", "light", quick=True),
    Look("en", "phone", "light"),
    Look("en", "tablet", "light"),
    Look("en", "wide", "light"),
    Look("en", "phone", "dark"),
    Look("en", "desktop", "dark"),
    Look("ar", "desktop", "light"),
    Look("ar", "phone", "light", quick=True),
    Look("ar", "phone", "dark"),
    Look("ar", "desktop", "dark"),
)


class Camera:
    """Walks the windows of a scene and writes pictures into a folder."""

    def __init__(self, scene: Scene, folder: Path) -> None:
        self._folder = folder
        self._windows = {"ke": scene.ke, "ocu": scene.ocu, "guest": scene.guest, "newcomer": scene.newcomer}
        self._languages: dict[str, str] = {}
        for window in self._windows.values():
            window.page.set_default_timeout(WAIT_MS)

    def picture(self, shot: Shot, look: Look) -> Path:
        """Say where a picture is written."""
        return self._folder / look.name / f"{shot.name}.png"

    async def take(self, shot: Shot, look: Look) -> None:
        """Take a picture of a page as somebody would look at it."""
        window = self._windows[shot.who]
        page = window.page
        await page.keyboard.press("Escape")
        await page.set_viewport_size({"width": look.width, "height": look.height})
        await page.emulate_media(color_scheme=look.light, reduced_motion="reduce")
        await self._speak(shot.who, window, look.language)
        # Another address first: what an earlier picture opened on the same page is gone.
        await _walk(page, "/settings?again" if shot.address == "/today" else "/today?again")
        await _walk(page, shot.address)
        if shot.anew:
            await page.reload()
            await expect(page.locator("h1").first).to_be_visible(timeout=WAIT_MS)
            await _settle(page)
        await page.evaluate("scrollTo(0, 0)")
        if shot.step is not None:
            await shot.step(page, words(look.language))
            await _settle(page)
        target = self.picture(shot, look)
        target.parent.mkdir(exist_ok=True)
        if shot.whole:
            # A window as tall as the page: what sticks to its edges is drawn once, where it belongs.
            tall = int(await page.evaluate("document.documentElement.scrollHeight"))
            await page.set_viewport_size({"width": look.width, "height": min(max(tall, look.height), TALLEST_PX)})
            await _settle(page)
        await page.screenshot(path=target, animations="disabled")
        if await page.locator(".door, form").count() and shot.name == "unlock":
            await self._unlock(page, look.language)

    async def _unlock(self, page: Page, language: str) -> None:
        say = words(language)
        await page.get_by_role("textbox", name=say("enrol.passphrase"), exact=True).fill(PASSPHRASE)
        await page.get_by_role("button", name=say("unlock.open"), exact=True).click()
        await expect(page.locator(".shell")).to_be_visible(timeout=4 * WAIT_MS)

    async def _speak(self, who: str, window: Officer, language: str) -> None:
        """Choose the language as a person does; on the pages before the door, too."""
        if self._languages.get(who, "en") == language:
            return
        if who in ("ke", "ocu"):
            await _walk(window.page, "/settings")
        await window.page.locator("select:has(option[value=ar])").first.select_option(language)
        await expect(window.page.locator("html")).to_have_attribute("lang", language, timeout=WAIT_MS)
        self._languages[who] = language


async def _walk(page: Page, address: str) -> None:
    before = await page.title()
    await page.evaluate("(to) => { location.hash = to }", f"#{address}")
    if (await page.evaluate("() => document.querySelector('main') !== null")) and before:
        with contextlib.suppress(Error):  # the same page again keeps its title
            await page.wait_for_function("(before) => document.title !== before", arg=before, timeout=TURN_MS)
    await expect(page.locator("h1").first).to_be_visible(timeout=WAIT_MS)
    await _settle(page)


_STILL = """() => new Promise((still) => {
  let [tall, frames] = [0, 0]
  const look = () => {
    const now = document.documentElement.scrollHeight + document.querySelectorAll("*").length * 1e5
    frames = now === tall ? frames + 1 : 0
    tall = now
    if (frames >= 12) still()
    else requestAnimationFrame(look)
  }
  document.fonts.ready.then(look)
})"""


async def _settle(page: Page) -> None:
    """Wait until no answer is awaited, every letter's font is there, and nothing has moved for a while."""
    await expect(page.locator(".skeleton:visible")).to_have_count(0, timeout=WAIT_MS)
    await page.evaluate(_STILL)
    await expect(page.locator(".skeleton:visible")).to_have_count(0, timeout=WAIT_MS)
