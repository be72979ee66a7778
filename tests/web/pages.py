"""Drive the web client as an officer does: by what is written on the screen, in the words of its English catalogues."""

from __future__ import annotations

import re
from typing import Any

from playwright.async_api import FilePayload, Locator, expect

from tests.web.door import PASSPHRASE, Person, t

__all__ = ["PASSPHRASE", "Officer", "t"]

SEND_TO_MEMBERS = re.compile(r"Send to \d Member")
REFERENCE_IN_ADDRESS = re.compile(r"#/consignments/PN-")


class Officer(Person):
    """One person in front of one window: channels, the party and consignments."""

    def alert(self, words: str, reference: str = "") -> Locator:
        """Give the line of Today that says so, and of which consignment."""
        return self.page.get_by_role("main").get_by_role("link").filter(has_text=words).filter(has_text=reference)

    async def another(self) -> Officer:
        """Open another window of the same browser: nobody types a passphrase again."""
        opened = Officer(self.party, await self.context.new_page(), self.url)
        await opened.page.goto(opened.url)
        await opened.is_in()
        return opened

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
        await expect(self.page.get_by_role("textbox", name=t("channels.write"))).to_have_value("")

    def said(self) -> Locator:
        """Give the messages of the open channel, in order."""
        return self.page.locator(".timeline .message .body p.free")

    async def reads(self, *texts: str) -> None:
        """Wait until the messages of the open channel are exactly these, in this order."""
        await expect(self.said()).to_have_text(list(texts))

    @property
    def pending(self) -> Locator:
        """The marks of what waits to be sent."""
        return self.page.get_by_role("main").get_by_text(t("channels.pending"))

    async def who_sees(self, words: str) -> str:
        """Ask of the first line that says so who can see it; give the answer and close it."""
        eye = self.page.get_by_title(t("channels.who"))
        lines = self.page.get_by_role("main").get_by_role("listitem").filter(has_text=words)
        await lines.locator(eye).first.click()
        dialog = self.page.get_by_role("dialog", name=t("channels.who"))
        await expect(dialog.get_by_text(t("channels.unknown"))).to_be_visible()
        told = await dialog.inner_text()
        await self.page.keyboard.press("Escape")
        await self.is_done()
        return told

    # ---- my party

    async def open_tab(self, name: str) -> None:
        """Open a tab of My party."""
        await self.go("party")
        await self.page.get_by_role("tab", name=t(f"party.tab_{name}")).click()

    async def take_key(self, file: bytes, key_file: bytes, passphrase: str) -> None:
        """Take the party's key into this browser from its two files."""
        await self.open_tab("key")
        kind = "application/octet-stream"
        files: list[FilePayload] = [
            {"name": "ca.key", "mimeType": kind, "buffer": file},
            {"name": "ca.key.key", "mimeType": kind, "buffer": key_file},
        ]
        await self.page.get_by_label(t("party.file")).set_input_files(files)
        await self.page.get_by_label(t("party.passphrase")).fill(passphrase)
        await self.page.get_by_role("button", name=t("party.take_now"), exact=True).click()
        await self.sees(t("party.key_here"))

    async def invite(self, person: str) -> str:
        """Sign an invitation and give its ticket, out of the link on the screen."""
        await self.open_tab("approvals")
        await self.page.get_by_role("button", name=t("party.invite")).first.click()
        dialog = self.page.get_by_role("dialog", name=t("party.invite"))
        await dialog.get_by_label(t("party.person")).fill(person)
        await dialog.get_by_role("button", name=t("party.sign")).click()
        link = await dialog.locator(".link").text_content()
        await dialog.get_by_role("button", name=t("party.handed")).click()
        return (link or "").partition("/#/enrol/")[2]

    async def approve(self, fingerprint: str) -> None:
        """Type what the person at the other device reads out, and let it in."""
        await self.open_tab("approvals")
        await self.page.get_by_role("button", name=t("party.compare")).click()
        await self.page.get_by_label(t("party.read_out")).fill(fingerprint)
        await self.sees(t("party.same"))
        await self.page.get_by_role("button", name=t("party.approve"), exact=True).click()
        await expect(self.page.get_by_label(t("party.read_out"))).to_have_count(0)

    async def revoke(self, device: str, reason: str) -> None:
        """Revoke a device of one's party for good."""
        await self.open_tab("devices")
        await self.page.get_by_role("main").get_by_role("button", name=device).click()
        await self.page.get_by_role("button", name=t("party.revoke"), exact=True).click()
        await self.page.get_by_label(t("party.reason")).select_option(reason)
        await self.page.get_by_role("button", name=t("ui.next"), exact=True).click()
        await self.page.get_by_role("button", name=t("party.revoke_now")).click()
        await expect(self.page.get_by_role("button", name=t("party.revoke_now"))).to_have_count(0)

    # ---- consignments

    async def begin_announcement(self) -> None:
        """Open a new pre-notification from Today."""
        await self.go("today")
        await self.page.get_by_role("main").get_by_role("link", name=t("today.announce")).click()
        await expect(self.page.get_by_role("button", name=t("consignments.review"))).to_be_visible()

    async def fill_form(self, value: Any, path: str = "") -> None:
        """Fill the template's form by keyboard, list by list: whatever is in the form is on the screen."""
        if isinstance(value, dict):
            for name, inner in value.items():
                await self.fill_form(inner, f"{path}.{name}" if path else name)
        elif isinstance(value, list):
            place = self.page.locator(f'[id="at-{path}"]')
            for number, inner in enumerate(value):
                if number >= await place.locator("> ol > li").count():
                    await place.locator("> div").get_by_role("button").last.click()
                await self.fill_form(inner, f"{path}[{number}]")
        else:
            await self._put(path, str(value))

    async def _put(self, path: str, value: str) -> None:
        control = self.page.locator(f'[id="at-{path}"]').locator("input, select, textarea")
        kind = await control.evaluate("(one) => one.localName === 'select' ? 'select' : one.type")
        if kind == "select":
            await control.select_option(value)
        elif kind in ("date", "datetime-local"):
            await control.fill(value.removesuffix("Z"))
        else:
            await control.focus()
            await self.page.keyboard.type(value)
            await self.page.keyboard.press("Tab")

    async def ask_for_an_answer(self) -> None:
        """Choose that every addressee is asked to answer."""
        await self.page.get_by_role("radio", name=t("consignments.mode_REPLY")).check()

    async def review(self) -> None:
        """Have the form checked; go on to the last look."""
        await self.page.get_by_role("button", name=t("consignments.review")).click()
        await self.sees(t("consignments.addressees"))

    async def announce(self) -> str:
        """Send what was reviewed; give the reference of its page."""
        await self.page.get_by_role("button", name=SEND_TO_MEMBERS).click()
        await self.page.wait_for_url(REFERENCE_IN_ADDRESS)
        return self.page.url.rpartition("/")[2]

    async def open(self, reference: str) -> None:
        """Open a consignment from the list."""
        await self.go("consignments")
        await self.page.get_by_role("main").get_by_role("link").filter(has_text=reference).first.click()
        await expect(self.page.get_by_role("button", name=t("consignments.print"))).to_be_visible()

    async def act(self, what: str) -> None:
        """Press what is next: `act("acknowledgement")`, `act("movement_ARRIVED")`."""
        button = self.page.get_by_role("main").get_by_role("button", name=t(f"consignments.do_{what}"), exact=True)
        await expect(button).to_be_visible()
        await button.click()

    async def act_besides(self, what: str) -> None:
        """Choose an act from the menu of what else can be done."""
        await self.page.get_by_role("button", name=t("consignments.more_acts")).click()
        await self.page.get_by_role("menuitem", name=t(f"consignments.do_{what}")).click()

    async def choose(self, label: str) -> None:
        """Press a button of the dialog that is open."""
        await self.page.get_by_role("dialog").get_by_role("button", name=label).click()

    async def say(self, label: str, text: str, send: str) -> None:
        """Write into the dialog that is open and send it; it closes."""
        await self.page.get_by_role("dialog").get_by_role("textbox", name=label).fill(text)
        await self.choose(send)
        await self.is_done()

    async def is_done(self) -> None:
        """Wait until the dialog is gone."""
        await expect(self.page.get_by_role("dialog")).to_have_count(0)

    @property
    def timeline(self) -> Locator:
        """All that was said about the open consignment, the newest first."""
        return self.page.get_by_role("list", name=t("consignments.timeline"))

    async def is_told(self, words: str) -> None:
        """Wait until the open consignment's timeline says so."""
        await expect(self.timeline.get_by_text(words).first).to_be_visible()

    def said_of(self, party: str, words: str) -> Locator:
        """Give the line of the open consignment's timeline in which a party said so."""
        line = self.timeline.get_by_role("listitem").filter(has_text=words)
        return line.filter(has=self.page.get_by_text(party.upper(), exact=True))

    async def story(self) -> list[tuple[str, str]]:
        """Give the timeline of the open consignment, the oldest first: who, and what."""
        heads = await self.timeline.locator("p.head:has(> .strong)").all()
        told = [(await one.locator("abbr").inner_text(), await one.locator("> .strong").inner_text()) for one in heads]
        return [(party.lower(), words) for party, words in reversed(told)]
