"""Devices that are away are told: each once or a few times and never not at all, whichever process or moment fails."""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import event, select

from app.authentication import token_key
from app.clock import Clock, now_ms
from app.delivery import alerts, channels, reminders, subscriptions
from app.delivery.subscriptions import NOTHING, Mail, PushHosts
from app.directory import operations
from app.jobs import push
from app.jobs.mail import Mailer
from app.jobs.push import Pushes
from app.jobs.web_push import WebPush
from app.models.push import alerts as kept
from pratique.groups.engine_host import Engine
from pratique.wire import strict_json
from pratique.wire.entries import Urgency, inbox_id
from tests.clocks import HOUR_MS, MINUTE_MS, HandClock
from tests.delivery.reminding import reminder, ringing, rings, said
from tests.delivery.server_room import Channel, Room
from tests.faults.parties import Device
from tests.jobs.away import Browser, MailServer, PushService, mail_server, push_service

RIPE_MS = 5_000


@dataclass
class Away:
    """A channel of BE, KE and the OCU, the job that tells whoever is away, and what they are told by."""

    room: Room
    channel: Channel
    operation: bytes
    clock: HandClock
    service: PushService
    mails: MailServer
    job: Pushes
    be: Device
    ke: Device
    ocu: Device
    present: set[str] = field(default_factory=set)
    browsers: dict[str, Browser] = field(default_factory=dict)

    async def subscribe(
        self, device: Device, least: Mapping[bytes, int] | None = None, mail: Mail | None = None, *, pushed: bool = True
    ) -> None:
        """Let a device be told."""
        uri = str(device.uri)
        browser = self.browsers.setdefault(uri, Browser(f"{self.service.origin}/{secrets.token_hex(4)}"))
        async with self.room.database.transaction() as tx:
            await subscriptions.keep(tx, device.uri, browser.push if pushed else None, mail, least or {})

    async def post(self, device: Device, urgency: str = "urgent", count: int = 1) -> int:
        """Post sealed entries; gives the last one's number."""
        data = base64.b64encode(secrets.token_bytes(300)).decode()
        one = {"kind": "application", "epoch": 1, "urgency": urgency, "data_base64": data}
        body = strict_json.dumps({"post_id": str(uuid4()), "drafts": [one] * count})
        return (await self.room.post(device, self.channel.id, body))[-1][1]

    async def ack(self, device: Device, seq: int, log_id: bytes | None = None) -> None:
        """Let a device say how far it has read."""
        async with self.room.database.transaction() as tx:
            await channels.set_cursor(tx, device.uri, log_id or self.channel.id, seq)

    async def later(self, by_ms: int = RIPE_MS) -> None:
        """Let time pass and the job look at everything."""
        self.clock.move(by_ms)
        await self.job.look()

    def told(self, device: Device) -> list[tuple[str, str, int]]:
        """Open what a device was pushed."""
        browser = self.browsers[str(device.uri)]
        found = []
        for one in self.service.came:
            if browser.endpoint.endswith(one.path):
                pushed = json.loads(browser.open(one.body))
                assert pushed.keys() == {"operation", "urgency", "count"}
                found.append((pushed["operation"], pushed["urgency"], pushed["count"]))
        return found

    async def waiting(self) -> int | None:
        """Give when the next alert is due, None where nothing is left to be told."""
        async with self.room.database.read() as tx:
            return await alerts.next_ms(tx)


def ways(folder: Path, service: PushService, mails: MailServer) -> tuple[WebPush, Mailer]:
    """Make the two ways as the server does."""
    pem = token_key.load(folder / "push-key.pem")
    return WebPush(pem, PushHosts({service.host}), "https://stop.example"), Mailer(mails.url, "pratique@stop.example")


@asynccontextmanager
async def away(url: str, engine: Engine, folder: Path) -> AsyncIterator[Away]:
    """Found a channel on a server whose job is not started."""
    clock = HandClock()
    async with push_service() as service, mail_server() as mails, ringing(url, clock) as (room, _):
        ocu, be, ke = [await room.enrol(party) for party in ("ocu", "be", "ke")]
        operation = await room.operation(ocu, ["ocu", "be", "ke"])
        await room.stock(ke, engine, 2)
        channel = await room.found(engine, be, operation, [ke], seat=["ocu/ncp", "ke/ncp"])
        clock.move(now_ms() - clock.now_ms())
        room.database.now_ms = clock.now_ms
        present: set[str] = set()
        job = Pushes(room.database, clock, *ways(folder, service, mails), present.__contains__)
        made = Away(room, channel, operation, clock, service, mails, job, be, ke, ocu, present)
        yield made
        await job.stop()


@pytest.fixture
async def engine() -> AsyncIterator[Engine]:
    async with Engine() as started:
        yield started


@pytest.fixture
async def here(database_url: str, engine: Engine, tmp_path: Path) -> AsyncIterator[Away]:
    async with away(database_url, engine, tmp_path) as made:
        yield made


async def test_whoever_is_away_is_told_how_many_and_how_urgent_and_nobody_else(here: Away) -> None:
    second, desk, gone = [await here.room.enrol("ke", office) for office in ("ncp", "desk", "ncp")]
    reading = await here.room.enrol("ocu")
    for device in (here.be, here.ke, second, desk, gone, reading):
        await here.subscribe(device)
    await here.subscribe(here.ocu, {here.operation: NOTHING})
    await here.room.revoke(gone)
    await here.post(here.be, "routine", 3)
    last = await here.post(here.be, "urgent")
    await here.ack(reading, last)
    assert await here.job.look() <= here.clock.now_ms() + RIPE_MS
    assert here.service.came == []  # a device that listens has a moment to say so
    await here.later()
    assert here.told(here.ke) == here.told(second) == [("STOP-III", "urgent", 4)]
    for other in (here.be, desk, gone, reading, here.ocu):
        assert here.told(other) == []
    assert await here.waiting() is None
    await here.later()
    assert len(here.service.came) == 2
    await here.post(here.ke, "priority")
    await here.later()
    assert here.told(here.be) == [("STOP-III", "priority", 1)] and len(here.told(second)) == 2


async def test_only_what_is_urgent_enough_is_told(here: Away) -> None:
    await here.subscribe(here.ke, {here.operation: Urgency.PRIORITY})
    await here.subscribe(here.ocu, {bytes(32): NOTHING})
    await here.post(here.be, "routine", 2)
    await here.later()
    assert (here.told(here.ke), here.told(here.ocu)) == ([], [("STOP-III", "routine", 2)])
    await here.post(here.be, "priority")
    await here.later()
    assert here.told(here.ke) == [("STOP-III", "priority", 1)]


async def test_nobody_is_told_of_what_came_before_they_asked(here: Away) -> None:
    await here.post(here.be)
    here.clock.move(1)
    await here.subscribe(here.ke)
    await here.later()
    assert here.service.came == []
    await here.subscribe(here.ke, {here.operation: Urgency.URGENT})  # said anew: nothing is forgotten by that
    await here.post(here.be)
    await here.subscribe(here.ke)
    await here.later()
    assert here.told(here.ke) == [("STOP-III", "urgent", 1)]


async def test_a_device_that_listens_is_told_only_if_it_does_not_take_it(here: Away) -> None:
    for device in (here.ke, here.ocu):
        await here.subscribe(device)
        here.present.add(str(device.uri))
    last = await here.post(here.be)
    await here.later()
    assert here.service.came == []
    await here.ack(here.ke, last)
    await here.later(push.PRESENT_MS)
    assert (here.told(here.ke), here.told(here.ocu)) == ([], [("STOP-III", "urgent", 1)])


async def test_a_reminder_that_rings_is_told_as_urgent(here: Away) -> None:
    await here.subscribe(here.ke)
    await here.subscribe(here.ocu)
    at_ms = here.clock.now_ms() + HOUR_MS
    body = said(reminder(here.channel.id, here.be, rings(at_ms)))
    await here.room.post(here.be, here.channel.id, body)
    await here.later()
    assert here.service.came == []  # the plan itself is no news to a person
    here.clock.move(HOUR_MS)
    async with here.room.database.transaction() as tx:
        await reminders.ring(tx, await reminders.soonest(tx, 10))
    await here.later()
    assert here.told(here.ke) == [("STOP-III", "urgent", 1)] and here.told(here.ocu) == []


async def test_a_newcomer_is_not_told_of_what_it_may_not_read(here: Away, engine: Engine) -> None:
    hidden = await here.room.found(engine, here.be, here.operation, [here.ke], history="from_join", seat=["ocu/ncp"])
    await here.subscribe(here.ke)
    await here.subscribe(here.ocu)
    here.channel = hidden
    await here.post(here.be)
    await here.later()
    assert (here.told(here.ke), here.told(here.ocu)) == ([("STOP-III", "urgent", 1)], [])


async def test_a_push_service_in_trouble_is_tried_less_and_less_often_and_given_up(here: Away) -> None:
    await here.subscribe(here.ke)
    here.service.answers = [(503, {})] * 4 + [(429, {"retry-after": "1000"})] + [(500, {})] * 100
    await here.post(here.be)
    await here.later()
    pauses = []
    while (due_ms := await here.waiting()) is not None:
        pauses.append((due_ms - here.clock.now_ms()) // 1000)
        await here.later(due_ms - here.clock.now_ms() - 1)
        before = len(here.service.came)
        await here.later(1)
        assert len(here.service.came) == before + 1
    assert pauses == [15, 30, 60, 120, 1000, 480, 960, 1920, 3600, 3600, 3600]
    assert len(here.service.came) == push.MOST_TRIES


async def test_what_came_meanwhile_is_told_with_it(here: Away) -> None:
    await here.subscribe(here.ke)
    here.service.answers = [(503, {})]
    await here.post(here.be, "routine")
    await here.later()
    await here.post(here.be, "priority", 2)
    await here.later()
    assert len(here.service.came) == 1  # the push service asked for patience
    await here.later(MINUTE_MS)
    assert here.told(here.ke)[1:] == [("STOP-III", "priority", 3)] and await here.waiting() is None


async def test_what_was_read_meanwhile_is_told_no_more(here: Away) -> None:
    await here.subscribe(here.ke)
    here.service.answers = [(503, {})]
    last = await here.post(here.be)
    await here.later()
    await here.ack(here.ke, last)
    await here.later(HOUR_MS)
    assert len(here.service.came) == 1 and await here.waiting() is None


@pytest.mark.parametrize("status", [404, 410])
async def test_a_subscription_that_has_ended_is_forgotten(here: Away, status: int) -> None:
    await here.subscribe(here.ke)
    here.service.answers = [(status, {})]
    await here.post(here.be)
    await here.later()
    async with here.room.database.read() as tx:
        assert await subscriptions.active(tx) == {}
    await here.post(here.be)
    await here.later(HOUR_MS)
    assert len(here.service.came) == 1


async def test_a_job_that_dies_at_any_statement_tells_it_all_the_same(here: Away) -> None:
    await here.subscribe(here.ke)
    engines = [here.room.database._reads.sync_engine, here.room.database._writes.sync_engine]
    statements, deaths = 0, 0
    while statements < 60:
        before = len(here.told(here.ke))
        await here.post(here.be)
        here.clock.move(RIPE_MS)
        dying = asyncio.create_task(here.job.look())
        left = statements = statements + 1

        def asked(*_: object, dying: asyncio.Task[int] = dying) -> None:
            nonlocal left
            left -= 1
            if left == 0:
                dying.cancel()

        for one in engines:
            event.listen(one, "before_cursor_execute", asked)
        with suppress(asyncio.CancelledError):
            await dying
        for one in engines:
            event.remove(one, "before_cursor_execute", asked)
        deaths += dying.cancelled()
        for _ in range(2):
            await here.later(alerts.LEASE_MS)
        assert 1 <= len(here.told(here.ke)) - before <= 2, statements
        assert await here.waiting() is None
        if not dying.cancelled():
            break
    assert deaths >= 15


async def test_a_job_that_dies_while_it_sends_leaves_it_to_the_next_one(here: Away, tmp_path: Path) -> None:
    await here.subscribe(here.ke)
    here.service.answering.clear()
    await here.post(here.be)
    here.clock.move(RIPE_MS)
    dying = asyncio.create_task(here.job.look())
    await here.service.until(1)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    here.service.answering.set()
    next_one = Pushes(
        here.room.database, here.clock, *ways(tmp_path, here.service, here.mails), here.present.__contains__
    )
    await next_one.look()
    assert len(here.told(here.ke)) == 1  # it may still be on its way
    here.clock.move(alerts.LEASE_MS)
    await next_one.look()
    assert len(here.told(here.ke)) == 2 and await here.waiting() is None


@pytest.mark.postgres
async def test_of_several_processes_one_tells(postgres_database_url: str, engine: Engine, tmp_path: Path) -> None:
    async with away(postgres_database_url, engine, tmp_path) as here:
        others = [await here.room.enrol("ke") for _ in range(20)]
        for device in others:
            await here.subscribe(device)
        pair = ways(tmp_path, here.service, here.mails)
        jobs = [Pushes(here.room.database, here.clock, *pair, here.present.__contains__) for _ in range(3)]
        for rounds in range(1, 4):
            await here.post(here.be)
            here.clock.move(RIPE_MS)
            await asyncio.gather(*(job.look() for job in jobs))
            assert [len(here.told(device)) for device in others] == [rounds] * 20
        assert {told for device in others for told in here.told(device)} == {("STOP-III", "urgent", 1)}


async def test_a_wake_up_is_followed_in_a_moment_and_many_are_one(here: Away) -> None:
    await here.subscribe(here.ke)
    here.room.database.wake = here.job.wake
    await here.job.start()
    for _ in range(3):
        await here.post(here.be, "priority")
    here.clock.move(push.RIPE_MS)
    here.clock.move(RIPE_MS)
    await here.service.until(1)
    assert here.told(here.ke) == [("STOP-III", "priority", 3)]


async def test_what_came_while_no_server_ran_is_told_at_the_start(here: Away) -> None:
    await here.subscribe(here.ke)
    await here.post(here.be)
    here.clock.move(HOUR_MS)
    await here.job.start()
    await here.service.until(1)
    assert here.told(here.ke) == [("STOP-III", "urgent", 1)]


async def test_the_machine_s_own_clock_tells_too(here: Away, tmp_path: Path) -> None:
    await here.subscribe(here.ke)
    job = Pushes(here.room.database, Clock(), *ways(tmp_path, here.service, here.mails), here.present.__contains__)
    here.room.database.wake = job.wake
    await job.start()
    await here.post(here.be)
    await here.service.until(1)
    await job.stop()
    assert here.told(here.ke) == [("STOP-III", "urgent", 1)]


MAIL = Mail("officer@ke.example", "en", Urgency.URGENT)


async def test_who_stays_away_gets_one_sentence_by_mail(here: Away) -> None:
    await here.subscribe(here.ke, mail=MAIL, pushed=False)
    await here.post(here.be, "priority")
    await here.post(here.be)
    await here.later(4 * MINUTE_MS)
    assert here.mails.came == []
    await here.later(MINUTE_MS + RIPE_MS)
    ((recipients, mail),) = here.mails.came
    assert recipients == ["officer@ke.example"]
    assert mail.get_content().strip() == "An urgent item waits for you in STOP-III. Open Pratique."
    assert (mail["Subject"], mail["From"], mail["To"]) == ("Pratique: STOP-III", "pratique@stop.example", recipients[0])
    assert mail["Auto-Submitted"] == "auto-generated"
    assert not any(word in mail.as_string() for word in ("pratique:", "be/", here.channel.id.hex()[:8]))
    assert here.service.came == [] and await here.waiting() is None


async def test_who_comes_in_time_gets_no_mail(here: Away) -> None:
    await here.subscribe(here.ke, mail=MAIL)
    last = await here.post(here.be)
    await here.later()
    assert here.told(here.ke) == [("STOP-III", "urgent", 1)]
    await here.ack(here.ke, last)
    await here.later(HOUR_MS)
    assert here.mails.came == [] and await here.waiting() is None


async def test_one_mail_in_half_an_hour_tells_of_everything(here: Away) -> None:
    await here.subscribe(here.ke, mail=MAIL, pushed=False)
    counts = []
    for _ in range(8):
        await here.post(here.be)
        await here.later(5 * MINUTE_MS + RIPE_MS)
        counts.append(len(here.mails.came))
    assert counts == [1, 1, 1, 1, 1, 1, 2, 2]
    await here.later(HOUR_MS)
    assert len(here.mails.came) == 3 and await here.waiting() is None


async def test_a_mail_server_in_trouble_is_tried_again(here: Away) -> None:
    await here.subscribe(here.ke, mail=Mail("officer@ke.example", "fr", Urgency.ROUTINE), pushed=False)
    here.mails.refusing = True
    await here.post(here.be, "routine")
    await here.later(5 * MINUTE_MS + RIPE_MS)
    here.mails.refusing = False
    await here.later(MINUTE_MS)
    ((_, mail),) = here.mails.came
    assert mail.get_content().strip() == "Quelque chose vous attend dans STOP-III. Ouvrez Pratique."


async def test_what_is_kept_of_it_is_who_when_and_where(here: Away) -> None:
    await here.subscribe(here.ke, mail=MAIL)
    here.service.answers = [(503, {})]
    await here.post(here.be)
    await here.later()
    async with here.room.database.read() as tx:
        rows = [dict(row) for row in (await tx.execute(select(kept))).mappings()]
        codes = await operations.codes(tx, {here.operation})
    assert {row["way"] for row in rows} == {"push", "mail"} and codes == {here.operation: "STOP-III"}
    for row in rows:
        assert row.keys() == {"device", "way", "operation", "log", "seq", "urgency", "count", "due_ms", "tries"}
        assert (row["device"], row["log"], row["operation"]) == (str(here.ke.uri), here.channel.id, here.operation)
    assert inbox_id(str(here.ke.uri)) not in {row["log"] for row in rows}
