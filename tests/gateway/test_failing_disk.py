"""A gateway whose own book cannot be written for a moment: nothing is lost, and deliveries go on."""

from pathlib import Path

from structlog.testing import capture_logs

from tests.gateway.site import announcement, members, receiving, site, until
from tests.world import world


async def test_a_disk_that_fails_for_a_moment_ends_no_deliveries(tmp_path: Path, sqlite_database_url: str) -> None:
    async with world(tmp_path, sqlite_database_url) as w, receiving() as kenya:
        m = await members(w)
        quick = {"allowed": frozenset({kenya.address}), "backoff_s": (0.01,) * 3, "jitter": 0.0}
        async with site(w, m.be, m.operation) as departure, site(w, m.ke, m.operation, **quick) as destination:
            made = await destination.post("/v1/webhooks", {"url": kenya.url})
            kenya.secret = made.json()["secret"]
            assert destination.book is not None
            with capture_logs() as log:
                destination.book.execute("PRAGMA query_only=ON")
                sent = await departure.post("/v1/prenotifications", announcement("BE-1"), "1")
                await until(lambda: any(line["event"] == "deliveries could not be looked at" for line in log))
                destination.book.execute("PRAGMA query_only=OFF")
                await until(lambda: bool(kenya.heard))
            assert [event["subject"] for event in kenya.verified()] == [sent.json()["reference"]]
