"""What may happen on the way, on the screens of two Members: a new version, a hold, four eyes, a withdrawal."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from pratique.contents.policy import Policy
from tests.desk.desks import announced
from tests.web.pages import Officer, t
from tests.web.stage import WINDOW, Stage, staged

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

WHY = "Dry ice lasts for 72 hours only."


async def test_a_version_a_hold_a_colleague_and_a_withdrawal(
    tmp_path: Path, sqlite_database_url: str, browser: Browser
) -> None:
    async with staged(tmp_path, sqlite_database_url, browser, ("be", "ke")) as s:
        be, ke = await s.enrol_all("be", "ke")
        desk = s.desks["be"]
        reference = (await desk.announce(announced(("BEBRU", "KENBO"), mode="REPLY", urgency_reason=WHY))).reference
        await amend(be, ke, reference)
        await lay_out(ke, reference)
        await hold(be, ke)
        await withdraw(be, ke)
        await release(s, be, ke)


async def amend(be: Officer, ke: Officer, reference: str) -> None:
    """Belgium counts its boxes again; Kenya reads what changed, and that it matters."""
    await ke.open(reference)
    await ke.sees(WHY)
    await be.open(reference)
    await be.act_besides("amend")
    count = be.page.locator('[id="at-packages.count"]').locator("input")
    before = await count.input_value()
    await count.fill(str(int(before) + 1))
    await be.page.get_by_role("button", name=t("consignments.review")).click()
    await be.page.get_by_role("button", name=t("consignments.send_amendment")).click()
    await expect(ke.page.locator("details[open] ins")).to_contain_text(str(int(before) + 1))
    # What was urgent stays so, with its reason.
    await ke.sees(t("state.urgent"))
    await ke.sees(WHY)
    await be.is_told(t("consignments.said_version", version="2"))
    await ke.go("today")
    await expect(ke.alert("Version 2 from Belgium changes Number of packages", reference)).to_be_visible()
    await ke.open(reference)


# What is long stands beside nothing empty, a reference in one line, a notice beside the title and its buttons.
FULL_WIDTH = """() => {
  const wide = (one) => document.querySelector(one).getBoundingClientRect().width
  return Math.round(wide(".columns") - wide(".columns > .details"))
}"""
IN_ONE_LINE = """(code) => {
  const [own, tile] = [code, code.closest(".tile")].map((each) => each.getBoundingClientRect())
  return own.height < 2 * parseFloat(getComputedStyle(code).lineHeight) && own.width < tile.width
}"""
COVERED = """(notice) => {
  const [one, head] = [notice, document.querySelector(".page > header")].map((each) => each.getBoundingClientRect())
  const meet = (from, to) => one[from] < head[to] && head[from] < one[to]
  return one.height > 0 && meet("top", "bottom") && meet("left", "right")
}"""


async def lay_out(ke: Officer, reference: str) -> None:
    """Kenya looks from a desk, then takes note with a remark on a tablet."""
    await expect(ke.page.locator(".columns > .details")).to_be_visible()
    assert await ke.page.evaluate(FULL_WIDTH) == 0
    await ke.go("consignments")
    assert await ke.page.locator(".tile .code").filter(has_text=reference).evaluate(IN_ONE_LINE)
    await ke.open(reference)
    await ke.page.set_viewport_size({"width": 800, "height": 900})
    await ke.act_besides("remark")
    await ke.say(t("consignments.remark"), "Gate 4, before 18:00.", t("consignments.do_acknowledgement"))
    notice = ke.page.get_by_role("region", name=t("ui.notices")).get_by_role("listitem").last
    await expect(notice).to_be_visible()
    assert not await notice.evaluate(COVERED)
    await ke.page.set_viewport_size(WINDOW)


async def hold(be: Officer, ke: Officer) -> None:
    """Kenya asks for a hold; both end it, and nobody is asked to lift it once more."""
    await be.is_told("Gate 4, before 18:00.")
    seen = await be.who_sees("Gate 4, before 18:00.")
    assert "ke/ncp" in seen and t("channels.unknown_full") in seen
    await ke.act("hold_REQUEST")
    # The reason is the second tap; another one, or one in words of one's own, wants those first.
    dialog = ke.page.get_by_role("dialog")
    await expect(dialog.get_by_role("button", name=t("consignments.why_documents"))).to_be_enabled()
    await dialog.get_by_role("button", name=t("consignments.why_other")).click()
    await expect(dialog.get_by_text(t("consignments.missing", what=t("consignments.words")))).to_be_visible()
    await dialog.get_by_role("combobox").select_option("security")
    await ke.say(t("consignments.words"), "A seal was broken.", t("consignments.hold_REQUEST"))
    await be.act("hold")
    await be.choose(t("consignments.hold_CONFIRM"))
    await be.is_done()
    # The reason stands on both pages for as long as the hold does.
    await expect(ke.page.locator(".banner", has_text=t("consignments.hold_stands", party="Kenya"))).to_contain_text(
        "A seal was broken."
    )
    await ke.act("hold")
    await ke.choose(t("consignments.hold_AGREE"))
    await ke.is_done()
    await be.act("hold_LIFT")
    await be.choose(t("consignments.hold_LIFT"))
    await be.is_done()
    await be.is_told(t("consignments.said_hold_LIFT"))
    await expect(be.page.get_by_role("button", name=t("consignments.do_hold_LIFT"))).to_have_count(0)


async def withdraw(be: Officer, ke: Officer) -> None:
    """Belgium takes it back; Kenya reads why, and has nothing to do any more."""
    await be.act_besides("withdrawal")
    await be.say(t("consignments.reason"), "The order was cancelled.", t("consignments.send_withdrawal"))
    told = ke.page.locator(".banner", has_text=t("consignments.withdrawn_by", party="Belgium"))
    await expect(told).to_contain_text("The order was cancelled.")
    await expect(ke.page.get_by_text(t("consignments.your_turn"))).to_have_count(0)


async def release(s: Stage, be: Officer, ke: Officer) -> None:
    """A colleague in Belgium drafts; the officer at the browser gives it back, then releases it."""
    colleague = await s.desks.second("be")
    await colleague.set_policy(Policy(four_eyes=True, receipts=True))
    draft = await colleague.save_draft(announced(("BEBRU", "KENBO"), national="BE-77", urgency_reason=WHY))
    await colleague.submit(draft)
    await be.go("today")
    await be.alert(t("today.kind_draft"), "BE-77").click()
    await be.sees(WHY)
    await be.page.get_by_role("button", name=t("consignments.give_back")).click()
    await be.say(t("consignments.give_back_why"), "Which permit?", t("consignments.give_back"))
    await colleague.sync()
    assert colleague.drafts.by_id[draft].comment == "Which permit?"
    await colleague.submit(draft)
    await be.go("today")
    await be.alert(t("today.kind_draft"), "BE-77").click()
    await be.page.get_by_role("button", name=t("consignments.release")).click()
    await be.choose(t("consignments.release"))
    await be.is_done()
    await ke.go("today")
    await expect(ke.alert("Belgium", be.page.url.rpartition("/")[2])).to_be_visible()
