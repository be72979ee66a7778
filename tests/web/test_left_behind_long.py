"""Audit what three browsers keep of an hour's work, open, locked, offline and after every way out (P-4).

By itself it works for some minutes with timers that run sixty times as fast; `PRATIQUE_USE_MINUTES=60` takes the hour.
"""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path

import pytest
from playwright.async_api import Browser, FilePayload, expect

from exercise.canary import search
from pratique.wire.entries import Urgency
from tests.desk.desks import announced
from tests.web.auditing import leaves_nothing, on_disk, published, tells_nothing
from tests.web.browsers import FLAGS, need_browser
from tests.web.pages import PASSPHRASE, Officer, t
from tests.web.stage import WINDOW, Stage, staged
from tests.web.test_left_behind import PHOTO, PNG, marks
from tests.world import stored

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.full, pytest.mark.timeout(7200)]

MINUTES = float(os.environ.get("PRATIQUE_USE_MINUTES", "3"))
PACE_S = 60.0 if MINUTES >= 60 else 5.0
TITLE, UNSENT = "Quayside seals 55810", "Half a thought about lot 7"
# For the worker that runs now, a minute passes in a second; every lock starts another one.
QUICK = """() => {
  for (const name of ["setTimeout", "setInterval"]) {
    const wait = globalThis[name]
    globalThis[name] = (act, ms, ...given) => wait(act, ms >= 60_000 ? ms / 60 : ms, ...given)
  }
}"""


async def test_an_hour_of_work_leaves_nothing_that_tells_of_it(
    tmp_path: Path, sqlite_database_url: str, browser: Browser
) -> None:
    async with staged(tmp_path, sqlite_database_url, browser) as s:
        profile = tmp_path / "profile"
        ke = await with_a_disk(s, "ke", profile)
        be, ae = [await s.enrol(party) for party in ("be", "ae")]
        await s.let_in()
        console: list[str] = []
        for one in (be, ae, ke):
            one.context.on("console", lambda message: console.append(message.text))
        await be.make_channel(TITLE, "ae/ncp", "ke/ncp")
        await ke.lock_after("1 minute" if MINUTES >= 60 else "15 minutes")
        await ke.lock()
        said, references = await used(s, be, ae, ke)
        sought = marks() | said | {TITLE, UNSENT}
        counts = []
        for one in (be, ae, ke):
            for offline in (False, True):
                await one.context.set_offline(offline)
                await (one.is_offline() if offline else one.is_live())
                counts.append(await tells_nothing(one.page, sought, references, console))
            if one is not be:
                await one.lock()
                counts.append(await tells_nothing(one.page, sought, references, console))
                await expect(one.page.get_by_text(TITLE)).to_have_count(0)
        # Rows, and many of them; else the look is into the wrong place.
        assert min(counts) > 40, counts
        server = stored(sqlite_database_url)
        assert search(said | {TITLE, UNSENT, PHOTO, PASSPHRASE}, server) == []
        # Out by every way: online from the settings, offline from the settings, offline at the door.
        await be.context.set_offline(False)
        await be.is_live()
        await be.log_out()
        await leaves_nothing(be.page, sought, references)
        await ae.unlock()
        await ae.log_out()
        await leaves_nothing(ae.page, sought, references, ("pratique-files-", "pratique-release"))
        await ke.context.set_offline(True)
        await ke.log_out_at_the_door()
        await leaves_nothing(ke.page, sought, references, ("pratique-files-", "pratique-release"))
        await ke.context.close()
        assert on_disk(profile, ["pratique-files-"]), "the search looks in the wrong place"
        assert (told := on_disk(profile, sought - published(sought))) == [], told


async def with_a_disk(s: Stage, party: str, profile: Path) -> Officer:
    """Enrol a browser whose profile is a folder, as a person's is."""
    context = await s.browser.browser_type.launch_persistent_context(
        profile, executable_path=need_browser(), args=list(FLAGS), viewport=WINDOW, locale="en-GB"
    )
    s.contexts.append(context)
    one = Officer(party, context.pages[0], s.url)
    officer = s.desks.world.officers[party]
    ticket = await officer.invite("ncp", "officer")
    await officer.approve(ticket.id, await one.begin(ticket.text()))
    await one.come_in()
    return one


async def used(s: Stage, be: Officer, ae: Officer, ke: Officer) -> tuple[set[str], set[str]]:
    """Work in three windows for the time; give what was said and the references of what was announced."""
    said: set[str] = set()
    references: set[str] = set()
    ends = time.monotonic() + MINUTES * 60
    number = 0
    while time.monotonic() < ends or number < 4:
        begun = time.monotonic()
        number += 1
        words = {one: f"Pier note {number} from {one.party} at dusk" for one in (be, ae, ke)}
        said |= set(words.values())
        if number % 4 == 1:
            sent = await s.desks["be"].announce(announced(("BEBRU", "KENBO")), urgency=Urgency.ROUTINE)
            references.add(sent.reference)
        await be.open_channel(TITLE)
        await be.post(words[be])
        await ae.open_channel(TITLE)
        await ae.sees(words[be])
        if number % 3 == 0:
            photo: FilePayload = {"name": PHOTO, "mimeType": "image/png", "buffer": PNG}
            await ae.page.get_by_role("main").locator("input[type=file]").first.set_input_files([photo])
            await expect(ae.page.get_by_role("main").get_by_text(PHOTO).last).to_be_visible()
        await ae.post(words[ae])
        await ae.write(UNSENT)
        await ae.sees(t("channels.draft_kept"))
        # Kenya comes every other round: between them nobody is there, and its store locks itself.
        if number % 2 == 0:
            await looks(ke, words[ke], sorted(references)[-1], offline=number % 4 == 0)
            await be.sees(words[ke])
        else:
            said.discard(words[ke])
        # The pace of people: what passes by itself in a minute is to pass.
        await asyncio.sleep(max(0.0, PACE_S - (time.monotonic() - begun)))
    await ke.is_locked()
    await ke.unlock()
    return said, references


async def looks(ke: Officer, words: str, reference: str, *, offline: bool) -> None:
    """Come back to a window that locked itself, read, look for words, and post, perhaps without a network."""
    await ke.is_locked()
    if MINUTES < 60:
        await ke.page.workers[-1].evaluate(QUICK)
    await ke.unlock()
    await ke.is_live()
    await ke.open(reference)
    await ke.page.keyboard.press("Control+k")
    await ke.page.get_by_role("dialog").get_by_role("combobox").fill(TITLE)
    await expect(ke.page.get_by_role("option").filter(has_text=TITLE).first).to_be_visible()
    await ke.page.keyboard.press("Escape")
    await ke.open_channel(TITLE)
    if offline:
        await ke.context.set_offline(True)
        await ke.is_offline()
    await ke.post(words)
    if offline:
        await ke.context.set_offline(False)
        await ke.is_live()
    await expect(ke.pending).to_have_count(0)
