"""A person saves the recovery file, the browser loses its storage, and the device comes back in another profile."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from pratique.contents.message import Message
from pratique.wire.entries import Kind, inbox_id
from tests.web.pages import PASSPHRASE, Officer, t
from tests.web.stage import Stage, staged

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]


async def test_a_browser_that_lost_its_storage_is_the_same_device_again(
    tmp_path: Path, sqlite_database_url: str, browser: Browser
) -> None:
    async with staged(tmp_path, sqlite_database_url, browser, ("be", "ke")) as s:
        (ke,) = await s.enrol_all("ke")
        be = s.desks["be"].device
        channel = await s.discussion("be", "Seals at BRU", "ke/ncp")
        await be.post(channel, "message", Message(text="before").write())
        await ke.open_channel("Seals at BRU")
        await ke.reads("before")

        # The offer stands on Today until there is a file.
        await ke.go("today")
        await ke.page.get_by_role("button", name=t("recovery.save")).click()
        dialog = ke.page.get_by_role("dialog", name=t("recovery.save"))
        await dialog.get_by_label(t("settings.passphrase_now")).fill(PASSPHRASE)
        async with ke.page.expect_download(timeout=60_000) as download:
            await dialog.get_by_role("button", name=t("recovery.save")).click()
        file = tmp_path / (await download.value).suggested_filename
        assert file.suffix == ".recovery"
        await (await download.value).save_as(file)
        await expect(ke.page.get_by_text(t("recovery.offer"))).to_have_count(0)

        # Locking ends the worker: another one opens the store again.
        before = len(ke.page.workers)
        await ke.lock()
        await ke.unlock()
        await ke.is_live()
        assert len(ke.page.workers) == before
        await ke.context.close()
        s.contexts.remove(ke.context)

        again = await s.window("ke")
        await again.page.goto(s.url)
        await again.page.get_by_role("button", name=t("recovery.have")).click()
        await again.page.get_by_label(t("recovery.file"), exact=False).first.set_input_files(file)
        await again.page.get_by_label(t("recovery.passphrase")).fill("not the passphrase")
        await again.page.get_by_role("button", name=t("recovery.restore")).click()
        await expect(again.page.get_by_text(t("problem.wrong_passphrase"))).to_be_visible(timeout=60_000)
        await again.page.get_by_label(t("recovery.passphrase")).fill(PASSPHRASE)
        await again.page.get_by_role("button", name=t("recovery.restore")).click()
        await expect(again.page.get_by_role("heading", level=1, name=t("today.title"))).to_be_visible(timeout=60_000)
        await again.is_live()
        await s.let_in()
        await again.open_channel("Seals at BRU")
        await again.reads("before")
        await again.post("back again")
        await be.sync()
        assert [Message.read(one.body).text for one in be.opened(channel) if one.type == "message"][-1] == "back again"
        await the_keys_of_a_new_channel_do_not_fit(s, again, sqlite_database_url)


async def the_keys_of_a_new_channel_do_not_fit(s: Stage, ke: Officer, database_url: str) -> None:
    """What came for this device is spoiled on its way: its person is told, presses the button, and is let in anew."""
    be = s.desks["be"].device
    await ke.go("today")
    await ke.context.set_offline(True)
    await ke.is_offline()
    channel = await s.discussion("be", "Gate 4", "ke/ncp")
    await be.post(channel, "message", Message(text="read this").write())
    (uri,) = [one for one in s.devices_in("be", channel) if "//ke." in one and one != str(s.desks["ke"].device.uri)]
    spoil_welcome(database_url, uri)
    await ke.context.set_offline(False)
    await ke.go("channels")
    await ke.page.locator(f"main a[href*='{channel.hex()}']").click()
    await ke.sees(t("channels.stopped_cannot_join"))
    await ke.page.get_by_role("button", name=t("channels.rejoin")).click()
    await ke.sees(t("channels.rejoin_asked"))
    await be.sync()
    await ke.reads("read this")
    await ke.post("thank you")


def spoil_welcome(database_url: str, uri: str) -> None:
    """Alter the newest welcome that waits for a device on the server."""
    newest = "log = ? AND kind = ? ORDER BY seq DESC LIMIT 1"
    with sqlite3.connect(database_url.partition("///")[2], timeout=30) as database:
        found = (inbox_id(uri), int(Kind.WELCOME))
        row, data = database.execute(f"SELECT rowid, data FROM entries WHERE {newest}", found).fetchone()
        spoiled = data[:200] + bytes([data[200] ^ 1]) + data[201:]
        database.execute("UPDATE entries SET data = ? WHERE rowid = ?", (spoiled, row))
    database.close()
