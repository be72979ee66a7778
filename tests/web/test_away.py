"""A browser that is closed is told that something waits: from its worker's word to what the browser opens."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from pratique.wire.entries import Urgency
from tests.desk.desks import announced, desks
from tests.jobs.away import Browser, PushService, push_service
from tests.web.test_desk import Scene
from tests.web.workers import Worker, bundle_worker, workers


@dataclass(frozen=True)
class Closed:
    """A browser of BE with a push service that it subscribed at, beside Python desks."""

    scene: Scene
    service: PushService
    browser: Browser
    database: Path

    def subscriptions(self) -> int:
        """Count what the server keeps."""
        with sqlite3.connect(self.database) as connection:
            count: int = connection.execute("SELECT count(*) FROM push_subscriptions").fetchone()[0]
        connection.close()
        return count


@pytest.fixture
async def closed(tmp_path: Path, sqlite_database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Closed]:
    """Give a browser that has subscribed."""
    script = bundle_worker(tmp_path / "worker")
    async with push_service() as service:
        monkeypatch.setenv("PRATIQUE_PUSH_HOSTS", service.host)
        async with (
            desks(tmp_path, sqlite_database_url, ("be", "ke")) as made,
            workers(script, made.world.url) as process,
        ):
            web = Worker(process, "be")
            await web.enrol(made.world.officers["be"], "browser")
            await made.sync()
            await made.coordinator.sync()
            await web.act("sync_now")
            browser = Browser(f"{service.origin}/send/1")
            keys = {"p256dh": unpadded(browser.public), "auth": unpadded(browser.auth)}
            given = {"endpoint": browser.endpoint, "expirationTime": None, "keys": keys}
            await web.act("push_subscribe", subscription=given)
            database = Path(sqlite_database_url.partition("///")[2])
            yield Closed(Scene(made, web), service, browser, database)


def unpadded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


async def test_a_locked_browser_is_told_of_a_notice_and_of_nothing_in_it(closed: Closed) -> None:
    web, ke = closed.scene.web, closed.scene.desks["ke"]
    assert (await web.query("preferences"))["push"] and closed.subscriptions() == 1
    offer = await web.query("push_offer")
    assert len(base64.b64decode(offer["key"])) == 65 and not offer["mail"]
    await web.act("set_preferences", notify=[{"operation": closed.scene.operation, "least": "priority"}])
    await web.act("lock")
    await ke.announce(announced(("KENBO", "BEBRU")), urgency=Urgency.ROUTINE)
    await ke.announce(announced(("KENBO", "BEBRU"), national="N-2"), urgency=Urgency.PRIORITY)
    (pushed, *_) = await closed.service.until(1)
    told = json.loads(closed.browser.open(pushed.body))
    assert told == {"operation": "STOP-III", "urgency": "priority", "count": told["count"]}
    assert told["count"] >= 1


async def test_a_browser_that_leaves_is_forgotten(closed: Closed) -> None:
    web = closed.scene.web
    await web.act("logout", revoke=False)
    assert closed.subscriptions() == 0


async def test_a_browser_that_wants_no_more_is_forgotten_too(closed: Closed) -> None:
    web = closed.scene.web
    await web.act("push_subscribe", subscription=None)
    assert not (await web.query("preferences"))["push"] and closed.subscriptions() == 0
