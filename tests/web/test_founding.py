"""The coordinating unit begins an operation in a browser, form included; a Member reads its terms, room and form."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from pratique.contents.adaptation import Adaptation
from pratique.contents.title import Title
from pratique.desk.desk import Desk
from tests.web.pages import t
from tests.web.stage import staged

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

MEMBERS = {"be": "Belgium", "ke": "Kenya"}
FIELD, LABEL = "emergency_phone", "24-hour emergency telephone"


async def test_an_operation_begins_with_its_members_channels_and_form(
    tmp_path: Path, sqlite_database_url: str, browser: Browser
) -> None:
    async with staged(tmp_path, sqlite_database_url, browser, tuple(MEMBERS)) as s:
        ocu = await s.enrol("ocu")
        main = ocu.page.get_by_role("main")
        following = main.get_by_role("button", name=t("ui.next"))
        await ocu.go("operations")
        await main.get_by_role("link", name=t("operations.found")).first.click()
        await main.get_by_label(t("operations.code")).fill("stop iv")
        await following.click()
        # Nobody to send and nobody to receive: it does not go on, and says why.
        await following.click()
        await expect(main.get_by_text(t("operations.wrong_way"))).to_be_visible()
        for name in MEMBERS.values():
            await main.get_by_role("combobox", name=t("operations.add_party")).fill(name)
            await main.get_by_role("option", name=name).click()
        await following.click()
        await expect(main.get_by_label(t("operations.channel_title"))).to_have_value(t("operations.duty_desk"))
        await following.click()
        await main.get_by_label(t("operations.find_field")).fill("no such field")
        await expect(main.get_by_text(t("operations.no_field"))).to_be_visible()
        await main.get_by_label(t("operations.find_field")).fill(FIELD)
        use = t("ui.labelled", label=LABEL, text=t("operations.use"))
        await main.get_by_label(use).select_option("require")
        await following.click()
        await expect(main.get_by_text("1 field more is required")).to_be_visible()
        for name in MEMBERS.values():
            await expect(main.get_by_text(name)).to_be_visible()
        await main.get_by_role("button", name=t("operations.found_now")).click()
        await ocu.sees_page("STOP-IV")
        await main.get_by_role("tab", name=t("operations.tab_form")).click()
        await expect(main.get_by_text(LABEL)).to_be_visible()

        device = s.desks["ke"].device
        await device.sync()
        operation = next(one for one in await device.operations() if one.terms.code == "STOP-IV")
        assert {one.party for one in operation.terms.participants} == {"ocu", *MEMBERS}
        desk = await Desk.open(device, operation)
        await desk.sync()
        assert desk.room.adaptation == Adaptation(require=(FIELD,))
        titles = {
            Title.read(one.body).title
            for state in device.channels()
            for one in device.opened(state.id)
            if one.type == Title.TYPE
        }
        assert t("operations.duty_desk") in titles
