"""Go offline and come back, lose the socket, lose the server: nothing is lost, nothing comes twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.desk.desks import announced
from tests.web.pages import t
from tests.web.stage import staged

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]


async def test_offline_and_back_and_a_server_that_restarts(
    tmp_path: Path, sqlite_database_url: str, browser: Browser
) -> None:
    async with staged(tmp_path, sqlite_database_url, browser, ("be", "ke")) as s:
        be, ke = await s.enrol_all("be", "ke")
        await be.make_channel("Seals at BRU", "ke/ncp")
        await be.post("one")
        await ke.open_channel("Seals at BRU")
        await ke.reads("one")

        desk = s.desks["be"]
        reference = (await desk.announce(announced(("BEBRU", "KENBO")))).reference
        await ke.open(reference)
        await ke.context.set_offline(True)
        await ke.is_offline()
        await ke.act("acknowledgement")
        await ke.sees(t("consignments.kept_offline"))
        # The receipt may have been cut off: then it waits as well.
        await expect(ke.connection).to_contain_text("to send")
        # What waits is looked at, taken back, and asked for anew.
        waits = await ke.look_at_what_waits()
        await expect(waits.get_by_role("listitem")).to_contain_text([reference])
        await waits.get_by_role("button", name=t("shell.kept_discard")).click()
        await waits.get_by_role("button", name=t("shell.kept_sure")).click()
        await expect(waits).to_contain_text(t("shell.kept_none"))
        await waits.get_by_role("button", name=t("ui.close")).last.click()
        await ke.open(reference)
        await ke.act("acknowledgement")
        await expect(ke.page.get_by_text(t("consignments.kept_offline")).filter(visible=True).last).to_be_visible()
        await expect(ke.connection).to_contain_text("to send")
        await ke.open_channel("Seals at BRU")
        await ke.reads("one")
        await be.post("two")
        await ke.post("three")
        await expect(ke.pending).to_have_count(1)
        await ke.is_offline()
        await ke.reads("one", "three")
        await ke.context.set_offline(False)
        await ke.reads("one", "two", "three")
        await expect(ke.pending).to_have_count(0)
        await be.reads("one", "two", "three")
        await ke.is_live()
        await expect(ke.connection).not_to_contain_text("to send")
        await desk.sync()
        assert [one.content.TYPE for one in desk.board.said[reference] if one.party == "ke"].count(
            "acknowledgement"
        ) == 1

        server = s.desks.world.server
        await server.stop()
        await be.is_offline()
        await be.post("four")
        await ke.post("five")
        await server.start()
        for one in (be, ke):
            await expect(one.said()).to_have_count(5)
            await expect(one.pending).to_have_count(0)
        assert sorted(await be.said().all_text_contents()) == sorted(["one", "two", "three", "four", "five"])
        assert await be.said().all_text_contents() == await ke.said().all_text_contents()
