"""Several windows of one browser are one device: one owns the keys, the next takes over, nothing is sent twice."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from pratique.contents.message import Message
from tests.web.pages import Officer, t
from tests.web.stage import staged

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

# The one that is left has the store: nobody else holds it, nobody waits for it.
ALONE = """() => navigator.locks.query().then(({held, pending}) =>
  held.some(({name}) => name === "pratique") && !pending.some(({name}) => name === "pratique"))"""
OWNERS = "navigator.locks.query().then(({held}) => held.filter(({name}) => name === 'pratique').length)"


async def test_windows_take_turns_and_a_killed_one_loses_nothing(
    tmp_path: Path, sqlite_database_url: str, browser: Browser
) -> None:
    async with staged(tmp_path, sqlite_database_url, browser, ("be", "ke")) as s:
        (first,) = await s.enrol_all("ke")
        be = s.desks["be"].device
        channel = await s.discussion("be", "Seals at BRU", "ke/ncp")
        second = await first.another()
        for window in (first, second):
            await window.open_channel("Seals at BRU")
        await be.post(channel, "message", Message(text="from BE").write())
        await second.post("by the second window")
        for window in (first, second):
            await window.reads("from BE", "by the second window")
        assert await second.page.evaluate(OWNERS) == 1

        # The owner goes in the middle of a post, again and again; whoever is left goes on without a passphrase.
        said = ["from BE", "by the second window"]
        owner, guest = first, second
        for number in range(2):
            text = f"said while closing {number}"
            await owner.write(text)
            await owner.sees(t("channels.draft_kept"))
            await owner.send()
            await (owner.crash() if number == 1 else owner.page.close())
            await guest.page.wait_for_function(ALONE)
            # What came after it stands on the screen, so it does too, if it ever came to the server.
            await be.sync()
            await be.post(channel, "message", Message(text=f"from BE again {number}").write())
            await guest.sees(f"from BE again {number}")
            said += [text] if await posted_or_kept(guest, text) else []
            said.append(f"from BE again {number}")
            await guest.post(f"after {number}")
            said.append(f"after {number}")
            await expect(guest.said()).to_have_count(len(said))
            owner, guest = guest, await guest.another()
            await guest.open_channel("Seals at BRU")
        # A post that was on its way when its window died may come after what was said then.
        assert sorted(await guest.said().all_text_contents()) == sorted(said)
        assert await s.read("be", channel) == await guest.said().all_text_contents()


async def posted_or_kept(window: Officer, text: str) -> bool:
    """Say whether what a dying window sent stands in the channel, sent or waiting; where not, its draft does."""
    await window.go("channels")
    await window.open_channel("Seals at BRU")
    draft = window.page.get_by_role("textbox", name=t("channels.write"))
    await expect(draft).to_be_visible()
    posted = await window.said().filter(has_text=text).count()
    assert posted == 1 or await draft.input_value() == text, "it is lost"
    return posted == 1
