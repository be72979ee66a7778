"""A consignment's whole life on the screens of three Members, beside desks and a gateway; the server reads nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from exercise.canary import search
from exercise.searching import Search, said_in
from pratique.bulk.importing import import_file
from tests.bulk.filling import rows_of, write
from tests.desk.desks import announced, at
from tests.gateway.site import receiving, site, until
from tests.scenarios.everything_said import contents_of
from tests.web.pages import Officer, t
from tests.web.stage import Stage, staged
from tests.world import stored

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

LOTS = [
    {"batch": "SBX4471", "expiry": "2028-03-31", "vials": 11_700, "doses": 70_200},
    {"batch": "SBX4490", "expiry": "2028-04-30", "vials": 5_850, "doses": 35_100},
]


def form() -> dict[str, Any]:
    """Give what the officer in Belgium types: by air to Nairobi, changing planes in Dubai."""
    flight = {"mode": "air", "carrier": "Emirates SkyCargo", "awb": "176-12345675"}
    return {
        "consignor": {"name": "Scheldt Biologics NV", "country": "BE"},
        "consignee": {"name": "Uhuru National Vaccine Store", "country": "KE"},
        "emergency_phone": "+3225550142",
        "goods": [
            {
                "product": "Corvanza COVID-19 mRNA vaccine",
                "product_class": "vaccines",
                "hs_code": "300241",
                "who_status": "EUL",
                "manufacturer": "Scheldt Biologics Manufacturing",
                "country_of_origin": "BE",
                "doses_per_vial": 6,
                "lots": LOTS,
            }
        ],
        "packages": {"type": "EI", "count": 26, "gross_kg": 1924.5},
        "temperature": {"band": "ULT", "min_c": -90, "max_c": -60, "container": "passive"},
        "legs": [
            flight
            | {"from_place": "BEBRU", "to_place": "AEDXB", "etd_at": at(80), "eta_at": at(86), "flight": "EK184"},
            flight
            | {"from_place": "AEDXB", "to_place": "KENBO", "etd_at": at(92), "eta_at": at(98), "flight": "EK719"},
        ],
        "note": "Please keep the boxes closed until they reach the cold store.",
    }


async def test_a_consignment_from_the_form_to_the_discrepancy(
    tmp_path: Path, sqlite_database_url: str, browser: Browser
) -> None:
    empty = b"".join(data for _, data in stored(sqlite_database_url))
    async with staged(tmp_path, sqlite_database_url, browser, companions=("ocu",)) as s:
        be, ae, ke, ocu = await s.enrol_all("be", "ae", "ke", "ocu")
        reference = await announce(be, ae, ke)
        await ask_and_answer(be, ke, reference)
        await move_and_count(be, ae, ke, ocu, reference)
        await print_it(ke, reference)
        await python_announces_and_a_browser_acknowledges(s, tmp_path, ke)
        await nothing_was_told(s, sqlite_database_url, empty, reference)


async def announce(be: Officer, ae: Officer, ke: Officer) -> str:
    """Fill the form by keyboard and send it; the others see it come."""
    await be.begin_announcement()
    await be.ask_for_an_answer()
    await be.fill_form(form())
    await be.review()
    reference = await be.announce()
    for one in (ae, ke):
        await expect(one.alert("Belgium", reference)).to_be_visible()
    # Transit reads what kind of goods it is, in words.
    await expect(ae.alert("Vaccines for humans", reference).first).to_be_visible()
    return reference


async def ask_and_answer(be: Officer, ke: Officer, reference: str) -> None:
    """Kenya opens the line of Today, acknowledges, asks; Belgium replies; Kenya has no objection."""
    await ke.alert("Belgium", reference).first.click()
    await ke.sees("SBX4490")
    await ke.act("acknowledgement")
    await be.is_told(t("consignments.said_acknowledgement"))
    await ke.act_besides("query")
    await ke.say(t("consignments.question"), "Which cold store takes the boxes?", t("consignments.send_query"))
    await be.sees("Which cold store takes the boxes?")
    await be.act("reply")
    await be.say(t("consignments.reply"), "The one behind hangar nine.", t("consignments.send_reply"))
    await ke.sees("The one behind hangar nine.")
    await ke.act("answer")
    await ke.choose(t("consignments.answer_NO_OBJECTION_hint"))
    await ke.is_done()
    await be.is_told(t("consignments.said_answer_NO_OBJECTION"))


async def move_and_count(be: Officer, ae: Officer, ke: Officer, ocu: Officer, reference: str) -> None:
    """Belgium lets it go, it changes planes in the Emirates, Kenya counts less than was announced: all are told."""
    await be.act("movement_DEPARTED")
    await be.choose(t("consignments.send_movement"))
    await be.is_done()
    await ae.open(reference)
    await expect(ae.page.get_by_text("SBX4490")).to_have_count(0)
    await ae.is_told(t("consignments.said_movement_DEPARTED"))
    await ae.act("acknowledgement")
    await ae.is_told(t("consignments.said_acknowledgement"))
    await ae.act("movement")
    await ae.choose(t("consignments.step_TRANSIT_IN"))
    await ae.choose(t("consignments.send_movement"))
    await ae.is_done()
    await ae.act("movement_TRANSIT_OUT")
    await ae.choose(t("consignments.send_movement"))
    await ae.is_done()
    await ke.is_told(t("consignments.said_movement_TRANSIT_OUT"))
    await ke.act("movement_ARRIVED")
    await ke.choose(t("consignments.send_movement"))
    await ke.is_done()
    for one in (be, ae, ocu):
        await one.go("today")
    await ke.act("reconciliation")
    await ke.choose(t("consignments.count_differs"))
    counted = ke.page.get_by_role("dialog").get_by_role("textbox", name=t("consignments.counted"), exact=True)
    await counted.nth(1).fill("34698")
    await ke.choose(t("consignments.send_reconciliation"))
    await ke.is_done()
    missing = t("consignments.counted_missing", doses="402 doses", of="105,300")
    for one in (be, ocu):
        await expect(one.alert(t("today.type_reconciliation", party="Kenya"), reference)).to_contain_text(missing)
    # Transit learns that something is wrong, not what was counted.
    await expect(ae.alert(t("today.type_reconciliation", party="Kenya"), reference)).to_be_visible()
    await expect(ae.page.get_by_text(missing)).to_have_count(0)


async def print_it(ke: Officer, reference: str) -> None:
    """See what a printer would: the goods, and who may read the paper; nothing to press."""
    await ke.page.emulate_media(media="print")
    await expect(ke.page.get_by_text("SBX4490").first).to_be_visible()
    await expect(ke.page.locator(".only-print")).to_be_visible()
    await expect(ke.page.get_by_role("button", name=t("consignments.print"))).to_be_hidden()
    assert (await ke.page.pdf()).startswith(b"%PDF")
    await ke.page.emulate_media(media="screen")


async def python_announces_and_a_browser_acknowledges(s: Stage, folder: Path, ke: Officer) -> None:
    """Belgium imports a sheet; Kenya acknowledges on the screen; a national system in Belgium hears it."""
    desk = s.desks["be"]
    async with (
        receiving() as national,
        site(s.desks.world, desk.device, s.desks.operation, allowed=frozenset({national.address})) as gateway,
    ):
        made = await gateway.post("/v1/webhooks", {"url": national.url})
        national.secret = made.json()["secret"]
        sheet = write(folder / "shipments.xlsx", rows_of(announced(("BEBRU", "KENBO"), national="BE-77201")))
        await desk.sync()
        (sent,) = (await import_file(desk, sheet)).sent.values()
        await ke.go("today")
        await ke.alert(t("today.kind_acknowledge", party="Belgium"), sent.reference).click()
        await ke.sees(sent.reference)
        await ke.act("acknowledgement")
        heard = ("pratique.acknowledgement", sent.reference)
        await until(lambda: heard in [(one["type"], one["subject"]) for one in national.verified()])
    await desk.sync()
    assert desk.find(sent.reference).legs[0].acknowledged_ms is not None


async def nothing_was_told(s: Stage, database_url: str, empty: bytes, reference: str) -> None:
    """Search all that the server holds for every value that anybody typed, imported or sent."""
    await s.desks.sync()
    await s.desks.coordinator.sync()
    said = contents_of(s.desks)
    values = said_in([form(), *(content for contents in said.values() for content in contents)])
    for typed in ("The one behind hangar nine.", "Uhuru National Vaccine Store", "SBX4490", '"doses":34698', reference):
        assert any(typed in value for value in values), typed
    public = said_in([s.desks.operation.terms.model_dump(mode="json")]) | {"operation"}
    looked_for = Search(values - public, empty)
    assert looked_for.works()
    assert [hit.value for hit in search(looked_for.values, stored(database_url))] == []
