"""A disk that is full: the officer is told, nothing is lost or half written, and it goes on once there is room."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from pratique.contents.message import Message
from tests.web.pages import t
from tests.web.stage import staged

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

ROOM_BYTES = 40_000_000
LONG = "Every seal of the third pallet was counted twice; " * 60 + "the last one is missing."
# Another database of the same site takes what is left, in ever smaller pieces; gives how many bytes it took.
FILL = """async () => {
  const asked = indexedDB.open("other")
  const base = await new Promise((done, failed) => {
    asked.onupgradeneeded = () => asked.result.createObjectStore("o", {autoIncrement: true})
    asked.onsuccess = () => done(asked.result)
    asked.onerror = () => failed(asked.error)
  })
  const put = (size) => new Promise((done) => {
    const change = base.transaction("o", "readwrite", {durability: "strict"})
    change.objectStore("o").add(crypto.getRandomValues(new Uint8Array(size)))
    change.oncomplete = () => done(true)
    change.onabort = () => done(false)
  })
  let taken = 0
  for (let size = 65536; size >= 64; size /= 4) while (await put(size)) taken += size
  base.close()
  return taken
}"""


async def test_a_full_disk_is_said_and_what_was_written_stays(
    tmp_path: Path, sqlite_database_url: str, browser: Browser
) -> None:
    async with staged(tmp_path, sqlite_database_url, browser, ("be", "ke")) as s:
        officer = s.desks.world.officers["ke"]
        ticket = await officer.invite("ncp", "officer")
        ke = await s.window("ke")
        async with ke.has_room_for(ROOM_BYTES):
            await officer.approve(ticket.id, await ke.begin(ticket.text()))
            await ke.come_in()
            await s.let_in()
            be = s.desks["be"].device
            channel = await s.discussion("be", "Seals at BRU", "ke/ncp")
            await be.post(channel, "message", Message(text="before").write())
            await ke.open_channel("Seals at BRU")
            await ke.reads("before")
            assert await ke.page.evaluate(FILL) > ROOM_BYTES / 2

            # What is typed, sent and received finds no room: each is said where it is looked for, in its own words.
            await ke.write(LONG)
            await ke.sees(f"{t('ui.not_kept')} {t('problem.store_full')}")
            await ke.send()
            await ke.sees(t("channels.send_failed"))
            await be.post(channel, "message", Message(text="meanwhile").write())
            await expect(ke.connection).to_contain_text(t("shell.sync_stopped"))
            banner = ke.page.locator(".banners")
            await expect(banner).to_contain_text(f"{t('problem.store_full')} {t('shell.sync_stopped_text')}")
            await expect(ke.page.get_by_text(t("shell.sync_refused_text"))).to_have_count(0)
            await ke.reads("before")
            assert await s.read("be", channel) == ["before", "meanwhile"]

        # There is room again: it reads on by itself, and what was written goes out once.
        await ke.reads("before", "meanwhile")
        await ke.is_live()
        await expect(banner).to_be_empty()
        await ke.send()
        await ke.reads("before", "meanwhile", LONG)
        await expect(ke.pending).to_have_count(0)
        assert await s.read("be", channel) == ["before", "meanwhile", LONG]
        await ke.lock()
        await ke.unlock()
        await ke.open_channel("Seals at BRU")
        await ke.reads("before", "meanwhile", LONG)
