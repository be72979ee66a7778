"""One consignment from the form to the count, on the screens of three Members and through a national system.

On the way: a tablet comes in and is lost, a line breaks, a window closes, an office is offline, the server restarts.
At the end all of them tell the same story, and the server knows nothing of it.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from exercise.canary import search
from exercise.searching import Search, said_in
from tests.desk.desks import announced
from tests.scenarios.everything_said import contents_of
from tests.web.cast import TOLD, TRANSIT_TOLD, Cast, form, playing, words_of
from tests.web.pages import Officer, t
from tests.web.paper import it_is_printed
from tests.world import stored, unlock

# Everything at once, on machines that do other things, too.
pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(600)]

ROOM, QUIET = "Seals at BRU", "Informant"
QUESTION, REPLY = "Which cold store takes the boxes?", "The one behind hangar nine."


async def test_one_consignment_three_browsers_and_a_gateway(
    tmp_path: Path, sqlite_database_url: str, browser: Browser
) -> None:
    empty = b"".join(data for _, data in stored(sqlite_database_url))
    async with playing(tmp_path, sqlite_database_url, browser) as c:
        await belgium_announces_and_kenyas_system_acknowledges(c)
        await the_line_breaks_while_kenya_asks(c)
        tablet = await a_tablet_comes_in_reads_and_answers(c, tmp_path)
        await a_window_of_two_goes_on_alone(c)
        await the_emirates_work_offline(c)
        await the_tablet_is_lost(c, tablet)
        await the_server_restarts(c)
        await kenya_counts_on_a_line_that_breaks(c)
        await kenyas_system_announces_and_belgium_acknowledges(c)
        await all_tell_the_same(c)
        await it_is_printed(c.ke)
        await nothing_was_told(c, sqlite_database_url, empty)


async def belgium_announces_and_kenyas_system_acknowledges(c: Cast) -> None:
    """Typed in one browser, seen on Today of the others at once; a program reads it and takes note."""
    await c.be.begin_announcement()
    await c.be.ask_for_an_answer()
    await c.be.fill_form(form())
    await c.be.review()
    c.reference = await c.be.announce()
    for one in (c.ae, c.ke):
        await expect(one.alert("Belgium", c.reference)).to_be_visible()
    # Transit reads what kind of goods it is, in words.
    await expect(c.ae.alert("Vaccines for humans", c.reference).first).to_be_visible()
    await c.hears("prenotification", c.reference)
    (told,) = [one for one in c.national.verified() if one["type"] == "pratique.prenotification"]
    assert told["data"]["content"]["form"]["goods"][0]["lots"][1]["batch"] == "SBX4490"
    assert (await c.gateway.report(c.reference, "acknowledgement")).status_code == 201
    await c.be.is_told(t("consignments.said_acknowledgement"))


async def the_line_breaks_while_kenya_asks(c: Cast) -> None:
    """The server has the question, and its answer is lost: the page says that it waits, and it is asked once."""
    await c.ke.open(c.reference)
    await c.ke.sees("SBX4490")
    await c.ke.act_besides("query")
    await c.ke.is_live()
    c.line.cut_within("answer")
    await c.ke.say(t("consignments.question"), QUESTION, t("consignments.send_query"))
    await c.ke.sees(t("consignments.kept_offline"))
    await c.ke.is_offline()
    await c.be.sees(QUESTION)
    c.line.mend()
    await c.ke.is_live()
    await c.ke.waits_for_nothing()
    await c.be.act("reply")
    await c.be.say(t("consignments.reply"), REPLY, t("consignments.send_reply"))
    await c.ke.sees(REPLY)


async def a_tablet_comes_in_reads_and_answers(c: Cast, folder: Path) -> Officer:
    """The officer's own browser invites and approves it; it reads what each channel lets a newcomer read."""
    for title, history in ((ROOM, "full"), (QUIET, "from_join")):
        await c.be.make_channel(title, "ae/ncp", "ke/ncp", history=history)
        await c.be.post("before")
    await c.ke.take_key((folder / "ke.ca").read_bytes(), (folder / "ke.ca.key").read_bytes(), unlock().decode())
    tablet = await c.stage.window("ke")
    await c.ke.approve(await tablet.begin(await c.ke.invite("w.otieno"), device="tablet1"))
    await tablet.come_in()
    await tablet.open_channel(ROOM)
    await tablet.reads("before")
    await tablet.open_channel(QUIET)
    await c.be.post("after")
    await tablet.reads("after")
    await c.ke.open_channel(QUIET)
    await c.ke.reads("before", "after")
    await c.be.sees(t("channels.read_by", parties="KE"))
    assert t("channels.read") in (await c.be.who_sees("after")).splitlines()

    await tablet.open(c.reference)
    await tablet.sees("SBX4490")
    await tablet.is_told(REPLY)
    await tablet.act("answer")
    await tablet.choose(t("consignments.answer_NO_OBJECTION_hint"))
    await tablet.is_done()
    for one in (c.be, c.ke):
        await one.open(c.reference)
        await one.is_told(t("consignments.said_answer_NO_OBJECTION"))
    return tablet


async def a_window_of_two_goes_on_alone(c: Cast) -> None:
    """Belgium works in two windows; the one that holds the keys closes, and nobody types a passphrase again."""
    first, second = c.be, await c.be.another()
    await second.open(c.reference)
    await second.act_besides("movement_DEPARTED")
    await second.choose(t("consignments.send_movement"))
    await second.is_done()
    await first.is_told(t("consignments.said_movement_DEPARTED"))
    await first.page.close()
    c.be = second
    await c.ae.open(c.reference)
    await expect(c.ae.page.get_by_text("SBX4490")).to_have_count(0)
    await c.ae.is_told(t("consignments.said_movement_DEPARTED"))
    await c.ae.act("acknowledgement")
    await expect(c.be.said_of("ae", t("consignments.said_acknowledgement"))).to_be_visible()


async def the_emirates_work_offline(c: Cast) -> None:
    """What is asked for offline waits, is looked at and taken back, and goes out once."""
    ae = c.ae
    await ae.context.set_offline(True)
    await ae.is_offline()
    for again in (False, True):
        await ae.act("movement")
        await ae.choose(t("consignments.step_TRANSIT_IN"))
        await ae.choose(t("consignments.send_movement"))
        await ae.sees(t("consignments.kept_offline"))
        waits = await ae.look_at_what_waits()
        await expect(waits.get_by_role("listitem")).to_contain_text([c.reference])
        if not again:
            await waits.get_by_role("button", name=t("shell.kept_discard")).click()
            await waits.get_by_role("button", name=t("shell.kept_sure")).click()
            await expect(waits).to_contain_text(t("shell.kept_none"))
        await waits.get_by_role("button", name=t("ui.close")).last.click()
        await ae.is_done()
    # Where its button stood it stands itself: nobody does it twice.
    await ae.sees(t("consignments.to_be_sent", what=t("consignments.do_movement")))
    for one in c.officers:
        await one.open_channel(ROOM)
    await c.be.post("meanwhile")
    await ae.post("from afar")
    await expect(ae.pending).to_have_count(1)
    await ae.reads("before", "from afar")
    await ae.context.set_offline(False)
    await c.said_in_room("before", "meanwhile", "from afar")
    await ae.waits_for_nothing()
    await c.be.open(c.reference)
    await c.be.is_told(t("consignments.said_movement_TRANSIT_IN"))


async def the_tablet_is_lost(c: Cast, tablet: Officer) -> None:
    """Revoked, it is told so; it reads nothing that comes after, and nothing that it does leaves it."""
    await c.ke.revoke("tablet1", "lost")
    await expect(tablet.connection).to_contain_text(t("shell.sync_refused"))
    await tablet.sees(t("shell.sync_refused_text"))
    await c.be.open_channel(QUIET)
    await c.be.post("for those who are left")
    await c.ke.open_channel(QUIET)
    await c.ke.reads("before", "after", "for those who are left")
    assert "tablet1" not in await c.ke.who_sees("before")
    gone = [one for one in (await c.ke.who_sees("after")).splitlines() if t("channels.who_gone") in one]
    assert len(gone) == 1 and "tablet1" in gone[0]
    assert t("channels.who_server_too") in await c.ke.who_sees("Revoked: ")
    await c.ae.open(c.reference)
    await c.ae.act("movement_TRANSIT_OUT")
    await c.ae.choose(t("consignments.send_movement"))
    await c.ae.is_done()
    await tablet.page.reload()
    await tablet.unlock()
    await tablet.open_channel(QUIET)
    await tablet.reads("after")
    await tablet.sees(t("channels.stopped_refused"))
    await expect(tablet.page.get_by_role("textbox", name=t("channels.write"))).to_have_count(0)
    await tablet.open(c.reference)
    await expect(tablet.timeline.get_by_text(t("consignments.said_movement_TRANSIT_OUT"))).to_have_count(0)
    for offered in ("do_hold_REQUEST", "do_movement_ARRIVED", "more_acts"):
        await expect(tablet.page.get_by_role("button", name=t(f"consignments.{offered}"))).to_have_count(0)
    await tablet.context.close()
    c.stage.contexts.remove(tablet.context)


async def the_server_restarts(c: Cast) -> None:
    """Everybody writes while it is away, and everything stands once, in one order, when it is back."""
    server = c.stage.desks.world.server
    for one in c.officers:
        await one.open_channel(ROOM)
    await server.stop()
    for one in c.officers:
        await one.is_offline()
        await one.post(f"{one.party} is still here")
    await server.start()
    for one in c.officers:
        await expect(one.said()).to_have_count(len(c.posts) + 3)
        await expect(one.pending).to_have_count(0)
    said = await c.be.said().all_text_contents()
    assert sorted(said[len(c.posts) :]) == [f"{party} is still here" for party in ("ae", "be", "ke")]
    await c.said_in_room(*said[len(c.posts) :])


async def kenya_counts_on_a_line_that_breaks(c: Cast) -> None:
    """The socket is lost and found; the arrival is cut off half-way, and is told once; the count falls short."""
    c.line.cut()
    await c.ke.is_offline()
    await c.be.post("can you read this?")
    c.line.mend()
    await c.said_in_room("can you read this?")
    await c.ke.open(c.reference)
    await c.ke.act("movement_ARRIVED")
    await c.ke.is_live()
    c.line.cut_within("request")
    await c.ke.choose(t("consignments.send_movement"))
    await c.ke.sees(t("consignments.kept_offline"))
    assert c.line.broken.is_set()
    c.line.mend()
    await c.ke.is_live()
    await c.ke.waits_for_nothing()
    for one in (c.be, c.ae):
        await one.go("today")
    await c.ke.act("reconciliation")
    await c.ke.choose(t("consignments.count_differs"))
    counted = c.ke.page.get_by_role("dialog").get_by_role("textbox", name=t("consignments.counted"), exact=True)
    await counted.nth(1).fill("34698")
    await c.ke.choose(t("consignments.send_reconciliation"))
    await c.ke.is_done()
    missing = t("consignments.counted_missing", doses="402 doses", of="105,300")
    alert = t("today.type_reconciliation", party="Kenya")
    await expect(c.be.alert(alert, c.reference)).to_contain_text(missing)
    # Transit learns that something is wrong, not what was counted.
    await expect(c.ae.alert(alert, c.reference)).to_be_visible()
    await expect(c.ae.page.get_by_text(missing)).to_have_count(0)


async def kenyas_system_announces_and_belgium_acknowledges(c: Cast) -> None:
    """The other way: a program announces, an officer reads it on the screen, the program hears that it was read."""
    told = announced(("KENBO", "BEBRU"), national="KE-77201").model_dump(mode="json", exclude_none=True)
    sent = await c.gateway.post("/v1/prenotifications", told, "back")
    assert sent.status_code == 201, sent.text
    reference = sent.json()["reference"]
    await c.be.alert(t("today.kind_acknowledge", party="Kenya"), reference).click()
    await c.be.sees(reference)
    await c.be.act("acknowledgement")
    await c.hears("acknowledgement", reference)


async def all_tell_the_same(c: Cast) -> None:
    """Three screens and a program agree on what happened, in which order, each act once, and how it ended."""
    for one in (c.be, c.ke, c.ae):
        await one.open(c.reference)
        await expect(one.page.get_by_text(t("state.DISCREPANCY")).first).to_be_visible()
        assert await one.story() == (TRANSIT_TOLD if one is c.ae else TOLD), one.party
    shown = (await c.gateway.client.get(f"/v1/prenotifications/{c.reference}")).json()
    assert (shown["state"], shown["outcome"]) == ("CLOSED", "DISCREPANCY")
    coordinator = c.stage.desks.coordinator
    await coordinator.sync()
    assert (coordinator.find(c.reference).state, coordinator.find(c.reference).outcome) == ("CLOSED", "DISCREPANCY")
    heard = (await c.gateway.client.get("/v1/events")).json()["items"]
    assert [
        words_of(one) for one in heard if one["subject"] == c.reference and one["type"] != "pratique.receipt"
    ] == TOLD


async def nothing_was_told(c: Cast, database_url: str, empty: bytes) -> None:
    """Search all that the server holds for every value that anybody typed, imported or sent."""
    d = c.stage.desks
    await d.sync("be", "ae")
    said = contents_of(d)
    values = said_in([form(), *(content for contents in said.values() for content in contents)])
    for typed in (REPLY, "Uhuru National Vaccine Store", "SBX4490", '"doses":34698', c.reference, *c.posts[1:]):
        assert any(typed in value for value in values), typed
    public = said_in([d.operation.terms.model_dump(mode="json")]) | {"operation"}
    looked_for = Search(values - public, empty)
    assert looked_for.works()
    assert [hit.value for hit in search(looked_for.values, stored(database_url))] == []
