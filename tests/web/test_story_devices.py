"""A second device of a Member comes in mid-way by the first one, reads what it may, and is revoked."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from pratique.contents.message import Message
from tests.web.pages import t
from tests.web.stage import staged
from tests.world import unlock

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]


async def test_a_second_browser_comes_in_and_is_revoked(
    tmp_path: Path, sqlite_database_url: str, browser: Browser
) -> None:
    async with staged(tmp_path, sqlite_database_url, browser, ("be", "ke")) as s:
        (ke,) = await s.enrol_all("ke")
        be = s.desks["be"].device
        open_to_all = await s.discussion("be", "Seals at BRU", "ke/ncp")
        from_here = await s.discussion("be", "Informant", "ke/ncp", history="from_join")
        for channel in (open_to_all, from_here):
            await be.post(channel, "message", Message(text="before").write())
        await ke.open_channel("Seals at BRU")
        await ke.reads("before")

        await ke.take_key((tmp_path / "ke.ca").read_bytes(), (tmp_path / "ke.ca.key").read_bytes(), unlock().decode())
        second = await s.window("ke")
        shown = await second.begin(await ke.invite("w.otieno"), device="tablet1")
        await ke.approve(shown)
        await second.come_in()
        # Nobody else is awake: the first browser lets the second into every channel of its office.
        await second.open_channel("Seals at BRU")
        await second.reads("before")
        # Whoever lets a device in says the title again, for it reads nothing that was said before.
        await second.open_channel("Informant")
        await be.sync()
        await be.post(from_here, "message", Message(text="after").write())
        await second.reads("after")
        await ke.open_channel("Informant")
        await ke.reads("before", "after")

        await ke.revoke("tablet1", "lost")
        await expect(second.connection).to_contain_text(t("shell.sync_refused"))
        await second.sees(t("shell.sync_refused_text"))
        await be.sync()
        assert not any("tablet1" in uri for uri in s.devices_in("be", from_here))
        await be.post(from_here, "message", Message(text="for those who are left").write())
        await ke.open_channel("Informant")
        await ke.reads("before", "after", "for those who are left")
        # What came before it, it never had a key for; what was said while it was there, it may still hold.
        assert "tablet1" not in await ke.who_sees("before")
        gone = [one for one in (await ke.who_sees("after")).splitlines() if t("channels.who_gone") in one]
        assert len(gone) == 1 and "tablet1" in gone[0]
        assert t("channels.who_server_too") in await ke.who_sees("Revoked: ")
        assert t("channels.unknown_server") in await ke.who_sees(t("channels.titled"))
        await second.reads("after")
        await second.page.reload()
        await second.unlock()
        await second.open_channel("Informant")
        await second.reads("after")
        # It is told that it is out, and is offered no place to write what nobody would get.
        await second.sees(t("channels.stopped_refused"))
        await expect(second.page.get_by_role("textbox", name=t("channels.write"))).to_have_count(0)
