"""Look at what is on the screen as axe does: in the light, in the dark, in English, in Arabic, without leaving it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Page, ViewportSize, expect

from tests.architecture.sources import ROOT
from tests.web.pages import Officer
from tests.web.stage import WINDOW as WIDE

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
NARROW: ViewportSize = {"width": 320, "height": 640}
# Colours and language of each look. The first two show all colours and both directions of writing; the others mix them.
LOOKS: dict[str, tuple[Literal["light", "dark"], str]] = {
    "light english": ("light", "en"),
    "dark arabic": ("dark", "ar"),
    "dark english": ("dark", "en"),
    "light arabic": ("light", "ar"),
}
PLAIN, *OTHERS = LOOKS
LOOK = (Path(__file__).parent / "axe.js").read_text(encoding="utf-8")
SPEAK = """(select, language) => {
  select.value = language
  select.dispatchEvent(new Event("change", {bubbles: true}))
}"""


class Eye:
    """One window, and where its language is chosen."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self._door = page.locator(".door select:has(option[value=ar])")
        self._language = self._door
        self._shown = PLAIN

    @classmethod
    async def at(cls, window: Officer) -> Eye:
        """Put axe into a window; behind its door, the language is chosen in a second window beside it."""
        await window.context.add_init_script(path=AXE)
        await window.page.evaluate(AXE.read_text(encoding="utf-8"))
        eye = cls(window.page)
        if not await eye._door.count():
            beside = await window.context.new_page()
            await beside.goto(f"{window.url}/#/settings")
            eye._language = beside.locator("main select:has(option[value=ar])")
            await eye._language.wait_for()
            await window.page.bring_to_front()
        return eye

    async def look(self, opens: bool, looks: Sequence[str]) -> dict[str, Any]:
        """Give what is wrong with what is shown, by look."""
        found: dict[str, Any] = {}
        for look in looks:
            await self._show(look)
            if wrong := await self.page.evaluate(LOOK, opens):
                found[look] = wrong
        await self._show(PLAIN)
        return found

    async def narrow(self) -> list[str]:
        """Give what does not fit into the narrowest window."""
        await self.page.set_viewport_size(NARROW)
        found: list[str] = await self.page.evaluate(WIDER)
        return found

    async def wide(self) -> None:
        """Give the window its width again."""
        if self.page.viewport_size != WIDE:
            await self.page.set_viewport_size(WIDE)

    async def close(self) -> bool:
        """Close what covers the page as a person does; say whether the focus is somewhere again."""
        covers, closes = self.page.locator("dialog[open], :popover-open"), False
        for left in reversed(range(await covers.count())):
            button = covers.last.locator("> .inside > header button")
            closes = await button.count() > 0
            if closes:
                await button.click()
            else:
                await self.page.keyboard.press("Escape")
            await expect(covers).to_have_count(left)
        # A menu's lines are others in another language: the one that had the focus is gone.
        return not closes or bool(await self.page.evaluate("() => document.activeElement !== document.body"))

    async def _show(self, look: str) -> None:
        if look == self._shown:
            return
        colours, language = LOOKS[look]
        await self.page.emulate_media(color_scheme=colours, reduced_motion="reduce")
        # Before the door it is chosen on the page itself.
        chooser = self._door if await self._door.count() else self._language
        await chooser.evaluate(SPEAK, language)
        await self.page.wait_for_function(SPOKEN, arg=language)
        self._shown = look


SPOKEN = "(language) => document.documentElement.lang === language"
WIDER = """() => {
  const most = document.documentElement.clientWidth
  if (document.documentElement.scrollWidth <= most) return []
  return [...document.querySelectorAll("body *")].filter((one) => one.getBoundingClientRect().right > most + 1)
    .slice(0, 5).map((one) => `${one.localName}.${one.className}`)
}"""
