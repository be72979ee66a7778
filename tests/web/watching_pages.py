"""Watch a window for whatever a text could do beyond being read: dialogs, requests, reports, elements, names."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import BrowserContext, ConsoleMessage, Dialog, Page, Request, WebError

_REPORTS = """
globalThis.reports = []
addEventListener("securitypolicyviolation", (event) =>
  reports.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`))
"""
_LOOK = (Path(__file__).parent / "look.js").read_text(encoding="utf-8")
_DRAWN = """(word) => document.querySelector("main .skeleton, main [aria-busy=true]") === null &&
  (document.body.textContent.includes(word) ||
    [...document.querySelectorAll("input, textarea")].some((one) => one.value.includes(word)))"""


@dataclass
class Watched:
    """What happened in the windows of one browser profile since the last look."""

    origin: str
    seen: list[str] = field(default_factory=list)

    async def begin(self, context: BrowserContext) -> None:
        """Watch every window that is there and that comes."""
        await context.add_init_script(_REPORTS)
        context.on("dialog", self._dialog)
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", self._failed)
        context.on("page", lambda page: self.seen.append(f"a window: {page.url}"))

    async def look(self, page: Page, mark: str) -> str:
        """Fail where anything happened; give all text of the page, with that of its fields and labels."""
        told: dict[str, Any] = await page.evaluate(_LOOK, mark)
        found = {"foreign": told["foreign"], "reports": told["reports"], "seen": self.seen}
        assert found == {"foreign": [], "reports": [], "seen": []}, f"{page.url} {found}"
        assert told["polluted"] == []
        text: str = told["text"]
        return text

    async def _dialog(self, dialog: Dialog) -> None:
        self.seen.append(f"a dialog: {dialog.message}")
        await dialog.dismiss()

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, f"blob:{self.origin}", self.origin.replace("http", "ws", 1))):
            self.seen.append(f"a request: {request.url}")

    def _console(self, message: ConsoleMessage) -> None:
        # What the network says of a server that refuses is the browser's own.
        if message.type in ("error", "assert") and not message.text.startswith("Failed to load resource"):
            self.seen.append(f"the console: {message.text}")

    def _failed(self, error: WebError) -> None:
        self.seen.append(f"an error: {error.error}")


async def arrive(page: Page, url: str, word: str = "") -> None:
    """Go to another address of the application, and wait until what stands there is drawn.

    Takes   word: part of a text or of a field that is drawn last
    """
    # The heading of the page before goes when the new one is there; one page stays under another question.
    await page.evaluate("document.querySelector('main h1')?.setAttribute('data-before', '')")
    another = page.url.partition("?")[0] != url.partition("?")[0]
    await page.goto(url)
    if another:
        await page.locator("main h1:not([data-before])").first.wait_for()
    await page.wait_for_function(_DRAWN, arg=word)
