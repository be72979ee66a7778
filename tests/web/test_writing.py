"""A form is not lost by leaving, begins from the last one, and lists are gone through by keys."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from tests.desk.desks import announced
from tests.web.pages import Officer, t
from tests.web.stage import staged

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(180)]
NOTE = '[id="at-note"] textarea'


async def test_a_form_is_kept_and_keys_go_through_the_list(
    tmp_path: Path, sqlite_database_url: str, browser: Browser
) -> None:
    async with staged(tmp_path, sqlite_database_url, browser, ("be", "ke")) as s:
        way = ("BEBRU", "KENBO")
        sent = [await s.desks["be"].announce(announced(way, national=f"BE-{number}")) for number in (1, 2)]
        (be,) = await s.enrol_all("be")
        await copies_the_last_and_leaves_at_once(be)
        await saves_it_for_the_party_and_goes_on(be)
        await goes_through_the_list(be, {one.reference for one in sent})


async def copies_the_last_and_leaves_at_once(be: Officer) -> None:
    page = be.page
    await be.go("consignments")
    await page.get_by_role("button", name=t("consignments.more_new")).click()
    await page.get_by_role("menuitem").filter(has_text=t("consignments.copy_last")).click()
    await expect(page.locator('[id="at-goods[0].product"] input')).to_have_value("Corvanza COVID-19 mRNA vaccine")
    await expect(page.get_by_label(t("consignments.national_reference"))).to_have_value("")
    # Sooner than it is kept by itself.
    await page.locator(NOTE).fill("typed while leaving")
    address = page.url
    await be.go("today")
    await page.goto(address)
    await expect(page.locator(NOTE)).to_have_value("typed while leaving")
    await page.reload()
    await be.unlock()
    await expect(page.locator(NOTE)).to_have_value("typed while leaving")
    await be.sees(t("consignments.restored"))


async def saves_it_for_the_party_and_goes_on(be: Officer) -> None:
    """What is changed after it was saved goes into that draft: what is sent leaves no draft behind."""
    page = be.page
    await page.get_by_role("button", name=t("consignments.save_draft")).click()
    await page.wait_for_url(re.compile("draft="))
    await page.locator(NOTE).fill("changed after it was saved")
    await be.review()
    reference = await be.announce()
    await be.go("consignments")
    await expect(page.get_by_role("main").get_by_role("link").filter(has_text=reference)).to_be_visible()
    await expect(page.locator("main a[href*='draft=']")).to_have_count(0)


async def goes_through_the_list(be: Officer, references: set[str]) -> None:
    page = be.page
    lines = page.locator("main [data-line]")
    await expect(lines).to_have_count(len(references) + 1)
    await page.locator("main").first.focus()
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("k", 1)):
        await page.keyboard.press(key)
        await expect(lines.nth(at)).to_be_focused()
    opened = str(await lines.nth(1).get_attribute("href"))
    await page.keyboard.press("Enter")
    await page.wait_for_url(re.compile(re.escape(opened)))
    await be.go("consignments")
    await page.keyboard.press("/")
    wanted = min(references)
    await page.keyboard.type(wanted.split("-")[-2])
    await expect(lines).to_have_count(1)
    await expect(lines.first).to_contain_text(wanted)
