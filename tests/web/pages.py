"""Drive the web client as an officer does: by what is written on the screen, in the words of its English catalogues."""

from __future__ import annotations

import functools
import json

from playwright.async_api import BrowserContext, Locator, Page, expect

from tests.architecture.sources import ROOT

PASSPHRASE = "seven crates of cold vaccine"
DOWN_MS = 20_000


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


class Officer:
    """One person in front of one window; `party` is theirs."""

    def __init__(self, party: str, page: Page, url: str) -> None:
        self.party, self.page, self.url = party, page, url
        page.set_default_timeout(DOWN_MS)

    @property
    def context(self) -> BrowserContext:
        """The browser profile: other windows of it share the store."""
        return self.page.context

    # ---- the door

    async def begin(self, ticket: str, passphrase: str = PASSPHRASE) -> str:
        """Open the invitation's link, choose a passphrase, ask to be enrolled; give the fingerprint on the screen."""
        await self.page.goto(f"{self.url}/#/enrol/{ticket}")
        await self.page.get_by_role("textbox", name=t("enrol.passphrase"), exact=True).fill(passphrase)
        await self.page.get_by_role("textbox", name=t("enrol.passphrase_again")).fill(passphrase)
        await self.page.get_by_role("button", name=t("enrol.ask")).click()
        return await self.fingerprint()

    async def fingerprint(self) -> str:
        """Give the fingerprint that the approver compares."""
        shown = self.page.locator(".fingerprint span")
        await shown.first.wait_for()
        return "-".join(await shown.all_text_contents())

    async def come_in(self) -> None:
        """Go on once approved, to Today."""
        await self.page.get_by_role("button", name=t("enrol.check_now")).click()
        await self.is_in()

    async def is_in(self) -> None:
        """Wait for Today, live."""
        await self.sees_page(t("today.title"))
        await self.is_live()

    async def unlock(self, passphrase: str = PASSPHRASE) -> None:
        """Type the passphrase."""
        await self.page.get_by_role("textbox", name=t("enrol.passphrase"), exact=True).fill(passphrase)
        await self.page.get_by_role("button", name=t("unlock.open"), exact=True).click()

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
        await self.page.get_by_role("button", name=t("settings.logout")).click()
        await self.page.get_by_role("button", name=t("settings.logout_act")).click()
        await self.is_outside()

    async def is_outside(self) -> None:
        """Wait for the page of a browser that nobody is enrolled on."""
        await expect(self.page.get_by_role("textbox", name=t("enrol.invitation"))).to_be_visible(timeout=DOWN_MS)

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
        await expect(self.page.get_by_role("heading", level=1, name=title)).to_be_visible(timeout=DOWN_MS)

    async def sees(self, text: str) -> None:
        """Wait for words anywhere on the page."""
        await expect(self.page.get_by_text(text).first).to_be_visible(timeout=DOWN_MS)

    @property
    def connection(self) -> Locator:
        """The state of the connection in words."""
        return self.page.locator(".rail .sync")

    async def is_live(self) -> None:
        """Wait until everything new arrives at once."""
        await expect(self.connection).to_contain_text(t("shell.sync_live"), timeout=DOWN_MS)

    async def is_offline(self) -> None:
        """Wait until the page says so."""
        await expect(self.connection).to_contain_text(t("shell.sync_offline"), timeout=DOWN_MS)

    def alert(self, words: str, reference: str = "") -> Locator:
        """Give the line of Today that says so, and of which consignment."""
        return self.page.get_by_role("main").get_by_role("link").filter(has_text=words).filter(has_text=reference)

    # ---- channels

    async def open_channel(self, title: str) -> None:
        """Open a discussion from the list of channels."""
        await self.go("channels")
        await self.page.get_by_role("main").get_by_role("link").filter(has_text=title).click()
        await self.sees_page(title)

    async def make_channel(self, title: str, *offices: str, history: str = "full") -> None:
        """Open a discussion with other offices, and stand in it."""
        await self.go("channels")
        await self.page.get_by_role("button", name=t("channels.new")).first.click()
        dialog = self.page.get_by_role("dialog", name=t("channels.new"))
        await dialog.get_by_label(t("channels.name")).fill(title)
        for office in offices:
            await dialog.get_by_role("checkbox", name=office).check()
        await dialog.get_by_role("radio", name=t(f"channels.choose_{history}")).check()
        await dialog.get_by_role("button", name=t("channels.new_act")).click()
        await self.sees_page(title)

    async def write(self, text: str) -> None:
        """Type into the composer."""
        await self.page.get_by_role("textbox", name=t("channels.write")).fill(text)

    async def send(self) -> None:
        """Press Send."""
        await self.page.get_by_role("button", name=t("channels.send"), exact=True).click()

    async def post(self, text: str) -> None:
        """Write and send; the field is empty again."""
        await self.write(text)
        await self.send()
        await expect(self.page.get_by_role("textbox", name=t("channels.write"))).to_have_value("", timeout=DOWN_MS)

    def said(self) -> Locator:
        """Give the messages of the open channel, in order."""
        return self.page.locator(".timeline .message .body p.free")

    async def reads(self, *texts: str) -> None:
        """Wait until the messages of the open channel are exactly these, in this order."""
        await expect(self.said()).to_have_text(list(texts), timeout=DOWN_MS)

    @property
    def pending(self) -> Locator:
        """The marks of what waits to be sent."""
        return self.page.get_by_role("main").get_by_text(t("channels.pending"))
