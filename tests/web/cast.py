"""Bring the cast of the story together: three officers in browsers, and Kenya's national system behind a gateway."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.async_api import Browser

from tests.desk.desks import at
from tests.gateway.site import Receiver, Site, receiving, site, until
from tests.web.lines import Line, line
from tests.web.pages import Officer, t
from tests.web.stage import Stage, staged

LOTS = [
    {"batch": "SBX4471", "expiry": "2028-03-31", "vials": 11_700, "doses": 70_200},
    {"batch": "SBX4490", "expiry": "2028-04-30", "vials": 5_850, "doses": 35_100},
]
# Who said what, in the words of the screens; transit hears neither what was asked nor how it was answered.
TOLD = [
    ("be", t("consignments.said_prenotification")),
    ("ke", t("consignments.said_acknowledgement")),
    ("ke", t("consignments.said_query")),
    ("be", t("consignments.said_reply")),
    ("ke", t("consignments.said_answer_NO_OBJECTION")),
    ("be", t("consignments.said_movement_DEPARTED")),
    ("ae", t("consignments.said_acknowledgement")),
    ("ae", t("consignments.said_movement_TRANSIT_IN")),
    ("ae", t("consignments.said_movement_TRANSIT_OUT")),
    ("ke", t("consignments.said_movement_ARRIVED")),
    ("ke", t("consignments.said_reconciliation_DISCREPANCY")),
]
TRANSIT_TOLD = [*TOLD[:2], ("ke", t("consignments.said_status_ANSWERED")), *TOLD[5:]]


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


def words_of(event: dict[str, Any]) -> tuple[str, str]:
    """Give who said what by an event of the gateway, as a screen has it."""
    said = event["data"]["content"]
    exact = [said[name] for name in ("answer", "step", "outcome") if name in said]
    return event["data"]["party"], t("_".join(["consignments.said", event["data"]["type"], *exact]))


@dataclass
class Cast:
    """Who plays; `reference` is the consignment, `posts` what stands in the room."""

    stage: Stage
    be: Officer
    ae: Officer
    ke: Officer
    line: Line
    gateway: Site
    national: Receiver
    reference: str = ""
    posts: list[str] = field(default_factory=list)

    @property
    def officers(self) -> tuple[Officer, ...]:
        """Everybody in front of a window."""
        return self.be, self.ae, self.ke

    async def said_in_room(self, *posts: str) -> None:
        """Wait until everybody reads the same in the room, these last."""
        self.posts += posts
        for one in self.officers:
            await one.reads(*self.posts)

    async def hears(self, type_name: str, reference: str) -> None:
        """Wait until the national system was told."""
        heard = (f"pratique.{type_name}", reference)
        await until(lambda: heard in [(one["type"], one["subject"]) for one in self.national.verified()])


@asynccontextmanager
async def playing(folder: Path, database_url: str, browser: Browser) -> AsyncIterator[Cast]:
    """Let everybody in; Kenya's officer comes by a line that can be cut."""
    async with (
        staged(folder, database_url, browser, companions=("ocu",), searched=False) as s,
        line(s.url) as wire,
        receiving() as national,
    ):
        be, ae, ke = await asyncio.gather(s.enrol("be"), s.enrol("ae"), s.enrol("ke", url=wire.url))
        await s.let_in()
        kenya = s.desks["ke"].device
        allowed = frozenset({national.address})
        async with site(s.desks.world, kenya, s.desks.operation, allowed=allowed) as gateway:
            national.secret = (await gateway.post("/v1/webhooks", {"url": national.url})).json()["secret"]
            yield Cast(s, be, ae, ke, wire, gateway, national)
