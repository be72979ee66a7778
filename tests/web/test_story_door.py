"""Let officers in, keep others out, and leave nothing: the door of the web client in a real browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from tests.desk.desks import announced
from tests.web.pages import Officer, t
from tests.web.stage import staged

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

# For the worker that runs now, a minute in which nobody is there passes in a second; every lock starts another one.
QUICK = """() => {
  const wait = globalThis.setTimeout
  globalThis.setTimeout = (act, ms, ...given) => wait(act, ms >= 60_000 ? ms / 60 : ms, ...given)
}"""
LEFT = """async () => ({
  databases: (await indexedDB.databases()).map(({name}) => name),
  local: Object.keys(localStorage), session: Object.keys(sessionStorage), cookies: document.cookie,
  caches: (await caches.keys()).map((name) => name.replace(/[0-9a-f]{64}/, "")).sort(),
  workers: (await navigator.serviceWorker.getRegistrations()).length, address: location.href,
})"""
NOTHING: dict[str, Any] = {"databases": [], "local": [], "session": [], "cookies": "", "caches": [], "workers": 0}


async def test_no_room_then_in_locked_unlocked_and_out(
    tmp_path: Path, sqlite_database_url: str, browser: Browser
) -> None:
    async with staged(tmp_path, sqlite_database_url, browser, ("be", "ke")) as s:
        officer = s.desks.world.officers["ke"]
        ticket = await officer.invite("ncp", "officer")
        ke = await s.window("ke")
        await ke.page.goto(ke.url)
        async with ke.has_room_for(1):
            await ke.ask_in(ticket.text())
            await ke.sees(t("problem.store_full"))
        await ke.ask_again()
        await officer.approve(ticket.id, await ke.fingerprint())
        await ke.come_in()
        await s.let_in()
        assert "pratique-invitation" not in await ke.page.evaluate("location.href + history.length")
        sent = await s.desks["be"].announce(announced(("BEBRU", "KENBO")))
        news = ke.alert(t("today.kind_acknowledge", party="Belgium"), sent.reference)
        await expect(news).to_be_visible()
        await ke.lock()
        await expect(news).to_have_count(0)
        await ke.unlock("some other passphrase")
        await ke.sees(t("problem.wrong_passphrase"))
        await ke.unlock()
        await expect(news).to_be_visible()

        await ke.page.workers[-1].evaluate(QUICK)
        await ke.lock_after("1 minute")
        await ke.is_locked()
        await expect(ke.page.get_by_text("Belgium")).to_have_count(0)
        await ke.unlock()

        # The browser throws the store away: a new invitation brings everything back.
        session = await ke.context.new_cdp_session(ke.page)
        await session.send("Storage.clearDataForOrigin", {"origin": ke.url, "storageTypes": "indexeddb"})
        await ke.page.reload()
        await ke.is_outside()
        ticket = await officer.invite("ncp", "officer")
        await officer.approve(ticket.id, await ke.begin(ticket.text()))
        await ke.come_in()
        await s.let_in()
        await expect(news).to_be_visible()

        await ke.log_out()
        await expect_left(ke, NOTHING)

        # An invitation serves once: whoever opens its link again is told so before choosing anything.
        await ke.page.goto(f"{ke.url}/#/enrol/{ticket.text()}")
        await ke.sees(t("problem.invitation_used"))


async def test_a_passkey_opens_and_an_offline_logout_leaves_nothing_of_anybody(
    tmp_path: Path, sqlite_database_url: str, browser: Browser
) -> None:
    async with staged(tmp_path, sqlite_database_url, browser, ("ke",)) as s:
        officer = s.desks.world.officers["ke"]
        ke = await s.window("ke")
        # A passkey is of a name, never of an address.
        ke.url = s.url.replace("127.0.0.1", "localhost")
        ticket = await officer.invite("ncp", "officer")
        session = await ke.context.new_cdp_session(ke.page)
        await session.send("WebAuthn.enable")
        able = {"protocol": "ctap2", "ctap2Version": "ctap2_1", "transport": "internal", "hasPrf": True}
        able |= {"hasResidentKey": True, "hasUserVerification": True, "isUserVerified": True}
        made = await session.send("WebAuthn.addVirtualAuthenticator", {"options": able})
        shown = await ke.begin(ticket.text(), by="passkey")
        await officer.approve(ticket.id, shown)
        await ke.come_in()
        await ke.lock()
        await ke.use_passkey()
        await ke.is_in()

        await ke.context.set_offline(True)
        await ke.is_offline()
        await ke.lock()
        await session.send("WebAuthn.setUserVerified", {**made, "isUserVerified": False})
        await ke.use_passkey()
        await ke.sees(t("problem.passkey_cancelled"))
        await ke.log_out_at_the_door()
        # The build that is kept is the server's public files; nothing of an enrolment is in it.
        await expect_left(ke, {**NOTHING, "caches": ["pratique-files-", "pratique-release"], "workers": 1})


async def expect_left(officer: Officer, left: dict[str, Any]) -> None:
    """Hold what a browser keeps after a logout."""
    found = await officer.page.evaluate(LEFT)
    assert "pratique-invitation" not in found.pop("address")
    assert found == left
