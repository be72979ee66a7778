"""Two gateways of one Member: one tells, and where it dies the other takes over."""

import time
from collections import Counter
from pathlib import Path

import pytest

from pratique.desk.desk import Desk
from pratique.gateway.claims import Claims
from pratique.gateway.settings import Settings
from pratique.gateway.webhooks import Webhook
from pratique.views import deliveries
from tests.gateway.site import announcement, members, receiving, site, until
from tests.world import world

SECRET = "whsec_" + "c2l4IGRvemVuIHNlY3JldCBieXRlcywgbm8gbW9yZS4="


async def test_two_gateways_deliver_each_thing_once(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w, receiving() as kenya:
        m = await members(w)
        sibling = await w.device("ke")
        kenya.secret, settings = SECRET, {"allowed": frozenset({kenya.address}), "idle_s": 0.2}
        async with (
            site(w, m.be, m.operation) as departure,
            site(w, m.ke, m.operation, **settings) as first,
            site(w, sibling, m.operation, **settings) as second,
        ):
            for one in (first, second):
                assert (await one.post("/v1/webhooks", {"url": kenya.url, "secret": SECRET})).status_code == 201
            for number in range(6):
                sent = await departure.post("/v1/prenotifications", announcement(f"BE-{number}"), f"{number}")
                assert sent.status_code == 201

            def settled() -> list[Counter[str]]:
                books = [one.book for one in (first, second)]
                rows = [book.all("SELECT state FROM deliveries") for book in books if book is not None]
                return [Counter(row["state"] for row in found) for found in rows]

            await until(lambda: all(sum(counts.values()) == 6 and not counts["waiting"] for counts in settled()))
            by_first, by_second = settled()
            assert by_first["delivered"] + by_second["delivered"] == 6
            assert by_first["elsewhere"] + by_second["elsewhere"] == 6
            ids = [event["id"] for event in kenya.verified()]
            assert len(ids) == len(set(ids)) == 6


async def test_what_a_dead_gateway_claimed_is_told_by_the_other_when_the_claim_lapses(
    tmp_path: Path, sqlite_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "CLAIM_LASTS_MS", 3000)
    async with world(tmp_path, sqlite_database_url) as w, receiving() as kenya:
        m = await members(w)
        sibling = await w.device("ke")
        async with site(w, m.be, m.operation) as departure:
            sent = await departure.post("/v1/prenotifications", announcement(), "1")
            lane = sent.json()["lanes"][0]
            await sibling.sync()
            # The other gateway claims, and is never heard of again.
            dying = await Desk.open(sibling, m.operation)
            endpoint = Webhook("", kenya.url, (), False, 0, 0).endpoint(m.operation.id)
            item = f"{lane['log']}/{lane['seq']}"
            claimed = time.monotonic()
            taken = await Claims(dying, Settings(key_hashes=frozenset())).take(endpoint, {1: item})
            assert taken == {1: "mine"}
            settings = {"allowed": frozenset({kenya.address}), "idle_s": 0.05}
            async with site(w, m.ke, m.operation, **settings) as living:
                assert (await living.post("/v1/webhooks", {"url": kenya.url, "secret": SECRET})).status_code == 201
                # It was heard before the webhook was there: consider it as if it came after.
                assert living.book is not None
                living.book.execute("UPDATE webhooks SET after = 0")
                await until(lambda: len(kenya.heard) == 1)
                assert time.monotonic() - claimed >= 3.0
                assert kenya.heard[0].event["id"] == item
