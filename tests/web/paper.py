"""What a printer makes of a consignment's page."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.web.pages import Officer, t


async def it_is_printed(ke: Officer) -> None:
    """See what a printer would: the goods, dates with zones, who may read it and who printed it; nothing to press."""
    await ke.page.emulate_media(media="print")
    await expect(ke.page.get_by_text("SBX4490").first).to_be_visible()
    zone = str(await ke.page.evaluate("new Intl.DateTimeFormat().resolvedOptions().timeZone"))
    await expect(ke.page.locator(".only-print")).to_contain_text(
        re.compile(rf"Kenya, device \w+\. Times are of the zone {zone}\.")
    )
    said = await ke.page.locator(".story time").all_text_contents()
    assert said and all(re.fullmatch(r"\d+ \w+ 20\d\d, \d\d:\d\d [A-Z]{3,}\S*", one) for one in said), said
    await expect(ke.page.get_by_role("button", name=t("consignments.print"))).to_be_hidden()
    assert (await ke.page.pdf(format="A4")).count(b"/Type /Page\n") in (1, 2)
