"""Let officers in, keep others out, and leave nothing: the door of the web client in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.desk.desks import announced
from tests.web.pages import t
from tests.web.stage import staged

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_wrong_passphrase_lock_and_logout(tmp_path: Path, sqlite_database_url: str, browser: Browser) -> None:
    async with staged(tmp_path, sqlite_database_url, browser, ("be", "ke")) as s:
        (ke,) = await s.enrol_all("ke")
        sent = await s.desks["be"].announce(announced(("BEBRU", "KENBO")))
        await expect(ke.alert(t("today.kind_acknowledge", party="Belgium"), sent.reference)).to_be_visible()
        await ke.lock()
        await ke.unlock("some other passphrase")
        await ke.sees(t("problem.wrong_passphrase"))
        await ke.unlock()
        await ke.is_in()
        await ke.log_out()
