"""Hold that several tabs of one browser are one device: one owns the store, the next takes over when it closes."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Page, expect

from pratique.authority import PartyOfficer
from tests.desk.desks import announced, desks
from tests.web.browsers import chromium, need_browser, need_pages

PASSPHRASE = "correct horse battery staple 42"
WAIT_MS = 60_000


async def enrol(page: Page, url: str, officer: PartyOfficer) -> None:
    """Enrol as a person does: open the link, choose a passphrase, read the fingerprint to the officer."""
    ticket = await officer.invite("ncp", "ana")
    await page.goto(f"{url}/#/enrol/{ticket.text()}")
    passphrases = page.locator("input[type=password]")
    await page.get_by_text("Passphrase", exact=True).or_(passphrases.first).first.click()
    for number in range(2):
        await passphrases.nth(number).fill(PASSPHRASE)
    await page.locator("button[type=submit]").click()
    shown = page.locator(".fingerprint")
    await shown.wait_for(timeout=WAIT_MS)
    await officer.approve(ticket.id, await shown.inner_text())
    await expect(page.get_by_text("Live").first).to_be_visible(timeout=WAIT_MS)


async def test_the_next_tab_goes_on_when_the_first_one_closes(tmp_path: Path, sqlite_database_url: str) -> None:
    need_browser()
    need_pages()
    async with desks(tmp_path, sqlite_database_url, ("be", "ke")) as d, chromium() as browser:
        context = await browser.new_context(locale="en-GB")
        first = await context.new_page()
        await enrol(first, d.world.url, d.world.officers["ke"])
        second = await context.new_page()
        await second.goto(f"{d.world.url}/#/today")
        await expect(second.get_by_text("Live").first).to_be_visible(timeout=WAIT_MS)
        await d.sync()
        one = await d["be"].announce(announced(("BEBRU", "KENBO")))
        for page in (first, second):
            await page.goto(f"{d.world.url}/#/today")
            await expect(page.get_by_text(one.reference).first).to_be_visible(timeout=WAIT_MS)
        await first.close()
        # Nobody types the passphrase again: the store's key came over while the first tab lived.
        other = await d["be"].announce(announced(("BEBRU", "KENBO")))
        await expect(second.get_by_text(other.reference).first).to_be_visible(timeout=WAIT_MS)
        await context.close()
