"""Come in and go out by the door of the web client, and find one's way: by what is written on the screen."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import json
from collections.abc import AsyncIterator

from playwright.async_api import BrowserContext, Error, Locator, Page, expect

from tests.architecture.sources import ROOT

PASSPHRASE = "seven crates of cold vaccine"
DOWN_MS = 60_000
expect.set_options(timeout=DOWN_MS)


@functools.cache
def _catalogue(area: str) -> dict[str, str]:
    return dict(json.loads((ROOT / "web" / "src" / "i18n" / "en" / f"{area}.json").read_text(encoding="utf-8")))


def t(key: str, **values: str) -> str:
    """Give what the page says: `t("unlock.open")`."""
    area, _, name = key.partition(".")
    text = _catalogue(area)[name]
    for place, value in values.items():
        text = text.replace(f"{{{place}}}", value)
    return text


class Person:
    """One person in front of one window; `party` is theirs."""

    def __init__(self, party: str, page: Page, url: str) -> None:
        self.party, self.page, self.url = party, page, url
        page.set_default_timeout(DOWN_MS)

    @property
    def context(self) -> BrowserContext:
        """The browser profile: other windows of it share the store."""
        return self.page.context

    # ---- the door

    async def begin(self, ticket: str, by: str = "passphrase", device: str = "") -> str:
        """Open the invitation's link, choose how to unlock, ask to be enrolled; give the fingerprint on the screen."""
        await self.ask_in(ticket, by, device)
        return await self.fingerprint()

    async def ask_in(self, ticket: str, by: str = "passphrase", device: str = "") -> None:
        """Do the same, whatever comes of it."""
        await self.page.goto(f"{self.url}/#/enrol/{ticket}")
        if device:
            await self.page.get_by_role("textbox", name=t("enrol.device")).fill(device)
        if by == "passkey":
            await self.page.get_by_role("radio", name=t("enrol.way_passkey")).check()
        else:
            await self.page.get_by_role("textbox", name=t("enrol.passphrase"), exact=True).fill(PASSPHRASE)
            await self.page.get_by_role("textbox", name=t("enrol.passphrase_again")).fill(PASSPHRASE)
        await self.ask_again()

    async def ask_again(self) -> None:
        """Press the button of the form that is filled."""
        await self.page.get_by_role("button", name=t("enrol.ask")).click()

    async def fingerprint(self) -> str:
        """Give the fingerprint that the approver compares."""
        shown = self.page.locator(".fingerprint span")
        await shown.first.wait_for()
        return "-".join(await shown.all_text_contents())

    async def come_in(self) -> None:
        """Go on once approved, to Today; the page asks by itself too, and may be gone before it is pressed."""
        button = self.page.get_by_role("button", name=t("enrol.check_now"))
        await button.evaluate_all("(all) => all.forEach((one) => one.click())")
        await self.is_in()

    async def is_in(self) -> None:
        """Wait for Today, live."""
        await self.sees_page(t("today.title"))
        await self.is_live()

    async def unlock(self, passphrase: str = PASSPHRASE) -> None:
        """Type the passphrase."""
        await self.page.get_by_role("textbox", name=t("enrol.passphrase"), exact=True).fill(passphrase)
        await self.page.get_by_role("button", name=t("unlock.open"), exact=True).click()

    async def use_passkey(self) -> None:
        """Unlock by the passkey."""
        await self.page.get_by_role("button", name=t("unlock.with_passkey")).click()

    async def lock_after(self, time: str) -> None:
        """Choose in the settings after how long nobody's being there locks the store."""
        await self.go("settings")
        await self.page.get_by_label(t("settings.auto_lock")).select_option(label=time)

    async def is_locked(self) -> None:
        """Wait for the door."""
        await self.sees_page(t("unlock.title"))

    async def lock(self) -> None:
        """Lock at once."""
        await self.page.get_by_role("button", name=t("shell.lock")).first.click()
        await self.is_locked()

    async def log_out(self) -> None:
        """Wipe this browser, from the settings."""
        await self.go("settings")
        await self._wipe()

    async def log_out_at_the_door(self) -> None:
        """Wipe this browser, whose store does not open."""
        await self.page.get_by_text(t("unlock.trouble")).click()
        await self._wipe()

    async def _wipe(self) -> None:
        await self.page.get_by_role("button", name=t("settings.logout")).click()
        await self.page.get_by_role("button", name=t("settings.logout_act")).click()
        await self.is_outside()

    async def is_outside(self) -> None:
        """Wait for the page of a browser that nobody is enrolled on."""
        await expect(self.page.get_by_role("textbox", name=t("enrol.invitation"))).to_be_visible()

    @contextlib.asynccontextmanager
    async def has_room_for(self, size: int) -> AsyncIterator[None]:
        """Let the browser keep no more than so many bytes for this site meanwhile."""
        session = await self.context.new_cdp_session(self.page)
        origin = {"origin": self.url}
        await session.send("Storage.overrideQuotaForOrigin", {**origin, "quotaSize": size})
        yield
        await session.send("Storage.overrideQuotaForOrigin", origin)
        await session.detach()

    async def crash(self) -> None:
        """Kill this window's process, as a machine that runs out of memory does."""
        session = await self.context.new_cdp_session(self.page)
        async with self.page.expect_event("crash"):
            asked = asyncio.ensure_future(session.send("Page.crash"))
        # Nobody is left to answer.
        asked.cancel()
        with contextlib.suppress(asyncio.CancelledError, Error):
            await asked
        await self.page.close()

    # ---- everywhere

    async def go(self, room: str) -> None:
        """Go to a page of the rail."""
        await (
            self.page.get_by_role("navigation", name=t("shell.pages"))
            .first.get_by_role("link", name=t(f"shell.{room}"))
            .click()
        )
        await self.sees_page(t(f"shell.{room}"))

    async def sees_page(self, title: str) -> None:
        """Wait for a page by its heading."""
        await expect(self.page.get_by_role("heading", level=1, name=title)).to_be_visible()

    async def sees(self, text: str) -> None:
        """Wait for words anywhere on the page."""
        await expect(self.page.get_by_text(text).filter(visible=True).first).to_be_visible()

    @property
    def connection(self) -> Locator:
        """The state of the connection in words."""
        return self.page.locator(".rail .sync")

    async def look_at_what_waits(self) -> Locator:
        """Open the list of what was asked for offline."""
        await self.connection.click()
        await self.page.get_by_role("button", name=t("shell.kept_show")).filter(visible=True).click()
        return self.page.get_by_role("dialog", name=t("shell.kept_title"))

    async def waits_for_nothing(self) -> None:
        """Wait until all that was asked for has gone out."""
        await expect(self.connection).not_to_contain_text("to send")

    async def is_live(self) -> None:
        """Wait until everything new arrives at once."""
        await expect(self.connection).to_contain_text(t("shell.sync_live"))

    async def is_offline(self) -> None:
        """Wait until the page says so."""
        await expect(self.connection).to_contain_text(t("shell.sync_offline"))
